"""A body motion with known truth: the DeepMimic walk turned back into SMPL parameters."""

import numpy as np
import pytest
import torch

from sfv.body.model import Body, load_body
from sfv.character import Character
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.cycle import repeat_cycle
from sfv.motion.rotations import quat_to_rotmat, rotmat_to_rotvec
from sfv.motion.smpl import SMPL_PARENTS
from sfv.retarget.robot.anatomy import Anatomy, build_anatomy
from sfv.retarget.targets.targets import SMPL_TO_X_FORWARD, aligned


def inverse_motion(clip: Clip, qpos: np.ndarray, skeleton: Anatomy, body: Body) -> BodyMotion:
    """SMPL poses whose mapped joints have the orientations of the clip's bodies; spine and collars share their rotation out."""
    betas = np.zeros(10)
    rest = body.rest_joints(betas) @ SMPL_TO_X_FORWARD.T
    xpos, xquat = skeleton.kinematics.forward(torch.from_numpy(qpos))
    rotmat = quat_to_rotmat(xquat).numpy()
    world = np.full((len(qpos), 24, 3, 3), np.nan)
    for row, (b, joint) in enumerate(zip(skeleton.bodies, skeleton.smpl)):
        world[:, joint] = rotmat[:, b] @ aligned(skeleton, row, rest).T @ SMPL_TO_X_FORWARD
    poses = np.zeros((len(qpos), 24, 3))
    for joint in range(24):
        if np.isnan(world[0, joint]).any():
            world[:, joint] = world[:, SMPL_PARENTS[joint]]
        parent = np.eye(3) if joint == 0 else world[:, SMPL_PARENTS[joint]]
        local = np.swapaxes(parent, -1, -2) @ world[:, joint]
        poses[:, joint] = rotmat_to_rotvec(torch.from_numpy(np.broadcast_to(local, (len(qpos), 3, 3)).copy())).numpy()
    scale = np.linalg.norm(np.diff(rest[[1, 4, 7]], axis=0), axis=1).sum() / skeleton.leg_length
    hips = body.joints(poses, betas, np.zeros((len(qpos), 3)))[:, [1, 2]].mean(1)
    trans = xpos[:, skeleton.hips].mean(1).numpy() * scale - hips
    vertices = body.vertices(poses[:1], betas, trans[:1])
    trans[:, 2] -= vertices[..., 2].min()
    return BodyMotion(poses, trans, betas, clip.fps, body="open")


@pytest.fixture(scope="session")
def body() -> Body:
    return load_body(name="open")


@pytest.fixture(scope="session")
def skeleton(humanoid: Character) -> Anatomy:
    return build_anatomy(humanoid)


@pytest.fixture(scope="session")
def walk_motion(walk_clip: Clip, skeleton: Anatomy, body: Body) -> BodyMotion:
    """Three and a half periods of the walk."""
    return inverse_motion(walk_clip, repeat_cycle(walk_clip.qpos, 4)[: int(3.5 * len(walk_clip))], skeleton, body)
