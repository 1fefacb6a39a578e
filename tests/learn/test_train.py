import logging
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.checkpoint import CHECKPOINT
from sfv.learn.run.folder import SUMMARY, read_progress, read_summary
from sfv.learn.run.policy import load_policy
from sfv.learn.train import COLUMNS, TrainingInterrupted, train

SMALL = TrainConfig(
    worlds=32,
    n_steps=8,
    batch_size=64,
    hidden=(32, 16),
    total_samples=1024,
    nr_interval=512,
    nr_starts=2,
    precision="float32",
)
RUN = RunConfig(learner=SMALL)


def weights(folder):
    return {name: value.numpy() for name, value in load_policy(folder).network.state_dict().items()}


def arrays(folder):
    with np.load(folder / CHECKPOINT) as data:
        return {name: data[name] for name in data.files if not name.startswith("counter.minutes")}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory, walk_clip):
    folder = tmp_path_factory.mktemp("whole")
    train(RUN, walk_clip, folder)
    return folder


class Killed(Exception):
    """Stands for a kill: nothing after it runs."""


def test_run_folder_is_complete(uninterrupted):
    names = {path.name for path in uninterrupted.iterdir()}
    assert {"config.toml", "clip.npz", "policy.npz", "checkpoint.npz", "progress.csv", "summary.json"} <= names
    assert any(name.startswith("events.out.tfevents") for name in names)
    assert not any(name.startswith(".") for name in names)  # no temporary files
    table = read_progress(uninterrupted)
    assert tuple(table) == (*COLUMNS, "ended_diverged", "ended_fall", "ended_strayed")
    assert table["samples"].tolist() == [256, 512, 768, 1024]
    assert np.isfinite(table["nr"]).tolist() == [True, False, True, True]
    for name in ("reward", "kl", "learning_rate", "steps_per_s", "minutes", "reward_pose", "reward_com"):
        assert np.isfinite(table[name]).all()
    summary = read_summary(uninterrupted)
    assert summary.reason == "samples"
    assert summary.precision == "float32"
    assert summary.nr == pytest.approx(np.nanmax(table["nr"]), abs=1e-5)


def test_resumed_after_a_kill_equals_uninterrupted(uninterrupted, tmp_path, walk_clip):
    """Killed between two checkpoints: the samples after the last one are made again, and all ends the same."""

    def kill(progress):
        if progress.samples == 512:
            raise Killed

    with pytest.raises(Killed):
        train(RUN, walk_clip, tmp_path, kill)
    assert not (tmp_path / SUMMARY).exists()
    train(RUN, walk_clip, tmp_path)
    first, second = arrays(uninterrupted), arrays(tmp_path)
    assert first.keys() == second.keys()
    different = [name for name in first if not np.array_equal(first[name], second[name])]
    assert different == []
    a, b = read_progress(uninterrupted), read_progress(tmp_path)
    for name in set(COLUMNS) - {"minutes", "steps_per_s"}:
        np.testing.assert_array_equal(a[name], b[name])
    assert all(np.array_equal(value, weights(tmp_path)[name]) for name, value in weights(uninterrupted).items())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_a_checkpoint_and_says_how_to_go_on(number, uninterrupted, tmp_path, walk_clip):
    seen, before = [], signal.getsignal(number)

    def press(progress):
        seen.append(progress.samples)
        if progress.samples == 512:
            os.kill(os.getpid(), number)

    with pytest.raises(TrainingInterrupted, match="512 of 1024 samples; the same command goes on"):
        train(RUN, walk_clip, tmp_path, press)
    assert signal.getsignal(number) is before
    train(RUN, walk_clip, tmp_path, lambda progress: seen.append(progress.samples))
    assert seen == [256, 512, 768, 1024]
    first, second = arrays(uninterrupted), arrays(tmp_path)
    assert [name for name in first if not np.array_equal(first[name], second[name])] == []


def test_the_second_signal_interrupts_at_once(tmp_path, walk_clip):
    def press_twice(progress):
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        pytest.fail("it went on")

    with pytest.raises(KeyboardInterrupt):
        train(RUN, walk_clip, tmp_path, press_twice)


def test_finished_run_is_left_as_it_is(uninterrupted, walk_clip, caplog):
    before = {path.name: path.stat().st_mtime_ns for path in uninterrupted.iterdir()}
    with caplog.at_level(logging.INFO, "sfv"):
        summary = train(RUN, walk_clip, uninterrupted, lambda _: pytest.fail("nothing is to be done"))
    assert summary == read_summary(uninterrupted)
    assert "already trained" in caplog.text
    assert before == {path.name: path.stat().st_mtime_ns for path in uninterrupted.iterdir()}


def test_other_settings_in_the_same_folder_are_refused(uninterrupted, walk_clip):
    with pytest.raises(SfvError, match=r"learner\.gamma"):
        train(replace(RUN, learner=replace(SMALL, gamma=0.5)), walk_clip, uninterrupted)


def test_stops_at_the_wanted_nr(tmp_path, walk_clip):
    summary = train(replace(RUN, learner=replace(SMALL, stop_nr=0.01)), walk_clip, tmp_path)
    assert summary.reason == "nr"
    assert summary.samples == 256
    assert read_summary(tmp_path) == summary


def test_progress_tells_what_a_live_line_needs(tmp_path, walk_clip):
    seen = []
    train(RUN, walk_clip, tmp_path, seen.append)
    assert [progress.evaluated for progress in seen] == [True, False, True, True]
    assert all(0 <= progress.nr <= progress.best_nr for progress in seen)
    assert seen[0].seconds_left > 0
    assert seen[-1].seconds_left == 0
    assert set(seen[0].statistics.terms) == {"pose", "velocity", "end_effector", "com"}


def test_refuses_a_clip_of_another_character(tmp_path, walk_clip):
    with pytest.raises(SfvError, match="atlas"):
        train(RUN, replace(walk_clip, character="atlas"), tmp_path)


def test_training_improves_nr(tmp_path, short_clip):
    """Judged by samples: 17 k of them on a clip of 1.3 s, from 0.69 to about 0.80."""
    learner = replace(
        SMALL, worlds=128, batch_size=256, hidden=(64, 32), total_samples=17_408, nr_interval=16_384, nr_starts=8
    )
    train(RunConfig(learner=replace(learner, learning_rate=1e-3, anneal=False)), short_clip, tmp_path)
    nr = read_progress(tmp_path)["nr"]
    assert nr[-1] > nr[0] + 0.04
