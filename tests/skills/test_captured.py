from dataclasses import replace

import numpy as np
import pytest

from sfv.assets import fetch
from sfv.errors import SfvError, UnknownNameError
from sfv.learn.run.folder import CLIP
from sfv.motion.clip import Clip
from sfv.motion.deepmimic import read_deepmimic
from sfv.names.captured import same_motion, with_clip
from sfv.retarget.captured import captured_clip
from sfv.skills.export import Origin, export_skill


def test_clip_is_the_captured_one():
    assert same_motion(captured_clip("humanoid3d_walk", "humanoid"), read_deepmimic(fetch("humanoid3d_walk")))


def test_other_clips_are_not_the_same():
    walk = read_deepmimic(fetch("humanoid3d_walk"))
    moved = walk.qpos.copy()
    moved[:, 2] += 0.01
    assert not same_motion(walk, replace(walk, qpos=moved))
    assert not same_motion(walk, read_deepmimic(fetch("humanoid3d_run")))


def test_unknown_clips_are_named():
    with pytest.raises(UnknownNameError, match="humanoid3d_walk"):
        captured_clip("demo_video", "humanoid")


def test_clip_is_made_at_first_use_only(tmp_path, monkeypatch):
    walk = fetch("humanoid3d_walk")
    monkeypatch.setattr("sfv.retarget.captured.fetch", lambda name: walk)
    monkeypatch.setattr("sfv.names.captured.cache_folder", lambda: tmp_path / "cache")
    folder = tmp_path / "walk"
    folder.mkdir()
    (folder / "policy.npz").write_bytes(b"weights")
    made = with_clip(folder, "humanoid3d_walk", "humanoid")
    assert (made / "policy.npz").read_bytes() == b"weights"
    np.testing.assert_array_equal(Clip.load(made / CLIP).qpos, read_deepmimic(walk).qpos)
    monkeypatch.setattr("sfv.retarget.captured.fetch", None)  # nothing is fetched a second time
    assert with_clip(folder, "humanoid3d_walk", "humanoid") == made
    (folder / "policy.npz").write_bytes(b"better weights")
    with pytest.raises(TypeError):
        with_clip(folder, "humanoid3d_walk", "humanoid")


def test_a_clip_of_another_motion_is_not_left_out(tiny_run, tmp_path):
    with pytest.raises(SfvError, match="is not what humanoid3d_backflip gives"):
        export_skill(tiny_run, "tiny", tmp_path / "tiny", Origin(asset="humanoid3d_backflip"))
    assert not (tmp_path / "tiny").exists()
