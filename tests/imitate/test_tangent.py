import mujoco
import numpy as np
import pytest
import torch

from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.state.tangent import move_pose, pose_difference, pose_std, within_limits
from sfv.motion.rotations import quat_multiply, rotvec_to_quat


@pytest.fixture(scope="module")
def skeleton(flat_model, humanoid):
    return ModelLayout.build(flat_model, humanoid)


@pytest.fixture(scope="module")
def poses(walk_clip):
    return torch.from_numpy(walk_clip.qpos[:20])


def offsets(count, nv, size=0.5):
    return size * torch.randn(count, nv, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_moving_is_mujocos_integration_of_a_velocity(flat_model, skeleton, poses):
    offset = offsets(20, flat_model.nv)
    moved = move_pose(poses, offset, skeleton)
    for row in range(20):
        expected = poses[row].numpy().copy()
        mujoco.mj_integratePos(flat_model, expected, offset[row].numpy(), 1.0)
        np.testing.assert_allclose(moved[row].numpy(), expected, atol=1e-7)


def test_difference_undoes_moving(flat_model, skeleton, poses):
    offset = offsets(20, flat_model.nv)
    back = pose_difference(move_pose(poses, offset, skeleton), poses, skeleton)
    torch.testing.assert_close(back, offset, atol=1e-6, rtol=0)


def test_std_of_poses_around_a_mean_is_the_one_they_were_made_with(flat_model, skeleton, poses):
    """Also with quaternions of either sign. The horizontal position is another test's."""
    scale = torch.linspace(0.05, 0.3, flat_model.nv, dtype=torch.float64)
    spread = move_pose(poses[:1].expand(20_000, -1), offsets(20_000, flat_model.nv, 1.0) * scale, skeleton)
    spread[::2, 3:7] *= -1
    torch.testing.assert_close(pose_std(spread, skeleton)[2:], scale[2:], rtol=0.03, atol=0)


def test_the_way_travelled_is_no_spread(flat_model, skeleton):
    poses = torch.from_numpy(flat_model.qpos0).repeat(101, 1)
    poses[:, 0] = torch.linspace(0, 3, 101, dtype=torch.float64)
    poses[:, 1] = 0.1 * torch.sin(torch.linspace(0, 4 * torch.pi, 101, dtype=torch.float64))
    std = pose_std(poses, skeleton)
    assert float(std[0]) < 1e-9
    assert float(std[1]) == pytest.approx(0.1 / 2**0.5, rel=0.02)


def test_a_whole_turn_has_the_spread_of_a_uniform_angle(flat_model, skeleton):
    """A backflip's root: angles evenly over a circle deviate by pi / sqrt 3 from any of them."""
    poses = torch.from_numpy(flat_model.qpos0).repeat(360, 1)
    angle = torch.zeros(360, 3, dtype=torch.float64)
    angle[:, 1] = torch.arange(360) * torch.pi / 180
    poses[:, 3:7] = quat_multiply(poses[:, 3:7], rotvec_to_quat(angle))
    std = pose_std(poses, skeleton)
    assert float(std[4]) == pytest.approx(torch.pi / 3**0.5, rel=0.02)
    assert std[[3, 5]].abs().max() < 1e-6


def test_hinges_are_clamped_and_nothing_else(flat_model, skeleton, poses):
    moved = move_pose(poses, offsets(20, flat_model.nv, 2.0), skeleton)
    inside = within_limits(moved, flat_model)
    knee = int(flat_model.joint("right_knee").qposadr[0])
    assert float(moved[:, knee].max()) > 0
    assert float(inside[:, knee].max()) == 0
    same = torch.ones(flat_model.nq, dtype=torch.bool)
    same[skeleton.hinge_qpos] = False
    assert torch.equal(inside[:, same], moved[:, same])
