"""The skeleton's points and their derivatives by every number of a frame and by shape, in closed form.

A rotation about axis w through joint q moves a point p behind it by w x (p - q); the points are linear in shape once the
rotations are known. Automatic differentiation gives the same (tests/reconstruct/test_linear.py) many times slower.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.motion.rotations import rot6d_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.reconstruct.model.skeleton import BALLS, DOFS, HINGES, LAYOUT, SHARED, Posed, Skeleton

_TINY = 1e-6  # radians below which the left Jacobian's series is cut


@dataclass(frozen=True)
class Linear:
    """Points of T frames, in the order joints (24), landmarks (19), contacts (4), soles (S)."""

    posed: Posed
    by_dofs: Tensor
    """Derivative of each point by the numbers of its frame. Shape (T, N, 3, DOFS)."""
    by_betas: Tensor
    """Derivative by shape. Shape (T, N, 3, B)."""
    carriers: Tensor
    """Rotation of the joint that carries each landmark: the derivative by its offset. Shape (T, 19, 3, 3)."""


def linearise(skeleton: Skeleton, dofs: Tensor, betas: Tensor, offsets: Tensor) -> Linear:
    """Points and derivatives at ``dofs`` (T, DOFS), ``betas`` (B,), ``offsets`` (19, 3)."""
    turned, placed = skeleton.chain(dofs, betas)
    posed = skeleton.points(turned, placed, betas, offsets)
    points = torch.cat((posed.joints, posed.landmarks, posed.contacts, posed.soles), 1)
    joint, column, axis = _axes(skeleton, dofs, turned)
    behind = skeleton.descends(joint)  # (M, N)
    lever = points[:, None] - placed[:, joint, None]
    moved = torch.linalg.cross(axis[:, :, None].expand_as(lever), lever) * behind[..., None].to(dofs)
    by_dofs = points.new_zeros(len(dofs), DOFS, points.shape[1], 3)
    by_dofs.index_add_(1, column, moved)
    by_dofs[:, :3] = torch.eye(3).to(dofs)[:, None]
    return Linear(
        posed, by_dofs.permute(0, 2, 3, 1), skeleton.by_betas(turned), turned[:, skeleton.landmark_carriers()]
    )


def _axes(skeleton: Skeleton, dofs: Tensor, turned: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Joints (M,), columns of a frame (M,) and axes in camera axes (T, M, 3) of all elementary rotations."""
    joints, columns, axes = [0] * 6, list(range(3, 9)), [_root_axes(dofs[:, LAYOUT["root"]])]
    for name in BALLS:
        members = SHARED.get(name, (name,))
        share = 1 / len(members)
        local = left_jacobian(dofs[:, LAYOUT[name]] * share) * share
        for member in members:
            joint = SMPL_JOINTS.index(member)
            joints += [joint] * 3
            columns += range(LAYOUT[name].start, LAYOUT[name].stop)
            axes.append((turned[:, SMPL_PARENTS[joint]] @ local).mT)
    for name, axis in HINGES.items():
        joint = SMPL_JOINTS.index(name)
        joints.append(joint)
        columns.append(LAYOUT[name].start)
        axes.append((turned[:, SMPL_PARENTS[joint]] @ torch.tensor(axis).to(dofs))[:, None])
    return torch.tensor(joints), torch.tensor(columns), torch.cat(axes, 1)


def _root_axes(rot6d: Tensor) -> Tensor:
    """Axis of rotation by each of the six numbers. Shape (T, 6) -> (T, 6, 3)."""
    rotation = rot6d_to_rotmat(rot6d)
    axes = []
    for k in range(6):
        unit = torch.zeros_like(rot6d)
        unit[:, k] = 1.0
        change = torch.func.jvp(rot6d_to_rotmat, (rot6d,), (unit,))[1]
        spin = change @ rotation.mT
        axes.append(torch.stack((spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]), -1))
    return torch.stack(axes, 1)


def left_jacobian(rotvec: Tensor) -> Tensor:
    """Rotation in the fixed frame by each component of a rotation vector. Shape (..., 3) -> (..., 3, 3)."""
    angle = rotvec.norm(dim=-1).clamp_min(_TINY)[..., None, None]
    x, y, z = rotvec.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack((zero, -z, y, z, zero, -x, -y, x, zero), -1).unflatten(-1, (3, 3))
    first = torch.where(angle > 1e-4, (1 - angle.cos()) / angle**2, 0.5)
    second = torch.where(angle > 1e-4, (angle - angle.sin()) / angle**3, 1 / 6)
    return torch.eye(3).to(rotvec) + first * cross + second * cross @ cross
