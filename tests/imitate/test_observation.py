import mujoco
import pytest
import torch

from sfv.imitate.observations.deepmimic import BODY_NUMBERS, body_state, phase_features, reference_offset
from sfv.imitate.state.heading import heading
from sfv.motion.rotations import quat_multiply, quat_rotate, rotvec_to_quat


def state_of(model, qpos, qvel):
    data = mujoco.MjData(model)
    data.qpos[:], data.qvel[:] = qpos, qvel
    mujoco.mj_forward(model, data)
    fields = (data.xpos, data.xquat, data.cvel, data.subtree_com[1])
    return [torch.from_numpy(field.copy())[None] for field in fields]


def seen(state):
    """body_state of what state_of gives, with the root's own heading."""
    return body_state(*state, root=1, turn=heading(state[1][:, 1]))


@pytest.fixture
def moving(walk_clip, flat_model):
    """A pose of the walk with velocities everywhere."""
    generator = torch.Generator().manual_seed(3)
    return walk_clip.qpos[7].copy(), torch.randn(flat_model.nv, generator=generator, dtype=torch.float64).numpy()


def test_state_does_not_depend_on_heading_or_place(moving, flat_model):
    qpos, qvel = moving
    first = seen(state_of(flat_model, qpos, qvel))
    yaw = rotvec_to_quat(torch.tensor([0.0, 0.0, 2.2], dtype=torch.float64))
    turned, spinning = qpos.copy(), qvel.copy()
    turned[:3] = (quat_rotate(yaw, torch.from_numpy(qpos[:3])) + torch.tensor([4.0, -7.0, 0.0])).numpy()
    turned[3:7] = quat_multiply(yaw, torch.from_numpy(qpos[3:7])).numpy()
    spinning[:3] = quat_rotate(yaw, torch.from_numpy(qvel[:3])).numpy()
    second = seen(state_of(flat_model, turned, spinning))
    torch.testing.assert_close(first, second, atol=1e-9, rtol=0)


def test_state_depends_on_height_and_tilt(moving, flat_model):
    qpos, qvel = moving
    first = seen(state_of(flat_model, qpos, qvel))
    lifted = qpos.copy()
    lifted[2] += 0.1
    second = seen(state_of(flat_model, lifted, qvel))
    torch.testing.assert_close(second[0, 0] - first[0, 0], torch.tensor(0.1, dtype=torch.float64))
    torch.testing.assert_close(second[:, 1:], first[:, 1:], atol=1e-9, rtol=0)


def test_velocities_are_mujocos_body_velocities(moving, flat_model):
    """mj_objectVelocity gives the velocity of each body's origin; with the root facing x no turn is left."""
    qpos, qvel = moving
    qpos[3:7] = (1, 0, 0, 0)
    state = seen(state_of(flat_model, qpos, qvel))
    bodies = state[:, 1:].reshape(-1, BODY_NUMBERS)
    data = mujoco.MjData(flat_model)
    data.qpos[:], data.qvel[:] = qpos, qvel
    mujoco.mj_forward(flat_model, data)
    velocity = torch.zeros(6, dtype=torch.float64).numpy()
    for body in range(1, flat_model.nbody):
        mujoco.mj_objectVelocity(flat_model, data, mujoco.mjtObj.mjOBJ_XBODY, body, velocity, 0)
        torch.testing.assert_close(bodies[body - 1, 9:12], torch.from_numpy(velocity[3:]), atol=1e-9, rtol=0)
        torch.testing.assert_close(bodies[body - 1, 12:15], torch.from_numpy(velocity[:3]), atol=1e-9, rtol=0)


def test_phase_of_a_cycle_has_no_jump():
    phase = torch.tensor([0.0, 0.25, 1.0])
    torch.testing.assert_close(
        phase_features(phase, True), torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]), atol=1e-6, rtol=0
    )
    assert torch.equal(phase_features(phase, False), phase[:, None])


def test_offset_points_to_the_reference_in_the_heading_frame():
    """Facing +y, the reference 1 m further along y is straight ahead, and turned left by 0.2 rad."""
    quat = rotvec_to_quat(torch.tensor([[0.0, 0.0, torch.pi / 2]]))
    goal = rotvec_to_quat(torch.tensor([[0.0, 0.0, torch.pi / 2 + 0.2]]))
    offset = reference_offset(torch.zeros(1, 3), quat, torch.tensor([[0.0, 1.0, 0.0]]), goal, heading(quat))
    torch.testing.assert_close(offset, torch.tensor([[1.0, 0.0, 0.0, 0.0, 0.0, 0.2]]), atol=1e-6, rtol=0)
