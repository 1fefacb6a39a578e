"""What `sfv run` does to results that are there: goes on, keeps aside, makes again, uses somebody else's; it never deletes."""

import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from sfv.cli import main
from sfv.detect.keypoints import Keypoints
from sfv.learn.run.folder import read_progress, read_run, read_summary
from sfv.learn.run.policy import load_policy
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.storage.aside import is_older
from sfv.storage.lock import LOCK, locked


@pytest.fixture
def folder(finished, tmp_path, monkeypatch):
    """A finished chain; its pictures are copied instead of drawn."""

    def draw(video, folder, config, person):
        for name in ("side_by_side.mp4", "sheet.png"):
            shutil.copy(finished / name, folder / name)

    monkeypatch.setattr("sfv.pipeline.pictures.draw_chain", draw)
    return Path(shutil.copytree(finished, tmp_path / "walk"))


def go(video, folder, small, *more):
    return main.run(["run", str(video), "--out", str(folder), *small, *more])


def kept(folder):
    return sorted(path.name.partition(".20")[0] for path in folder.iterdir() if is_older(path.name))


def test_more_samples_go_on_from_the_checkpoint(folder, walk_crop_video, small, caplog):
    caplog.set_level(logging.INFO, "sfv")
    before = (folder / "train" / "policy.npz").read_bytes()
    assert go(walk_crop_video, folder, small, "--learner.total-samples", "12288", "--learner.physics-threads", "1") == 0
    assert "goes on to 12288 samples instead of 8192" in caplog.text
    assert read_progress(folder / "train")["samples"].tolist()[-1] == 12288
    assert len(read_progress(folder / "train")["samples"]) == 12
    assert "train" not in kept(folder)
    assert read_summary(folder / "train").samples == 12288
    if (folder / "train" / "policy.npz").read_bytes() != before:
        assert "evaluation" in kept(folder)


def test_a_training_of_other_settings_is_kept_under_a_dated_name(folder, walk_crop_video, small, caplog):
    caplog.set_level(logging.INFO, "sfv")
    before = {path.name: path.read_bytes() for path in (folder / "train").iterdir()}
    assert go(walk_crop_video, folder, small, "--learner.gamma", "0.9") == 0
    assert "other settings (learner.gamma); it is kept as" in caplog.text
    (train,) = folder.glob("train.20*")
    assert {path.name: path.read_bytes() for path in train.iterdir()} == before
    assert read_run(folder / "train")[0].learner.gamma == 0.9
    assert kept(folder) == ["evaluation", "sheet", "side_by_side", "train"]


def test_everything_that_is_emptied_is_made_again(folder, walk_crop_video, small):
    names = [
        *("motion.npz", "clip.npz", "evaluation.json", "side_by_side.mp4", "sheet.png", "report.md", "config.toml"),
        *(f"train/{name}" for name in ("policy.npz", "summary.json", "config.toml", "clip.npz", "progress.csv")),
    ]
    for name in names:
        (folder / name).write_bytes(b"" if name != "motion.npz" else (folder / name).read_bytes()[:500])
    assert go(walk_crop_video, folder, small) == 0
    assert all((folder / name).stat().st_size > 0 for name in names if name != "train/progress.csv")
    assert len(BodyMotion.load(folder / "motion.npz")) > 0
    assert load_policy(folder / "train").action_size == 28
    assert read_run(folder / "train")[0].learner.total_samples == 8192
    assert np.isfinite(json.loads((folder / "evaluation.json").read_text())["nr"])
    assert kept(folder) == []


def test_without_checkpoint_and_policy_training_begins_anew(folder, walk_crop_video, small):
    for name in ("policy.npz", "checkpoint.npz"):
        (folder / "train" / name).write_bytes(b"")
    assert go(walk_crop_video, folder, small) == 0
    assert load_policy(folder / "train").action_size == 28
    assert len(list(folder.glob("train.20*"))) == 1


def test_somebody_elses_motion_is_used(folder, walk_crop_video, small, capsys):
    motion = BodyMotion.load(folder / "motion.npz")
    motion.trans[:, 0] += 0.25
    motion.save(folder / "motion.npz")
    given = (folder / "motion.npz").read_bytes()
    before = Clip.load(folder / "clip.npz").qpos[0, 0]
    assert go(walk_crop_video, folder, small) == 0
    assert "reconstruct: motion.npz is somebody else's file and is used as it is" in capsys.readouterr().err
    assert (folder / "motion.npz").read_bytes() == given
    assert Clip.load(folder / "clip.npz").qpos[0, 0] != before
    assert "motion.npz is somebody else's" in (folder / "report.md").read_text()
    assert "clip" in kept(folder)


def test_a_damaged_record_loses_nothing(folder, walk_crop_video, small, capsys, caplog):
    caplog.set_level(logging.INFO, "sfv")
    policy = (folder / "train" / "policy.npz").read_bytes()
    (folder / "stages.json").write_text("{")
    assert go(walk_crop_video, folder, small) == 0
    assert "every stage is done again" in capsys.readouterr().err
    assert "is already trained" in caplog.text
    assert (folder / "train" / "policy.npz").read_bytes() == policy
    assert {"keypoints", "motion", "clip", "stages"} <= set(kept(folder))
    assert Keypoints.load(folder / "keypoints.npz").num_people >= 1


def test_two_in_one_folder_are_refused(folder, walk_crop_video, small, capsys):
    (folder / ".sfv-part-999999999-x.npz").write_text("half")
    with locked(folder):
        assert go(walk_crop_video, folder, small) == 1
    assert "is in use by process" in capsys.readouterr().err
    assert go(walk_crop_video, folder, small) == 0
    assert not (folder / LOCK).exists()
    assert not list(folder.rglob(".sfv-part-*")), "what a killed process left is cleared away"


def test_default_folders_name_video_character_and_environment(finished, walk_crop_video, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plain = tmp_path / "runs" / "walk_humanoid_flat"
    shutil.copytree(finished, plain)
    before = {path.name: path.stat().st_mtime_ns for path in plain.iterdir() if path.suffix in (".npz", ".mp4")}
    assert main.run(["run", str(walk_crop_video), *small]) == 0
    assert {name: (plain / name).stat().st_mtime_ns for name in before} == before
    other = tmp_path / "walk.mp4"
    other.write_bytes(walk_crop_video.read_bytes() + b"another")
    assert main.run(["run", str(other), *small, "--detect.stop", "0.3"]) == 1  # too short; its folder is another one
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["walk_humanoid_flat", "walk_humanoid_flat_2"]
