"""Training with a task: a policy of level ground at first plays as it did, and the one that is kept is good at both."""

from dataclasses import replace

import pytest
import torch

from sfv.imitate.playback import Playback
from sfv.imitate.rewards.object_task import OBJECT_NUMBERS
from sfv.learn import train as training
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import load_policy
from sfv.learn.run.warm_start import warm_start

TINY = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=256, nr_starts=2)


def test_new_numbers_change_nothing_at_first(tiny_run, walk_clip):
    known, _ = read_run(tiny_run)
    run = replace(known, env="push_box", start_from=str(tiny_run), learner=replace(known.learner, worlds=8))
    learner, _ = training.build_learner(run, [walk_clip])
    assert warm_start(learner.network, run, tiny_run)
    policy = load_policy(tiny_run)
    seen = torch.randn(5, policy.observation_size + OBJECT_NUMBERS)
    learner.network.set_training_mode(False)
    with torch.no_grad():
        mine = learner.network.mean_action(seen)
    torch.testing.assert_close(mine, policy.act(seen[:, :-OBJECT_NUMBERS]), atol=1e-5, rtol=0)


def test_the_policy_that_is_kept_is_the_best_by_nr_and_goal(tmp_path, walk_clip, monkeypatch):
    """0.7 * 0.8 + 0.3 * 0.9 beats a higher NR beside a worse goal."""
    judged = iter([(0.9, 0.1), (0.8, 0.9), (0.95, 0.1)])

    def played(core, act):
        nr, goal = (torch.full((2,), value) for value in next(judged))
        return Playback(nr, torch.zeros(2, 4), torch.ones(2), torch.ones(2), torch.zeros(2, dtype=torch.bool), goal)

    monkeypatch.setattr(training, "play", played)
    tiny = replace(TINY, total_samples=768, nr_interval=256)
    summary = training.train(RunConfig(env="push_box", learner=tiny), walk_clip, tmp_path / "run")
    assert summary.nr == pytest.approx(0.8)
    assert summary.nr_samples == 512
