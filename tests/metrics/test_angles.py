import numpy as np
import pytest
import torch

from sfv import metrics
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS

KNEE, SHOULDER = SMPL_JOINTS.index("left_knee"), SMPL_JOINTS.index("left_shoulder")


@pytest.fixture
def axes():
    """Every bone points along x."""
    return np.tile([1.0, 0.0, 0.0], (24, 1))


def matrices(rotvecs):
    return rotvec_to_rotmat(torch.as_tensor(np.asarray(rotvecs, float))).numpy()


def turned(poses, joint, *rotvecs):
    """``poses`` with rotations in the joint's own frame after each other."""
    out = poses.copy()
    local = matrices(poses[:, joint])
    for rotvec in rotvecs:
        local = local @ matrices(rotvec)
    out[:, joint] = rotmat_to_rotvec(torch.as_tensor(local)).numpy()
    return out


@pytest.fixture
def poses():
    return np.random.default_rng(0).normal(0, 0.6, (7, 24, 3))


def test_a_known_twist_is_all_twist(poses, axes):
    found = metrics.angle_errors(turned(poses, SHOULDER, np.radians([40.0, 0, 0])), poses, axes)
    assert found.twist[SHOULDER] == pytest.approx(40.0)
    assert found.swing[SHOULDER] == pytest.approx(0.0, abs=1e-5)
    assert found.total[SHOULDER] == pytest.approx(40.0)
    assert np.delete(found.total, SHOULDER).max() < 1e-5
    assert found.mean == pytest.approx(40.0 / 17)
    assert found.of(("left_shoulder", "right_shoulder"), "twist") == pytest.approx(20.0)


def test_swing_and_twist_are_told_apart(poses, axes):
    moved = turned(poses, KNEE, np.radians([0, 25.0, 0]), np.radians([-70.0, 0, 0]))
    found = metrics.angle_errors(moved, poses, axes)
    assert found.swing[KNEE] == pytest.approx(25.0)
    assert found.twist[KNEE] == pytest.approx(70.0)
    cosine = np.cos(np.radians(12.5)) * np.cos(np.radians(35.0))  # half angles about axes at right angles
    assert found.total[KNEE] == pytest.approx(np.degrees(2 * np.arccos(cosine)))


def test_a_turn_beyond_half_a_circle_is_the_shorter_one(poses, axes):
    found = metrics.angle_errors(turned(poses, KNEE, np.radians([200.0, 0, 0])), poses, axes)
    assert found.twist[KNEE] == pytest.approx(160.0)


def test_hands_toes_and_wrists_do_not_flatter_the_mean(poses, axes):
    assert len(metrics.MOVED) == 17
    still = turned(poses, SMPL_JOINTS.index("left_wrist"), np.radians([50.0, 0, 0]))
    assert metrics.angle_errors(still, poses, axes).mean == pytest.approx(0.0, abs=1e-5)


def test_bones_point_to_the_next_joint():
    rest = np.zeros((24, 3))
    for joint in range(24):
        rest[joint] = [joint, 0.0, 0.0]
    rest[SMPL_JOINTS.index("left_ankle")] = rest[KNEE] + [0.0, -0.4, 0.0]
    rest[SMPL_JOINTS.index("left_foot")] = rest[KNEE] + [0.0, -0.4, 0.2]
    rest[SMPL_JOINTS.index("neck")] = rest[SMPL_JOINTS.index("spine3")] + [0.0, 0.3, 0.0]
    axes = metrics.bone_axes(rest)
    np.testing.assert_allclose(axes[KNEE], [0, -1, 0])
    np.testing.assert_allclose(axes[SMPL_JOINTS.index("left_ankle")], [0, 0, 1])
    np.testing.assert_allclose(axes[SMPL_JOINTS.index("left_foot")], [0, 0, 1])  # nothing comes after: it goes on
    np.testing.assert_allclose(axes[SMPL_JOINTS.index("spine3")], [0, 1, 0])  # to the neck, not to a collar


def test_orientation_error_is_the_angle_between():
    truth = matrices(np.random.default_rng(1).normal(size=(5, 3)))
    axis = np.array([1.0, 2.0, -2.0]) / 3
    np.testing.assert_allclose(metrics.rotation_error(truth @ matrices(np.radians(30.0) * axis), truth), 30.0)
