import math

import pytest
import torch

from sfv.imitate.config import RewardConfig
from sfv.imitate.rewards import deepmimic as reward
from sfv.imitate.state.heading import end_effectors_in_heading, heading
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.rotations import quat_multiply, quat_rotate, rotvec_to_quat


@pytest.fixture(scope="module")
def skeleton(flat_model, humanoid):
    return ModelLayout.build(flat_model, humanoid)


@pytest.fixture
def pose(flat_model):
    return torch.from_numpy(flat_model.qpos0).float()[None]


def columns(model, joint):
    start = model.joint(joint).qposadr[0]
    return slice(start, start + 4)


def test_weights_sum_to_one(skeleton):
    total = skeleton.root_weight + skeleton.ball_weight.sum() + skeleton.hinge_weight.sum()
    assert float(total) == pytest.approx(1.0)
    config = RewardConfig()
    assert config.pose_weight + config.velocity_weight + config.end_effector_weight + config.com_weight == 1.0


def test_pose_error_of_hand_made_differences(skeleton, pose, flat_model, humanoid):
    """0.3 rad in a shoulder, 0.2 rad in a knee, 0.1 rad of heading: the weighted sum of their squares."""
    other = pose.clone()
    shoulder = columns(flat_model, "left_shoulder")
    other[:, shoulder] = -quat_multiply(pose[:, shoulder], rotvec_to_quat(torch.tensor([[0.0, 0.3, 0.0]])))
    other[:, flat_model.joint("right_knee").qposadr[0]] -= 0.2
    other[:, 3:7] = quat_multiply(rotvec_to_quat(torch.tensor([[0.0, 0.0, 0.1]])), other[:, 3:7])
    weights = humanoid.joint_weights
    expected = weights["left_shoulder"] * 0.09 + weights["right_knee"] * 0.04 + weights["root"] * 0.01
    assert float(reward.pose_error(other, pose, skeleton)) == pytest.approx(expected, abs=1e-5)
    assert float(reward.pose_error(pose, pose, skeleton)) == pytest.approx(0.0, abs=1e-6)


def test_velocity_error_ignores_root_translation(skeleton, flat_model, humanoid):
    still, other = torch.zeros(1, flat_model.nv), torch.zeros(1, flat_model.nv)
    other[0, :3] = 5.0
    assert float(reward.velocity_error(other, still, skeleton)) == 0.0
    start = flat_model.joint("chest").dofadr[0]
    other[0, start : start + 3] = torch.tensor([1.0, 2.0, 2.0])
    other[0, 4] = 0.5
    expected = humanoid.joint_weights["chest"] * 9.0 + humanoid.joint_weights["root"] * 0.25
    assert float(reward.velocity_error(other, still, skeleton)) == pytest.approx(expected)


def test_end_effectors_are_averaged_in_each_ones_heading():
    """The same limbs seen from elsewhere and turned give no error; one of four hands 0.2 m off gives 0.04 / 4."""
    generator = torch.Generator().manual_seed(1)
    ends = torch.randn((1, 4, 3), generator=generator)
    root, quat = torch.tensor([[0.1, 0.2, 0.9]]), rotvec_to_quat(torch.tensor([[0.1, -0.2, 0.4]]))
    yaw = rotvec_to_quat(torch.tensor([[0.0, 0.0, 2.0]]))
    shift = torch.tensor([[3.0, -1.0, 0.0]])
    moved = quat_rotate(yaw.expand(4, 4)[None], ends) + shift
    a = end_effectors_in_heading(ends, root, heading(quat))
    b = end_effectors_in_heading(moved, quat_rotate(yaw, root) + shift, heading(quat_multiply(yaw, quat)))
    torch.testing.assert_close(a, b, atol=1e-5, rtol=0)
    b[0, 2, 1] += 0.2
    assert float(reward.end_effector_error(a, b)) == pytest.approx(0.01, abs=1e-5)


def test_end_effector_height_is_above_the_ground():
    """A root that is too low must not hide that the feet are in the right place, nor the other way round."""
    ends, quat = torch.tensor([[[0.0, 0.0, 0.05]]]), torch.tensor([[1.0, 0.0, 0.0, 0.0]])
    high = end_effectors_in_heading(ends, torch.tensor([[0.0, 0.0, 0.9]]), heading(quat))
    low = end_effectors_in_heading(ends, torch.tensor([[0.0, 0.0, 0.5]]), heading(quat))
    torch.testing.assert_close(high, low)


def test_terms_and_total_are_deepmimics_figures():
    errors = [torch.tensor([value]) for value in (0.1, 2.0, 0.01, 0.04)]
    terms = reward.reward_terms(*errors, RewardConfig())
    expected = [math.exp(-0.2), math.exp(-0.2), math.exp(-0.4), math.exp(-0.4)]
    torch.testing.assert_close(terms, torch.tensor([expected]))
    total = 0.65 * expected[0] + 0.10 * expected[1] + 0.15 * expected[2] + 0.10 * expected[3]
    assert float(reward.total_reward(terms, RewardConfig())) == pytest.approx(total)


def test_com_error_is_in_the_world():
    assert float(reward.com_error(torch.tensor([[1.0, 2.0, 2.0]]), torch.zeros(1, 3))) == 9.0
