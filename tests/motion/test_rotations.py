import math

import mujoco
import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from sfv.motion import rotations as rot


@pytest.fixture
def quats():
    generator = torch.Generator().manual_seed(0)
    return rot.normalize_quat(torch.randn((3, 50, 4), generator=generator, dtype=torch.float64))


def scipy_rotation(quat):
    return Rotation.from_quat(quat.reshape(-1, 4).numpy()[:, [1, 2, 3, 0]])


def test_multiply_matches_scipy(quats):
    ours = rot.quat_to_rotmat(rot.quat_multiply(quats[0], quats[1]))
    theirs = (scipy_rotation(quats[0]) * scipy_rotation(quats[1])).as_matrix()
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-12)


def test_rotate_matches_matrix_and_inverse_undoes(quats):
    vector = torch.arange(150, dtype=torch.float64).reshape(50, 3) / 50
    turned = rot.quat_rotate(quats[0], vector)
    expected = (rot.quat_to_rotmat(quats[0]) @ vector[..., None]).squeeze(-1)
    torch.testing.assert_close(turned, expected)
    torch.testing.assert_close(rot.quat_rotate_inverse(quats[0], turned), vector)


def test_rotvec_matches_scipy_and_returns(quats):
    rotvec = rot.quat_to_rotvec(quats)
    np.testing.assert_allclose(rotvec.reshape(-1, 3).numpy(), scipy_rotation(quats).as_rotvec(), atol=1e-12)
    torch.testing.assert_close(rot.quat_to_rotmat(rot.rotvec_to_quat(rotvec)), rot.quat_to_rotmat(quats))


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-4, math.pi - 1e-6, math.pi])
def test_rotvec_at_the_edges(angle):
    rotvec = torch.tensor([0.0, angle, 0.0], dtype=torch.float64)
    back = rot.quat_to_rotvec(rot.rotvec_to_quat(rotvec))
    assert abs(float(back.norm()) - angle) < 1e-7


def test_gradient_at_identity_is_finite_and_right():
    rotvec = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    jacobian = torch.autograd.functional.jacobian(lambda v: rot.quat_to_rotvec(rot.rotvec_to_quat(v)), rotvec)
    torch.testing.assert_close(jacobian, torch.eye(3, dtype=torch.float64), atol=1e-6, rtol=0)


def test_matrix_round_trip_includes_half_turns():
    halves = torch.tensor([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0], [1, 0, 0, 0]], dtype=torch.float64)
    matrices = rot.quat_to_rotmat(halves)
    torch.testing.assert_close(rot.quat_to_rotmat(rot.rotmat_to_quat(matrices)), matrices)


def test_rot6d_round_trip(quats):
    matrices = rot.quat_to_rotmat(quats)
    torch.testing.assert_close(rot.rot6d_to_rotmat(rot.rotmat_to_rot6d(matrices)), matrices)


def test_slerp_is_uniform_and_takes_the_short_way(quats):
    a, b = quats[0], -quats[1]
    whole = rot.quat_angle(a, b)
    third = rot.quat_slerp(a, b, torch.full((50,), 1 / 3, dtype=torch.float64))
    torch.testing.assert_close(rot.quat_angle(a, third), whole / 3)
    torch.testing.assert_close(rot.quat_angle(third, b), 2 * whole / 3)


def test_continuous_quat_keeps_rotations_and_signs():
    angle = torch.linspace(0, 12, 60, dtype=torch.float64)
    smooth = torch.stack((torch.cos(angle / 2), torch.sin(angle / 2), 0 * angle, 0 * angle), dim=-1)
    flips = torch.where(torch.arange(60) % 7 < 3, -1.0, 1.0).to(smooth)
    mended = rot.continuous_quat(smooth * flips[:, None])
    assert (mended[1:] * mended[:-1]).sum(-1).min() > 0
    torch.testing.assert_close(rot.quat_to_rotmat(mended), rot.quat_to_rotmat(smooth))


def test_heading_is_yaw_only_and_matches_the_x_axis(quats):
    heading = rot.heading_quat(quats[0])
    assert heading[:, 1:3].abs().max() == 0
    forward = rot.quat_rotate(quats[0], torch.tensor([1.0, 0, 0], dtype=torch.float64).expand(50, 3))
    ours = rot.quat_rotate(heading, torch.tensor([1.0, 0, 0], dtype=torch.float64).expand(50, 3))
    torch.testing.assert_close(ours[:, :2], forward[:, :2] / forward[:, :2].norm(dim=-1, keepdim=True))


def test_conventions_are_mujocos(quats):
    for quat in quats[0, :5].numpy():
        matrix, rotvec = np.zeros(9), np.zeros(3)
        mujoco.mju_quat2Mat(matrix, quat)
        np.testing.assert_allclose(rot.quat_to_rotmat(torch.from_numpy(quat)).numpy().ravel(), matrix, atol=1e-12)
        mujoco.mju_quat2Vel(rotvec, quat, 1.0)
        np.testing.assert_allclose(rot.quat_to_rotvec(torch.from_numpy(quat)).numpy(), rotvec, atol=1e-9)
