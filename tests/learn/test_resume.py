"""Runs with every option that carries state: killed and resumed they go on as they would have."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sfv.imitate.config import AsiConfig, ImitationConfig, RewardConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.checkpoint import CHECKPOINT
from sfv.learn.run.folder import SUMMARY, read_progress
from sfv.learn.train import COLUMNS, train
from sfv.motion.clip import Clip

RUN = RunConfig(
    imitation=ImitationConfig(
        start="asi",
        asi=AsiConfig(episodes=20, step_size=0.05),
        failure_weight=0.5,
        termination_distance_end=0.3,
        curriculum_share=1.0,
        reward_kind="beyondmimic",
        reward=RewardConfig(joint_acceleration_weight=1e-7),
    ),
    learner=TrainConfig(
        worlds=32,
        n_steps=8,
        batch_size=64,
        hidden=(32, 16),
        total_samples=1536,
        nr_interval=512,
        nr_starts=2,
        precision="float32",
    ),
)
_KILLED_AT = 1024  # samples; the last checkpoint is the one at 768


def kill_yourself(progress):
    if progress.samples == _KILLED_AT:
        os.kill(os.getpid(), signal.SIGKILL)


def arrays(folder):
    with np.load(folder / CHECKPOINT) as data:
        return {name: data[name] for name in data.files if not name.startswith("counter.minutes")}


def curve(folder):
    table = read_progress(folder)
    return {name: table[name] for name in set(COLUMNS) - {"minutes", "steps_per_s"}}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory, walk_clip):
    folder = tmp_path_factory.mktemp("whole")
    train(RUN, walk_clip, folder)
    return folder


def test_killed_run_goes_on_as_it_would_have(uninterrupted, tmp_path, walk_clip):
    """kill -9 in another process, after updates that no checkpoint has seen; then the same command again."""
    walk_clip.save(tmp_path / "walk.npz")
    command = [sys.executable, __file__, str(tmp_path / "walk.npz"), str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (tmp_path / "run" / SUMMARY).exists()
    train(RUN, walk_clip, tmp_path / "run")
    first, second = arrays(uninterrupted), arrays(tmp_path / "run")
    assert first.keys() == second.keys()
    assert [name for name in first if not np.array_equal(first[name], second[name])] == []
    a, b = curve(uninterrupted), curve(tmp_path / "run")
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])


def test_what_the_options_learned_is_in_the_checkpoint(uninterrupted):
    saved = arrays(uninterrupted)
    assert saved["worlds.starts.asi.tally"][3] > 2  # updates of the start distribution
    assert np.abs(saved["worlds.starts.asi.mean"]).max() > 0
    assert saved["worlds.starts.failures"].sum() > 0
    assert np.abs(saved["worlds.shaping.last_action"]).max() > 0


def test_same_seed_same_curve(uninterrupted, tmp_path, walk_clip):
    train(RUN, walk_clip, tmp_path)
    first, again = curve(uninterrupted), curve(tmp_path)
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])


if __name__ == "__main__":
    train(RUN, Clip.load(Path(sys.argv[1])), sys.argv[2], kill_yourself)
