"""`--out NAME`: what is written lies where it is said, whatever the name; older results at a default name are kept."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import sfv.reconstruct.spin  # it must have taken its functions before they are replaced, or it keeps the replacements  # noqa: F401
from sfv.cli import main
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.reconstruct.hmr.weights import load_weights
from sfv.storage.outputs import writable_npz

NAMES = ("name", "name.NPZ", "na.me.v2", "with space", "äöü 漢字", ".hidden", "new folder/name")


@pytest.fixture
def quick(finished, tmp_path, monkeypatch):
    """The verbs without their work: each finds what the finished chain found. (words of a verb, its reader, its usual file)."""
    monkeypatch.chdir(tmp_path)
    keypoints, motion = Keypoints.load(finished / "keypoints.npz"), BodyMotion.load(finished / "motion.npz")
    clip = Clip.load(finished / "clip.npz")

    class Report:
        def words(self):
            return []

    weights = load_weights()
    monkeypatch.setattr("sfv.detect.run.detect", lambda *rest: keypoints)
    monkeypatch.setattr("sfv.reconstruct.reconstruct.reconstruct", lambda *rest: motion)
    monkeypatch.setattr("sfv.retarget.retarget.retarget", lambda *rest, **more: (clip, Report()))
    monkeypatch.setattr("sfv.reconstruct.hmr.training.spin.spin", lambda *rest: weights)
    for name in ("keypoints.npz", "motion.npz"):
        shutil.copy(finished / name, tmp_path / f"in_{name}")
    return {
        "detect": (["detect", "film.mp4"], Keypoints.load, "keypoints.npz"),
        "reconstruct": (["reconstruct", "in_keypoints.npz"], BodyMotion.load, "motion.npz"),
        "retarget": (["retarget", "in_motion.npz"], Clip.load, "clip.npz"),
        "hmr finetune": (
            ["hmr", "finetune", "--keypoints", "in_keypoints.npz", "--motions", "in_motion.npz"],
            load_weights,
            "hmr_weights.npz",
        ),
    }


@pytest.mark.parametrize("verb", ["detect", "reconstruct", "retarget", "hmr finetune"])
def test_every_writer_completes_the_ending_and_prints_the_name(verb, quick, walk_crop_video, capsys):
    shutil.copy(walk_crop_video, "film.mp4")
    words, read, usual = quick[verb]
    for name in NAMES:
        assert main.run([*words, "--out", name]) == 0
        said = re.search(r"wrote (.*)$", capsys.readouterr().out, re.MULTILINE)[1]
        assert said == (name if name.endswith(".NPZ") else f"{name}.npz")
        read(Path(said))
        assert not Path(name).is_file() or name == said
    for _ in range(2):
        assert main.run(words) == 0
    assert f"the older {usual} is kept as" in capsys.readouterr().err
    older = [path for path in Path().iterdir() if path.name.startswith(Path(usual).stem + ".20")]
    assert len(older) == 1
    assert np.array_equal(np.fromfile(older[0], np.uint8), np.fromfile(usual, np.uint8))
    assert not list(Path().rglob(".sfv-*"))


def test_names_that_cannot_be_are_told_before_the_work(tiny_run, tmp_path):
    with pytest.raises(SfvError, match=r"(?i)name too long"):
        writable_npz(tmp_path / ("x" * 300))
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(SfvError, match="is a folder"):
        writable_npz(tmp_path / "folder")
    with pytest.raises(SfvError, match="belongs to the training"):
        writable_npz(tiny_run / "policy")
    assert writable_npz(tiny_run / "another") == tiny_run / "another.npz"
