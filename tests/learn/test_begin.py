"""What becomes of what a run folder holds: going on further, other settings, damage, a restart, two at a time."""

import logging
import os
import shutil
import signal
from dataclasses import replace

import numpy as np
import pytest

from sfv.config_file import read_toml
from sfv.learn.begin import OtherRunError
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.checkpoint import CHECKPOINT, samples_of
from sfv.learn.run.folder import SUMMARY, read_progress, read_run, read_summary
from sfv.learn.run.policy import load_policy
from sfv.learn.train import TrainingInterrupted, train
from sfv.storage.lock import LOCK, FolderBusyError, locked

SMALL = TrainConfig(
    worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=512, nr_interval=256, nr_starts=2, precision="float32",
)  # fmt: skip
RUN = RunConfig(learner=SMALL)


def changed(**settings):
    return replace(RUN, learner=replace(SMALL, **settings))


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def done(tmp_path_factory, walk_clip):
    folder = tmp_path_factory.mktemp("done") / "run"
    train(RUN, walk_clip, folder)
    return folder


@pytest.fixture
def run(done, tmp_path):
    shutil.copytree(done, tmp_path / "run")
    return tmp_path / "run"


def test_a_finished_run_goes_on_to_more_samples(run, walk_clip, caplog):
    best = read_summary(run).nr
    with caplog.at_level(logging.INFO, "sfv"):
        summary = train(changed(total_samples=1024, physics_threads=1), walk_clip, run)
    assert "goes on to 1024 samples instead of 512" in caplog.text
    assert summary.samples == 1024
    assert summary.nr >= best
    table = read_progress(run)
    assert table["samples"].tolist() == [256, 512, 768, 1024]
    # step size and noise are what 1024 samples make of the samples done
    np.testing.assert_allclose(table["learning_rate"][2:], 8e-4 * np.array([0.5, 0.25]), rtol=1e-4)
    assert read_run(run)[0].learner.total_samples == 1024
    assert read_toml(run / "config.toml")["continued"] == {"at_samples": [512], "total_samples": [512]}
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def test_going_on_can_be_interrupted_and_what_was_finished_stays_finished(run, walk_clip):
    def press(progress):
        os.kill(os.getpid(), signal.SIGTERM)

    before = read_summary(run)
    with pytest.raises(TrainingInterrupted, match="768 of 1280"):
        train(changed(total_samples=1280), walk_clip, run, press)
    assert read_summary(run) == before
    assert samples_of(run) == 768
    assert train(RUN, walk_clip, run) == before, "as far as was asked it had come before"
    assert train(changed(total_samples=1280), walk_clip, run).samples == 1280


def test_fewer_samples_than_are_done_change_nothing(run, walk_clip, caplog):
    before = content(run)
    with caplog.at_level(logging.INFO, "sfv"):
        assert train(changed(total_samples=256), walk_clip, run) == read_summary(run)
    assert "more than the 256 asked for" in caplog.text
    assert content(run) == before


def test_another_wanted_nr_goes_on(tmp_path, walk_clip):
    first = train(changed(stop_nr=0.01), walk_clip, tmp_path)
    assert (first.reason, first.samples) == ("nr", 256)
    assert train(changed(stop_nr=0.01), walk_clip, tmp_path) == first
    assert train(changed(stop_nr=None), walk_clip, tmp_path).samples == 512


def test_other_settings_are_refused_with_what_mends_it(run, walk_clip):
    before = content(run)
    with pytest.raises(OtherRunError, match=r"other settings \(learner\.gamma\).*--restart"):
        train(changed(gamma=0.5), walk_clip, run)
    assert content(run) == before


@pytest.mark.parametrize(("other", "settings"), [("keep aside", {"gamma": 0.5}), ("restart", {})])
def test_what_was_there_is_kept_under_a_dated_name(other, settings, run, walk_clip, caplog):
    before = content(run)
    with caplog.at_level(logging.INFO, "sfv"):
        assert train(changed(**settings), walk_clip, run, other=other).samples == 512
    (kept,) = (path for path in run.parent.iterdir() if path != run)
    assert kept.name.startswith("run.20")
    assert f"kept as {kept}" in caplog.text
    assert content(kept) == before
    assert read_progress(run)["samples"].tolist() == [256, 512]


def cut(path):
    path.write_bytes(path.read_bytes()[:60])


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [empty, cut])
@pytest.mark.parametrize("name", ["policy.npz", SUMMARY, "progress.csv"])
def test_what_is_damaged_is_made_again_from_the_checkpoint(name, damage, run, done, walk_clip):
    damage(run / name)
    assert train(RUN, walk_clip, run).samples == 512
    assert read_summary(run).samples == 512
    assert load_policy(run).action_size == load_policy(done).action_size
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def test_a_policy_made_again_is_that_of_the_checkpoint(run, walk_clip):
    empty(run / "policy.npz")
    train(RUN, walk_clip, run)
    made, known = load_policy(run).network.state_dict(), np.load(run / CHECKPOINT)
    assert all(np.array_equal(value.numpy(), known[f"network.{name}"]) for name, value in made.items())


@pytest.mark.parametrize("damage", [empty, cut, lambda path: path.unlink()])
def test_without_a_sound_checkpoint_a_run_cannot_go_on_and_is_kept(damage, run, walk_clip):
    damage(run / CHECKPOINT)
    assert train(RUN, walk_clip, run).samples == 512, "finished it stays"
    before = content(run)
    with pytest.raises(OtherRunError, match="checkpoint"):
        train(changed(total_samples=1024), walk_clip, run)
    assert content(run) == before
    assert train(changed(total_samples=768), walk_clip, run, other="keep aside").samples == 768
    (kept,) = (path for path in run.parent.iterdir() if path != run)
    assert content(kept) == before


def test_two_at_a_time_are_refused_and_nothing_is_left_behind(run, walk_clip):
    def second(progress):
        with pytest.raises(FolderBusyError, match=f"in use by process {os.getpid()}"):
            train(changed(total_samples=768), walk_clip, run)
        with pytest.raises(FolderBusyError):
            train(changed(gamma=0.1), walk_clip, run, other="keep aside")

    train(changed(total_samples=768), walk_clip, run, second)
    assert not (run / LOCK).exists()
    with locked(run), pytest.raises(FolderBusyError):
        train(RUN, walk_clip, run)
