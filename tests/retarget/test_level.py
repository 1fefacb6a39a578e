"""The mean lean of a gait."""

import numpy as np
import pytest

from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.gait.balance import lean_bodies
from sfv.retarget.gait.level import level, mean_leans
from sfv.retarget.targets.targets import make_targets


@pytest.fixture(scope="module")
def targets(walk_motion, walk_clip, skeleton, body):
    """Three whole periods."""
    made = make_targets(walk_motion, skeleton, body)
    return made.with_packed(np.nan_to_num(made.packed[: 3 * (len(walk_clip) - 1)], nan=1.0))


def test_captured_walking_does_not_lean(targets, skeleton):
    assert np.degrees(np.abs(mean_leans(targets, skeleton)).max()) < 3
    np.testing.assert_allclose(level(targets, skeleton).ankles, targets.ankles, atol=0.01)


def test_leaning_arms_and_trunk_are_set_upright(targets, skeleton):
    names = [SMPL_JOINTS[joint] for joint in skeleton.smpl]
    angles = np.array(
        [0.3 if "shoulder" in name or "elbow" in name else -0.1 if name == "spine3" else 0.0 for name in names]
    )
    leaning = lean_bodies(targets, angles)
    found = mean_leans(leaning, skeleton) - mean_leans(targets, skeleton)
    np.testing.assert_allclose(found, angles, atol=0.03)
    mended = level(leaning, skeleton)
    truth = level(targets, skeleton)
    for row in range(1, len(names)):
        dots = np.abs((mended.bodies[:, row - 1] * truth.bodies[:, row - 1]).sum(1))
        assert 2 * np.degrees(np.arccos(np.clip(dots, 0, 1))).max() < 4


def test_an_arm_held_out_is_no_lean(targets, skeleton):
    names = [SMPL_JOINTS[joint] for joint in skeleton.smpl]
    angles = np.array([{"left_shoulder": 1.5, "right_shoulder": -1.5}.get(name, 0.0) for name in names])
    leans = mean_leans(lean_bodies(targets, angles), skeleton)
    assert leans[names.index("left_shoulder")] == 0


def test_only_the_leaned_bodies_move(targets, skeleton):
    angles = np.zeros(len(skeleton.bodies))
    angles[3] = 0.2
    moved = lean_bodies(targets, angles)
    dots = np.abs((moved.world_bodies() * targets.world_bodies()).sum(-1))
    np.testing.assert_allclose(np.delete(dots, 3, axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(dots[:, 3], np.cos(0.1), atol=1e-9)
    np.testing.assert_allclose(moved.world_ankles(), targets.world_ankles(), atol=1e-9)
