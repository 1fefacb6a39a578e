"""Poses as differences from a reference pose: metres and rotation vectors, in the order of qvel."""

import mujoco
import torch
from torch import Tensor

from sfv.imitate.state.layout import ModelLayout
from sfv.motion.rotations import normalize_quat, quat_conjugate, quat_multiply, quat_to_rotvec, rotvec_to_quat


def move_pose(qpos: Tensor, offset: Tensor, skeleton: ModelLayout) -> Tensor:
    """The pose that lies at ``offset`` from ``qpos``: position + d, q exp(v) for the root's and the ball joints' rotations
    (v in the body's own frame, radians), angle + d for hinges. Shapes (..., nq), (..., nv) -> (..., nq).
    """
    out = qpos.clone()
    out[..., :3] += offset[..., :3]
    columns, dofs = skeleton.quaternions, skeleton.rotation_dofs
    out[..., columns] = quat_multiply(normalize_quat(qpos[..., columns]), rotvec_to_quat(offset[..., dofs]))
    out[..., skeleton.hinge_qpos] += offset[..., skeleton.hinge_dof]
    return out


def pose_difference(qpos: Tensor, reference: Tensor, skeleton: ModelLayout) -> Tensor:
    """The offset with which ``move_pose`` leads from ``reference`` to ``qpos``; rotations the shorter way round.

    Shapes (..., nq), (..., nq) -> (..., nv).
    """
    out = qpos.new_zeros((*qpos.shape[:-1], qpos.shape[-1] - 1 - len(skeleton.ball_qpos)))
    out[..., :3] = qpos[..., :3] - reference[..., :3]
    columns, dofs = skeleton.quaternions, skeleton.rotation_dofs
    relative = quat_multiply(
        quat_conjugate(normalize_quat(reference[..., columns])), normalize_quat(qpos[..., columns])
    )
    out[..., dofs] = quat_to_rotvec(relative)
    out[..., skeleton.hinge_dof] = qpos[..., skeleton.hinge_qpos] - reference[..., skeleton.hinge_qpos]
    return out


def pose_std(qpos: Tensor, skeleton: ModelLayout) -> Tensor:
    """Sample standard deviation of each coordinate over the poses of a motion, about the mean pose. (T, nq) -> (nv,).

    The root's horizontal position grows with the way travelled, so the straight way from the first to the last pose is
    taken out of it first. Mean rotations are those of least squared chordal distance: the first eigenvector of sum q q^T.
    """
    poses = qpos.double().clone()
    share = torch.linspace(0.0, 1.0, len(poses), dtype=torch.float64, device=poses.device)[:, None]
    poses[:, :2] -= poses[0, :2] + share * (poses[-1, :2] - poses[0, :2])
    mean = poses.mean(0)
    for columns in skeleton.quaternions:
        quat = normalize_quat(poses[:, columns])
        mean[columns] = torch.linalg.eigh(quat.T @ quat).eigenvectors[:, -1]
    return pose_difference(poses, mean.expand_as(poses), skeleton).std(0).to(qpos)


def within_limits(qpos: Tensor, model: mujoco.MjModel) -> Tensor:
    """Clamp hinges and slides to their ranges. Shape (..., nq)."""
    low, high = joint_limits(model)
    return torch.minimum(torch.maximum(qpos, low.to(qpos)), high.to(qpos))


def joint_limits(model: mujoco.MjModel) -> tuple[Tensor, Tensor]:
    """Range of each number of qpos, infinite where nothing limits it (ball joints among them). Shapes (nq,)."""
    low = torch.full((model.nq,), -torch.inf)
    high = torch.full((model.nq,), torch.inf)
    for joint in range(model.njnt):
        kind = mujoco.mjtJoint(int(model.jnt_type[joint]))
        if model.jnt_limited[joint] and kind in (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE):
            column = int(model.jnt_qposadr[joint])
            low[column], high[column] = (float(limit) for limit in model.jnt_range[joint])
    return low, high
