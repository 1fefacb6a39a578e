"""Clips of the humanoid done by robots whose joints are chains of hinges."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.assets import fetch
from sfv.character import load_character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of
from sfv.motion.deepmimic import read_deepmimic
from sfv.motion.ground import lowest_points
from sfv.physics.model import joint_layout
from sfv.retarget.clip_to_clip import report_clip, retarget_by_frame, retarget_clip
from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import GRAVITY
from sfv.retarget.robot.anatomy import build_anatomy
from sfv.retarget.targets.clip_targets import clip_targets
from sfv.retarget.targets.start import first_guess, world_points

FAST = RetargetConfig(iterations=40)


@pytest.fixture(scope="module")
def atlas():
    return load_character("atlas")


@pytest.fixture(scope="module")
def atlas_walk(walk_clip, humanoid, atlas):
    return retarget_clip(walk_clip, humanoid, atlas, FAST)


def test_a_character_gets_its_own_clip_back(walk_clip, humanoid, skeleton):
    targets = clip_targets(walk_clip, skeleton, skeleton, FAST)
    guess = first_guess(targets, skeleton, cyclic=True)
    np.testing.assert_allclose(guess[:, 7:], walk_clip.qpos[:, 7:], atol=1e-6)
    np.testing.assert_allclose(guess[:, :3], walk_clip.qpos[:, :3], atol=1e-6)


def test_the_walk_of_atlas_is_a_closed_straight_cycle(atlas_walk, walk_clip):
    clip, _ = atlas_walk
    assert clip.cyclic
    assert clip.character == "atlas"
    assert len(clip) == len(walk_clip)
    np.testing.assert_allclose(clip.qpos[-1, 7:], clip.qpos[0, 7:], atol=1e-9)
    assert heading_of(clip.qpos[-1, 3:7]) == pytest.approx(heading_of(clip.qpos[0, 3:7]), abs=1e-6)
    step, theirs = (c.qpos[-1, :2] - c.qpos[0, :2] for c in (clip, walk_clip))
    assert step[0] * theirs[1] - step[1] * theirs[0] == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(step) > 0.9 * np.linalg.norm(theirs)


def test_its_feet_meet_the_ground(atlas_walk, walk_clip, humanoid, atlas):
    clip, report = atlas_walk
    _, guessed = retarget_by_frame(walk_clip, humanoid, atlas, FAST)
    assert report.penetration_mm == pytest.approx(0, abs=1e-9)
    assert report.foot_slide_mm < 1.0
    assert report.foot_slide_mm < 0.5 * guessed.foot_slide_mm
    assert lowest_points(build_anatomy(atlas).model, clip.qpos).min(1).max() < 0.02


def test_hands_of_a_cartwheel_meet_the_ground(humanoid, atlas):
    cartwheel = read_deepmimic(fetch("humanoid3d_cartwheel"))
    planted = replace(cartwheel, qpos=cartwheel.qpos[66:96], name="hands")
    clip, report = retarget_clip(planted, humanoid, atlas, FAST)
    skeleton = build_anatomy(atlas)
    heights = world_points(skeleton, torch.from_numpy(clip.qpos))[2].numpy()[..., 2] - skeleton.point_radii
    names = [skeleton.model.body(body).name for body in skeleton.point_bodies]
    hands = heights[:, [name.endswith("hand") for name in names]].min(1)
    assert np.median(hands) < 0.015
    assert report.penetration_mm == pytest.approx(0, abs=1e-9)


def test_g1_keeps_its_limits(walk_clip, humanoid):
    clip, report = retarget_clip(walk_clip, humanoid, load_character("g1"), FAST)
    model = build_anatomy(load_character("g1")).model
    angles = clip.qpos[:, 7:]
    assert (angles >= model.jnt_range[1:, 0] - 1e-9).all()
    assert (angles <= model.jnt_range[1:, 1] + 1e-9).all()
    assert report.speed_spikes == 0


def test_the_clip_as_read_is_judged_too(walk_clip, humanoid):
    report = report_clip(walk_clip, humanoid)
    assert report.penetration_mm == pytest.approx(0, abs=1e-9)
    assert report.stance_share > 0.9


def test_a_clip_of_somebody_else_is_refused(walk_clip, humanoid, atlas):
    with pytest.raises(SfvError, match="is for character 'humanoid'"):
        retarget_clip(walk_clip, atlas, humanoid, FAST)


def test_a_clip_that_is_too_short_is_refused(walk_clip, humanoid, atlas):
    short = Clip(walk_clip.qpos[:3], 30.0, "humanoid", walk_clip.joints, walk_clip.widths)
    with pytest.raises(SfvError, match="has 3 frames"):
        retarget_clip(short, humanoid, atlas, FAST)


def test_a_trunk_that_weighs_more_still_falls_freely(humanoid, atlas, skeleton):
    flip = _flip(skeleton)
    settings = (replace(FAST, flight_iterations=150, flight_weight=0.0), replace(FAST, flight_iterations=150))
    loose, free = (retarget_clip(flip, humanoid, atlas, config)[1] for config in settings)
    assert free.free_fall_error < 0.2 * loose.free_fall_error
    assert free.penetration_mm == pytest.approx(0, abs=1e-9)


def _flip(skeleton):
    """Standing, a stiff somersault backwards about the pelvis, which falls freely for 0.7 s, and standing again."""
    names, widths = joint_layout(skeleton.model)
    flight = np.clip(np.arange(37) / 30.0 - 0.25, 0.0, 0.7)
    turn = 2 * np.pi * flight / 0.7
    turn -= np.sin(turn)
    qpos = np.tile(skeleton.model.qpos0, (37, 1))
    qpos[:, 2] += 0.5 * GRAVITY * flight * (0.7 - flight)
    qpos[:, 3], qpos[:, 5] = np.cos(0.5 * turn), -np.sin(0.5 * turn)
    return Clip(qpos, 30.0, "humanoid", names, widths)
