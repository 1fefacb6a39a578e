"""First guess of a clip: every body takes its target's orientation as far as its joints allow; contacts where none are known."""

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.motion.rotations import (
    continuous_quat,
    normalize_quat,
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    rotvec_to_quat,
)
from sfv.retarget.config import RetargetConfig
from sfv.retarget.skeleton import Skeleton
from sfv.retarget.targets import Targets


def first_guess(targets: Targets, skeleton: Skeleton) -> np.ndarray:
    """Joint values that copy world orientations from the root outwards. Shape (T, nq).

    A hinge takes the part of the wanted rotation about its axis, within its limits; what it cannot do is not passed on,
    because the bodies behind it aim at their own world orientation again.
    """
    model, frames = skeleton.model, len(targets)
    wanted = dict(zip(skeleton.bodies.tolist(), torch.from_numpy(targets.world_bodies()).unbind(1)))
    qpos = torch.from_numpy(np.tile(model.qpos0, (frames, 1)))
    world: list[Tensor] = [torch.tensor([1.0, 0, 0, 0], dtype=torch.float64).expand(frames, 4)]
    for body in range(1, model.nbody):
        frame = torch.from_numpy(model.body_quat[body].copy()).expand(frames, 4)
        current = quat_multiply(world[int(model.body_parentid[body])], frame)
        for joint in range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body]):
            kind, start = int(model.jnt_type[joint]), int(model.jnt_qposadr[joint])
            if kind == mujoco.mjtJoint.mjJNT_FREE:
                current = wanted.get(body, current)
                qpos[:, start + 3 : start + 7] = current
            elif body in wanted and kind == mujoco.mjtJoint.mjJNT_BALL:
                qpos[:, start : start + 4] = continuous_quat(quat_multiply(quat_conjugate(current), wanted[body]))
                current = wanted[body]
            elif body in wanted and kind == mujoco.mjtJoint.mjJNT_HINGE:
                axis = torch.from_numpy(model.jnt_axis[joint].copy())
                angle = _angle_about(axis, quat_multiply(quat_conjugate(current), wanted[body]))
                if model.jnt_limited[joint]:
                    angle = angle.clamp(*model.jnt_range[joint].tolist())
                qpos[:, start] = angle
                current = quat_multiply(current, rotvec_to_quat(axis * angle[:, None]))
        world.append(normalize_quat(current))
    qpos[:, :3] = 0.0
    xpos, _ = skeleton.kinematics.forward(qpos)
    qpos[:, :3] = torch.from_numpy(targets.hips) - xpos[:, skeleton.hips].mean(1)
    return qpos.numpy()


def _angle_about(axis: Tensor, quat: Tensor) -> Tensor:
    """Twist of a rotation about an axis, in (-pi, pi]. Shapes (3,), (T, 4) -> (T,)."""
    angle = 2.0 * torch.atan2(quat[:, 1:] @ axis, quat[:, 0])
    return torch.remainder(angle + torch.pi, 2 * torch.pi) - torch.pi


def world_points(skeleton: Skeleton, qpos: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Body positions (T, nbody, 3), orientations (T, nbody, 4) and the skeleton's ground points (T, P, 3), world."""
    xpos, xquat = skeleton.kinematics.forward(qpos)
    local = torch.from_numpy(skeleton.points).expand(len(qpos), -1, 3)
    points = xpos[:, skeleton.point_bodies] + quat_rotate(xquat[:, skeleton.point_bodies], local)
    return xpos, xquat, points


def guess_contacts(qpos: np.ndarray, fps: float, skeleton: Skeleton, config: RetargetConfig) -> np.ndarray:
    """Stance of each of CONTACT_POINTS from its height and speed, where nobody recorded it. Shape (T, 4), 0 or 1.

    Heights count from the lowest that the feet come in a tenth of the frames, because the ground itself may be unknown.
    """
    _, _, points = world_points(skeleton, torch.from_numpy(qpos))
    contacts = np.zeros((len(qpos), len(skeleton.contact_points)))
    position = np.stack([points[:, ids].mean(1).numpy() for ids in skeleton.contact_points], 1)
    floor = np.quantile(position[..., 2].min(1), 0.1)
    speed = np.linalg.norm(np.gradient(position, 1.0 / fps, axis=0), axis=-1)
    contacts[(position[..., 2] < floor + config.contact_height) & (speed < config.contact_speed)] = 1.0
    return contacts
