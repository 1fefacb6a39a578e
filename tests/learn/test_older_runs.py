"""A run folder as an older version wrote it (sfv.clip 1, no columns of early terminations) is read, measured, and goes on."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sfv
from sfv.evaluate.nr import evaluate_nr
from sfv.imitate.config import NrConfig
from sfv.learn.run.folder import read_progress, read_run
from sfv.learn.train import train

OLDER = Path(__file__).parent / "data" / "run_of_clip_1"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(OLDER, tmp_path / "older"))


def test_its_files_are_read(folder):
    clip = sfv.load(folder / "clip.npz")
    assert (clip.name, len(clip), clip.contacts, clip.report) == ("sway", 31, None, None)
    policy = sfv.load(folder / "policy.npz")
    assert policy.action_size == 28
    assert 0 < evaluate_nr(folder, NrConfig(starts=2), threads=1).nr < 1


def test_its_training_goes_on(folder):
    run, clip = read_run(folder)
    seen = []
    longer = replace(run, learner=replace(run.learner, total_samples=256))
    train(longer, clip, folder, lambda progress: seen.append(progress.samples))
    assert seen == [192, 256]
    progress = read_progress(folder)
    assert progress["samples"].tolist() == [64, 128, 192, 256]
    old = read_progress(OLDER)
    for name, values in old.items():
        np.testing.assert_array_equal(progress[name][:2], values)
    assert np.isnan(progress["ended_fall"][:2]).all()
    assert np.isfinite(progress["ended_fall"][2:]).all()
