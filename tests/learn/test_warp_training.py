"""The learner on MuJoCo Warp's worlds: the code that runs on a GPU, here on Warp's CPU device."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import DeviceError, SfvError
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.checkpoint import load_checkpoint, save_checkpoint
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import load_policy
from sfv.learn.train import build_learner, train

pytest.importorskip("mujoco_warp")

RUN = RunConfig(
    learner=TrainConfig(
        device="warp:cpu",
        worlds=4,
        n_steps=8,
        batch_size=16,
        n_epochs=2,
        hidden=(16,),
        total_samples=320,
        nr_interval=320,
        nr_starts=2,
    )
)


@pytest.mark.slow
def test_ten_updates_leave_a_policy_that_plays_on_the_cpu(short_clip, tmp_path):
    summary = train(RUN, short_clip, tmp_path / "run")
    assert summary.samples == 320
    assert 0.0 < summary.nr < 1.0
    policy = load_policy(tmp_path / "run")
    assert policy.act(torch.zeros(3, policy.observation_size)).shape == (3, policy.action_size)
    assert read_run(tmp_path / "run")[0] == RUN


@pytest.mark.slow
def test_time_outs_of_a_cycle_are_bootstrapped_without_waiting(walk_clip):
    run = replace(RUN, imitation=replace(RUN.imitation, episode_seconds=0.1))
    learner, _ = build_learner(run, [walk_clip], "warp:cpu")
    learner.warm_up(2)
    steps, inner = [], learner.core.step

    def spy(action):
        steps.append(inner(action))
        return steps[-1]

    learner.core.step = spy
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    late = 0
    for row, step in zip(learner.rollout_buffer.columns["rewards"], steps):
        values = learner.network.values(step.final_observation).detach()
        expected = torch.where(step.timed_out, step.reward + learner.gamma * values, step.reward)
        torch.testing.assert_close(row, expected, atol=1e-5, rtol=0)
        late += int(step.timed_out.sum())
    assert late >= 8


@pytest.mark.slow
def test_checkpoints_go_on_where_they_were_and_name_their_device(short_clip, tmp_path):
    from stable_baselines3.common.logger import configure

    from sfv.files import load_npz, save_npz
    from sfv.learn.run.checkpoint import CHECKPOINT, SCHEMA, VERSION, Counters

    weights = []
    for resumed in (False, True):
        learner, _ = build_learner(RUN, [short_clip], "warp:cpu")
        learner.set_logger(configure(None, []))
        learner.warm_up(2)
        learner.update(320)
        if resumed:
            save_checkpoint(tmp_path, learner, Counters(samples=learner.num_timesteps))
            learner, _ = build_learner(RUN, [short_clip], "warp:cpu")
            learner.set_logger(configure(None, []))
            load_checkpoint(tmp_path, learner)
        learner.update(320)
        weights.append(torch.cat([parameter.detach().flatten() for parameter in learner.network.parameters()]))
    assert torch.equal(*weights)
    data = load_npz(tmp_path / CHECKPOINT, SCHEMA, VERSION, ())
    save_npz(tmp_path / CHECKPOINT, SCHEMA, VERSION, dict(data) | {"device": np.asarray("cuda")})
    with pytest.raises(SfvError, match="cuda"):
        load_checkpoint(tmp_path, learner)


def test_memory_that_does_not_suffice_is_one_sentence(short_clip, tmp_path, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr("sfv.learn.train.build_learner", full)
    with pytest.raises(DeviceError, match=r"4 worlds.*lower learner\.worlds"):
        train(RUN, short_clip, tmp_path / "run")
