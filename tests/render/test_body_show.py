import mujoco
import numpy as np
import pytest

from sfv.body.model import load_body
from sfv.motion.body_motion import BodyMotion
from sfv.render.config import RenderConfig
from sfv.view.body_show import BodyShow

FRAMES = 20


@pytest.fixture(scope="module")
def body():
    return load_body(name="open")


@pytest.fixture(scope="module")
def motion():
    """Walks along x without a step, bending a knee, and turns."""
    poses, trans = np.zeros((FRAMES, 24, 3)), np.zeros((FRAMES, 3))
    upright = np.pi / 2
    poses[:, 0] = [upright, 0.0, 0.0]  # y up to z up
    poses[:, 4, 0] = np.linspace(0.0, 1.2, FRAMES)
    trans[:, 0], trans[:, 2] = np.linspace(0.0, 1.0, FRAMES), 1.1
    return BodyMotion(poses, trans, np.array([0.5, -0.3]), 20.0)


def skinned(model, data):
    """The skin's vertices as MuJoCo's viewer draws them."""
    out = np.zeros((model.skin_vertnum[0], 3))
    for bone in range(model.nskinbone):
        rotation = np.zeros(9)
        mujoco.mju_quat2Mat(rotation, data.xquat[model.skin_bonebodyid[bone]])
        rotation = rotation.reshape(3, 3)
        first, count = model.skin_bonevertadr[bone], model.skin_bonevertnum[bone]
        ids = model.skin_bonevertid[first : first + count]
        weight = model.skin_bonevertweight[first : first + count, None]
        moved = (model.skin_vert[ids] - model.skin_bonebindpos[bone]) @ rotation.T
        out[ids] += weight * (moved + data.xpos[model.skin_bonebodyid[bone]])
    return out


def test_the_skin_lies_where_the_mesh_does(body, motion):
    show = BodyShow(motion, body, RenderConfig(), "walk")
    data = mujoco.MjData(show.model)
    for _ in range(FRAMES - 1):
        show.step(np.zeros(1))
    show.pose(data)
    mujoco.mj_kinematics(show.model, data)
    gap = np.linalg.norm(
        skinned(show.model, data) - body.vertices(motion.poses, motion.betas, motion.trans)[-1], axis=1
    )
    assert gap.max() < 0.03  # pose-dependent corrections are left out
    assert gap.mean() < 0.004
    assert show.words == "walk\n0.95 of 0.95 s"


def test_it_begins_again_after_a_pause(body, motion):
    show = BodyShow(motion, body, RenderConfig())
    for _ in range(FRAMES - 1 + 14):  # 0.7 s at 20 Hz
        show.step(np.zeros(1))
    assert show.words.endswith("0.95 of 0.95 s")
    show.step(np.zeros(1))
    assert show.words.endswith("0.00 of 0.95 s")


def test_it_faces_where_the_pelvis_does(body, motion):
    show = BodyShow(motion, body, RenderConfig())
    assert show.heading() == pytest.approx(-np.pi / 2)
    assert 1.4 < show.tall < 2.1
    assert not show.ghost(mujoco.MjData(show.model), np.zeros(3))
