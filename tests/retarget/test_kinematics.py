"""Differentiable kinematics against MuJoCo's own."""

import mujoco
import numpy as np
import torch

from sfv.retarget.robot.kinematics import Kinematics, hinge_limits

ODD = """
<mujoco><compiler angle="radian" autolimits="true"/><worldbody><body pos="1 2 3"><freejoint/><geom size=".1"/>
  <body pos=".1 .2 .3" quat=".9 .1 -.3 .2"><joint type="ball" pos=".05 0 .1"/><geom size=".1"/>
    <body pos="0 0 -.4"><joint type="hinge" axis="1 2 3" pos="0 .1 0" range="-1 2"/><joint type="slide" axis="0 1 0"/>
      <geom size=".1"/></body></body></body></worldbody></mujoco>
"""


def poses(model, count=4):
    rng = np.random.default_rng(3)
    qpos = np.tile(model.qpos0, (count, 1))
    for frame in qpos:
        mujoco.mj_integratePos(model, frame, rng.normal(size=model.nv), 1.0)
    return qpos


def check(model):
    qpos, data = poses(model), mujoco.MjData(model)
    xpos, xquat = Kinematics(model).forward(torch.from_numpy(qpos))
    for frame in range(len(qpos)):
        data.qpos[:] = qpos[frame]
        mujoco.mj_kinematics(model, data)
        np.testing.assert_allclose(xpos[frame], data.xpos, atol=1e-9)
        np.testing.assert_allclose(np.abs((xquat[frame].numpy() * data.xquat).sum(1)), 1, atol=1e-9)


def test_humanoid_is_where_mujoco_puts_it(humanoid):
    check(humanoid.spec().compile())


def test_offset_anchors_slides_and_turned_bodies_are_too():
    check(mujoco.MjModel.from_xml_string(ODD))


def test_integrate_is_mujocos():
    model = mujoco.MjModel.from_xml_string(ODD)
    qpos = poses(model)
    delta = np.random.default_rng(4).normal(size=(len(qpos), model.nv))
    expected = qpos.copy()
    for frame, step in zip(expected, delta):
        mujoco.mj_integratePos(model, frame, step, 1.0)
    np.testing.assert_allclose(
        Kinematics(model).integrate(torch.from_numpy(qpos), torch.from_numpy(delta)), expected, atol=1e-9
    )


def test_limits_are_those_of_limited_hinges():
    model = mujoco.MjModel.from_xml_string(ODD)
    columns, limits = hinge_limits(model)
    assert columns == [11]
    np.testing.assert_allclose(limits, [[-1, 2]])
