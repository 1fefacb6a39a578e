from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.bench import throughput
from sfv.bench.baselines import fastest
from sfv.bench.replay import PhysicsReplay, RawReplay, random_actions, record
from sfv.bench.throughput import Contender, ThroughputConfig, measure, rows
from sfv.imitate.config import ImitationConfig
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.learn.config import RunConfig, TrainConfig
from sfv.physics.config import PhysicsConfig

PHYSICS = PhysicsConfig()


@pytest.fixture
def core(walk_clip, humanoid, flat):
    return make_imitation_worlds(walk_clip, humanoid, flat, PHYSICS, ImitationConfig(), 12, 2)


def test_raw_mujoco_and_our_physics_repeat_what_the_environment_did(core, flat_model):
    """The same states, contacts and warm starts: both end every step where the environment ended it."""
    recording = record(core, 20, 0.5, torch.Generator().manual_seed(0))
    assert len(recording.targets) == 20
    worlds = make_worlds = core.worlds
    raw = RawReplay(flat_model, recording, PHYSICS.substeps, 2)
    physics = PhysicsReplay(make_worlds, recording)
    for k in [*range(1, 20), 0]:
        assert raw.step() > 0
        assert physics.step() > 0
        np.testing.assert_allclose(raw.qpos, worlds.qpos.numpy(), atol=1e-9)
        if k + 1 < 20:
            ended = (
                recording.saved[k + 1]["state"][:, 0] < recording.saved[k]["state"][:, 0]
            ).numpy()  # time starts anew
            np.testing.assert_allclose(
                raw.qpos[~ended], recording.saved[k + 1]["state"][:, 1 : 1 + flat_model.nq].numpy()[~ended], atol=1e-9
            )
    raw.close()


def test_recording_leaves_the_environment_as_it_was(core):
    step = core.worlds.step
    record(core, 2, 0.1, torch.Generator().manual_seed(0))
    assert core.worlds.step == step
    assert random_actions(core, 0.1, torch.Generator().manual_seed(0)).shape == (12, 28)


def test_ratios_are_medians_of_rounds_not_ratios_of_medians():
    """A machine that was slow in one round must not show: there everything was slow."""

    def contender(what, *rates):
        return Contender(what, 1, 1, "", lambda: (1, 1.0), rates=list(rates))

    table = rows(
        [
            contender("raw_mj_step", 100.0, 10.0, 200.0),
            contender("physics", 80.0, 8.0, 160.0),
            contender("environment", 60.0, 6.0, 120.0),
            contender("training", 40.0, 4.0, 80.0),
            contender("sb3_stock", 20.0, 2.0, 40.0),
            contender("subproc", 10.0, 1.0, 20.0),
        ]
    )
    found = {row["what"]: row for row in table}
    assert [found[what]["of_raw"] for what in ("physics", "environment", "training")] == [0.8, 0.6, 0.4]
    assert found["environment"]["of_physics"] == 0.75
    assert found["environment"]["steps_per_s"] == 60
    assert found["sb3_stock"]["ours_is_faster"] == 2.0
    assert found["subproc"]["ours_is_faster"] == 6.0
    assert "ours_is_faster" not in found["training"]


def test_fastest_number_of_workers_is_kept_and_the_others_end(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("sfv.bench.baselines.time.perf_counter", lambda: clock[0])
    closed = []

    class Fake:
        def __init__(self, workers):
            self.workers = workers

        def step(self):
            clock[0] += {1: 1.0, 2: 1.2, 4: 4.0}[self.workers]

        def close(self):
            closed.append(self.workers)

    assert fastest(Fake, (1, 2, 4), 3).workers == 2
    assert sorted(closed) == [1, 4]


def test_everything_is_measured_side_by_side(walk_clip, monkeypatch):
    """The whole bench at its smallest; no figure is judged."""
    monkeypatch.setattr(throughput.os, "cpu_count", lambda: 1)
    learner = TrainConfig(worlds=8, n_steps=4, batch_size=32, n_epochs=1, hidden=(16,), precision="float32")
    config = ThroughputConfig(
        RunConfig(learner=learner), 1, 0.0, min_rounds=2, steps=2, workers=(1,), worker_seconds=0.01
    )
    said = []
    before = torch.get_num_threads()
    table = measure(replace(walk_clip), config, said.append)
    names = ["raw_mj_step", "physics", "environment", "training", "sb3_stock", "sb3_subproc", "subproc", "async"]
    assert [row["what"] for row in table] == names
    assert all(row["steps_per_s"] > 0 and row["rounds"] == 2 for row in table)
    assert table[0]["of_raw"] == 1.0
    assert "round 2" in said[-1]
    assert torch.get_num_threads() == before
