"""MuJoCo's pictures of the character; they need OpenGL, and say so where it is missing."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.draw import gl, scene
from sfv.draw.gl import RenderError
from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.motion.cycle import repeat_cycle
from sfv.physics.contacts import Acting, PointForces
from sfv.render.policy.beside import watched_path
from sfv.render.policy.character import character_frames, qpos_heading, render_clip
from sfv.video import open_video


def orange(image):
    return (image[..., 0].astype(int) - image[..., 2] > 60).sum()


def blue(image):
    """The reference, not the sky."""
    return image[..., 2].astype(int) - image[..., 0] > 50


def green(image):
    r, g, b = np.moveaxis(image.astype(int), -1, 0)
    return g - np.maximum(r, b) > 60


def magenta(image):
    r, g, b = np.moveaxis(image.astype(int), -1, 0)
    return (r - g > 80) & (b - g > 15)


def test_a_frame_shows_the_character_on_a_light_ground(walk_clip, humanoid, small):
    (image,) = character_frames(walk_clip.qpos[:1], humanoid, small)
    assert image.shape == (small.height, small.world_width, 3)
    assert orange(image) > 15  # hands and feet
    assert image[-10:, :10].mean() > 150
    assert image[20:100, 30:70].std() > 15


def test_a_reference_inside_is_seen_through(walk_clip, humanoid, small):
    aside = walk_clip.qpos[:1].copy()
    aside[:, 1] -= 0.4
    inside = replace(small, ghost="inside")
    (plain,) = character_frames(walk_clip.qpos[:1], humanoid, inside, azimuth_deg=0.0)
    (ghostly,) = character_frames(walk_clip.qpos[:1], humanoid, inside, 0.0, aside)
    changed = np.abs(plain.astype(int) - ghostly).max(-1) > 15
    assert 50 < changed.sum() < 0.5 * changed.size
    (none,) = character_frames(walk_clip.qpos[:1], humanoid, replace(small, ghost="none"), 0.0, aside)
    assert np.array_equal(none, plain)


def test_the_reference_stands_beside_the_character_and_shows_its_drift(walk_clip, humanoid, small):
    """The character on the left, its reference on the right, and further to the right where it is ahead."""
    pose, ahead = walk_clip.qpos[:1], walk_clip.qpos[:1].copy()
    ahead[:, 1] -= 0.4  # seen along x: to the right
    (level,), (behind,) = (character_frames(pose, humanoid, small, 0.0, where) for where in (pose, ahead))
    assert level.shape == behind.shape == (small.height, round(1.5 * small.world_width), 3)
    middle = level.shape[1] // 2
    assert orange(level[:, :middle]) > 15
    assert orange(level[:, middle:]) == 0
    assert np.array_equal(level[:, : middle - 10], behind[:, : middle - 10])
    places = [np.nonzero(blue(image))[1].mean() for image in (level, behind)]
    assert places[1] > places[0] + 8 > middle + 8


def test_forces_are_arrows_unless_they_are_not_wanted(walk_clip, humanoid, small):
    pose, nothing = walk_clip.qpos[:1], PointForces(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, int))
    under = PointForces(pose[:1, :3] * [1, 1, 0], np.array([[0.0, 0.0, 450.0]]), np.array([1]))
    pushed = PointForces(pose[:1, :3], np.array([[0.0, -300.0, 0.0]]), np.array([1]))
    contact, push = ([Acting(under, nothing)], [Acting(nothing, pushed)])
    (plain,), (carried,), (shoved,) = (
        character_frames(pose, humanoid, small, 0.0, acting=acting) for acting in (None, contact, push)
    )
    assert (green(plain).sum(), magenta(plain).sum()) == (0, 0)
    rows = np.nonzero(green(carried))[0]
    assert 0.17 * small.height < np.ptp(rows) < 0.25 * small.height  # 450 N on 45 kg: 0.3 of its height
    across = np.nonzero(magenta(shoved))[1]
    assert np.ptp(across) > 0.15 * small.world_width
    assert across.min() < small.world_width / 2  # it comes from the left
    (unwanted,) = character_frames(pose, humanoid, replace(small, forces=False), 0.0, acting=contact)
    assert np.array_equal(unwanted, plain)


def test_objects_are_drawn_where_they_are(walk_clip, humanoid, small):
    """Brown, to the right of the character that is looked at along x; no contact force is needed for it."""
    pose, environment = walk_clip.qpos[:1], load_environment("push_box")
    nothing = PointForces(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, int))
    box = np.array([[0.0, -0.6, 0.4, 1.0, 0.0, 0.0, 0.0]])
    (plain,), (boxed,) = (
        character_frames(pose, humanoid, small, 0.0, acting=[Acting(nothing, nothing, where)], environment=environment)
        for where in (np.zeros((0, 7)), box)
    )
    changed = np.argwhere(np.abs(plain.astype(int) - boxed).max(-1) > 60)
    assert len(changed) > 100
    assert changed[:, 1].mean() > 0.6 * small.world_width


def test_the_camera_rises_with_the_ground_and_stays_level_in_a_leap(walk_clip, humanoid, small):
    model = scene.stage(humanoid, small)
    tall = scene.standing_height(model)
    poses = repeat_cycle(walk_clip.qpos, 2)
    level = watched_path(model, poses, tall)
    assert np.abs(level[:, 2] - 0.5 * tall).max() < 0.05
    roof = poses + 3.0 * np.eye(poses.shape[1])[2]
    np.testing.assert_allclose(watched_path(model, roof, tall)[:, 2], level[:, 2] + 3.0, atol=1e-6)
    hop = poses.copy()
    hop[20:40, 2] += 0.3
    assert np.abs(watched_path(model, hop, tall)[:, 2] - level[:, 2]).max() < 0.02


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
