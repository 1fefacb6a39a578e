import mujoco
import numpy as np
import pytest
import torch

from sfv.imitate.config import BeyondMimicConfig
from sfv.imitate.observations.bodies import BodyStates, body_states
from sfv.imitate.rewards.beyondmimic import SoftLimits, tracking_reward
from sfv.motion.rotations import quat_multiply, quat_rotate, rotvec_to_quat

CONFIG = BeyondMimicConfig()


def still(count=1, bodies=4):
    quat = torch.tensor([1.0, 0.0, 0.0, 0.0]).expand(count, bodies, 4)
    zero = torch.zeros(count, bodies, 3)
    return BodyStates(zero, quat, zero, zero)


def earned(way=0.0, angle=0.0, **changes):
    identity = torch.tensor([[1.0, 0.0, 0.0, 0.0]])
    turned = rotvec_to_quat(torch.tensor([[0.0, angle, 0.0]]))
    moved = torch.tensor([[way, 0.0, 0.0]])
    bodies = BodyStates(**(vars(still()) | changes))
    return float(tracking_reward(moved, turned, bodies, torch.zeros(1, 3), identity, still(), CONFIG)[0])


def test_weights_sum_to_one():
    assert earned() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("changes", "weight"),
    [
        ({"way": 0.3}, 0.1),
        ({"angle": 0.4}, 0.1),
    ],
)
def test_an_anchor_error_of_one_std_costs_its_term_by_e(changes, weight):
    assert 1 - earned(**changes) == pytest.approx(weight * (1 - np.exp(-1)), rel=1e-4)


@pytest.mark.parametrize(("term", "std"), [("position", 0.3), ("linear", 1.0), ("angular", 3.14)])
def test_a_body_error_of_one_std_costs_its_term_by_e(term, std):
    """The squares are averaged over bodies: one body of four off by two std is the same as all off by one."""
    everywhere = torch.tensor([0.0, std, 0.0]).expand(1, 4, 3)
    single = torch.zeros(1, 4, 3)
    single[0, 2, 1] = 2 * std
    for error in (everywhere, single):
        assert 1 - earned(**{term: error}) == pytest.approx(0.2 * (1 - np.exp(-1)), rel=1e-4)


def test_a_body_rotation_of_one_std_costs_its_term_by_e():
    turned = rotvec_to_quat(torch.tensor([0.4, 0.0, 0.0])).expand(1, 4, 4)
    assert 1 - earned(rotation=turned) == pytest.approx(0.2 * (1 - np.exp(-1)), rel=1e-4)


def test_soft_limits_are_nine_tenths_about_the_middle(flat_model):
    qpos = torch.from_numpy(flat_model.qpos0).repeat(3, 1)
    for name in ("right_knee", "left_knee"):
        qpos[:, int(flat_model.joint(name).qposadr[0])] = -1.57
    for name in ("right_elbow", "left_elbow"):
        qpos[:, int(flat_model.joint(name).qposadr[0])] = 1.57
    knee = int(flat_model.joint("right_knee").qposadr[0])
    qpos[1, knee], qpos[2, knee] = 0.0, -3.14
    excess = SoftLimits(flat_model, 0.9).excess(qpos)
    torch.testing.assert_close(excess, torch.tensor([0.0, 0.157, 0.157]), atol=1e-4, rtol=0)


@pytest.fixture
def moving(flat_model, walk_clip):
    data = mujoco.MjData(flat_model)
    data.qpos[:] = walk_clip.qpos[5]
    data.qvel[:] = np.random.default_rng(0).normal(size=flat_model.nv)
    mujoco.mj_forward(flat_model, data)
    return data


def seen(data):
    arrays = (torch.from_numpy(array.copy())[None].float() for array in (data.xpos, data.xquat, data.cvel))
    xpos, xquat, cvel = arrays
    return body_states(xpos, xquat, cvel, torch.from_numpy(data.subtree_com[1].copy())[None].float(), 1)


def test_body_velocities_are_mujocos_own(flat_model, moving):
    states = seen(moving)
    for body in range(1, flat_model.nbody):
        velocity = np.zeros(6)
        mujoco.mj_objectVelocity(flat_model, moving, mujoco.mjtObj.mjOBJ_XBODY, body, velocity, 0)
        np.testing.assert_allclose(states.angular[0, body - 1], velocity[:3], atol=1e-4)
        np.testing.assert_allclose(states.linear[0, body - 1], velocity[3:], atol=1e-4)


def test_heading_and_place_do_not_matter_to_positions_and_rotations(flat_model, moving):
    before = seen(moving)
    turn = rotvec_to_quat(torch.tensor([0.0, 0.0, 1.2], dtype=torch.float64))
    moving.qpos[:3] = quat_rotate(turn, torch.from_numpy(moving.qpos[:3].copy())).numpy()
    moving.qpos[:2] += 3.0, -2.0
    moving.qpos[3:7] = quat_multiply(turn, torch.from_numpy(moving.qpos[3:7].copy())).numpy()
    mujoco.mj_forward(flat_model, moving)
    after = seen(moving)
    torch.testing.assert_close(after.position, before.position, atol=1e-5, rtol=0)
    torch.testing.assert_close(after.rotation.abs(), before.rotation.abs(), atol=1e-5, rtol=0)
    np.testing.assert_allclose(before.position[0, :, 2], moving.xpos[1:, 2], atol=1e-5)
