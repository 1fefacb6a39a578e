import math
from dataclasses import replace

import mujoco
import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.targets import nearest_rotvec, servo_targets
from sfv.motion.rotations import quat_to_rotmat, rotvec_to_quat
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model


@pytest.fixture(scope="module")
def skeleton(flat_model, humanoid):
    return ModelLayout.build(flat_model, humanoid)


def test_coordinates_are_what_the_servos_measure(skeleton, walk_clip, flat_model):
    """gear @ coordinates equals MuJoCo's actuator_length: a target equal to it asks for no force."""
    data = mujoco.MjData(flat_model)
    for pose in walk_clip.qpos[::9]:
        data.qpos[:] = pose
        mujoco.mj_forward(flat_model, data)
        measured = skeleton.coordinates(torch.from_numpy(pose)) @ skeleton.gear.double().T
        torch.testing.assert_close(measured, torch.from_numpy(data.actuator_length), atol=1e-6, rtol=0)


def test_action_zero_asks_for_the_base_pose_and_one_for_half_a_radian_more(skeleton, walk_clip):
    qpos = torch.from_numpy(walk_clip.qpos[:1]).float()
    base = skeleton.coordinates(qpos)
    zero, one = torch.zeros(1, 28), torch.ones(1, 28)
    ctrl = servo_targets(zero, base, qpos, 0.5, skeleton)
    torch.testing.assert_close(ctrl, base @ skeleton.gear.T)
    torch.testing.assert_close(servo_targets(one, base, qpos, 0.5, skeleton) - ctrl, torch.full((1, 28), 0.5))


def test_target_takes_the_side_of_the_current_pose():
    """Reference at +179 degrees, body at -179: the servo must see 2 degrees, not 358."""
    target, current = torch.tensor([[0.0, math.radians(179), 0.0]]), torch.tensor([[0.0, math.radians(-179), 0.0]])
    near = nearest_rotvec(target, current)
    torch.testing.assert_close(near, torch.tensor([[0.0, math.radians(-181), 0.0]]))
    torch.testing.assert_close(
        quat_to_rotmat(rotvec_to_quat(near)), quat_to_rotmat(rotvec_to_quat(target)), atol=1e-5, rtol=0
    )


def test_small_and_zero_rotations_stay_as_they_are():
    target = torch.tensor([[0.0, 0.0, 0.0], [0.0, 1e-9, 0.0], [0.4, -0.2, 0.1]])
    assert torch.equal(nearest_rotvec(target, torch.full((3, 3), 1.0)), target)


def test_refuses_motors(humanoid, tmp_path, flat):
    text = humanoid.mjcf.read_text()
    path = tmp_path / "motors.xml"
    path.write_text(
        text.replace(
            '<position name="neck_x" joint="neck" gear="1 0 0 0 0 0" kp="100" kv="10"',
            '<motor name="neck_x" joint="neck"',
        )
    )
    other = replace(humanoid, mjcf=path)
    model = build_model(other, flat, PhysicsConfig())
    with pytest.raises(SfvError, match="neck_x"):
        ModelLayout.build(model, other)
