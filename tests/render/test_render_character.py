"""MuJoCo's pictures of the character; they need OpenGL, and say so where it is missing."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.render import gl, scene
from sfv.render.character import character_frames, qpos_heading, render_clip
from sfv.render.gl import RenderError
from sfv.video import open_video


def orange(image):
    return (image[..., 0].astype(int) - image[..., 2] > 60).sum()


def test_a_frame_shows_the_character_on_a_light_ground(walk_clip, humanoid, small):
    (image,) = character_frames(walk_clip.qpos[:1], humanoid, small)
    assert image.shape == (small.height, small.world_width, 3)
    assert orange(image) > 15  # hands and feet
    assert image[-10:, :10].mean() > 150
    assert image[20:100, 30:70].std() > 15


def test_a_ghost_is_seen_through(walk_clip, humanoid, small):
    aside = walk_clip.qpos[:1].copy()
    aside[:, 1] -= 0.4
    (plain,) = character_frames(walk_clip.qpos[:1], humanoid, small, azimuth_deg=0.0)
    (ghostly,) = character_frames(walk_clip.qpos[:1], humanoid, small, azimuth_deg=0.0, ghost=aside)
    changed = np.abs(plain.astype(int) - ghostly).max(-1) > 15
    assert 50 < changed.sum() < 0.5 * changed.size


def test_a_clip_becomes_a_video(walk_clip, humanoid, small, tmp_path):
    render_clip(replace(walk_clip, cyclic=False, qpos=walk_clip.qpos[:7]), humanoid, tmp_path / "clip.mp4", small)
    video = open_video(tmp_path / "clip.mp4")
    assert (len(video), video.size) == (7, (100, 120))
    render_clip(walk_clip.qpos[:4], humanoid, tmp_path / "poses.mp4", small, fps=15.0)
    assert len(open_video(tmp_path / "poses.mp4")) == 7
    with pytest.raises(SfvError, match="give fps"):
        render_clip(walk_clip.qpos, humanoid, tmp_path / "x.mp4", small)


def test_poses_and_clips_of_another_character_are_refused(walk_clip, humanoid, small, tmp_path):
    with pytest.raises(SfvError, match="do not belong"):
        next(character_frames(np.zeros((3, 9)), humanoid, small))
    with pytest.raises(SfvError, match="atlas"):
        render_clip(replace(walk_clip, character="atlas"), humanoid, tmp_path / "x.mp4", small)


def test_without_opengl_there_is_a_clear_error_and_no_file(walk_clip, humanoid, small, tmp_path, monkeypatch):
    def nothing_works():
        return gl.find_backend(lambda backend: "library not found")

    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(gl, "ready_backend", nothing_works)
    with pytest.raises(RenderError, match="apt-get install"):
        render_clip(walk_clip, humanoid, tmp_path / "x.mp4", small)
    assert list(tmp_path.iterdir()) == []


def test_heading_is_the_way_of_the_root(walk_clip):
    assert qpos_heading(walk_clip.qpos) == pytest.approx(0, abs=3)


def test_the_stage_does_not_touch_the_characters_file(humanoid, small):
    before = humanoid.mjcf.read_bytes()
    assert scene.stage(humanoid, small).nu == 28
    assert humanoid.mjcf.read_bytes() == before
