"""What the policy sees: DeepMimic's state in the character's heading frame, and its distance to the reference."""

import math

import torch
from torch import Tensor

from sfv.imitate.heading import to_heading
from sfv.motion.rotations import (
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    quat_to_rotmat,
    quat_to_rotvec,
    rotmat_to_rot6d,
)

BODY_NUMBERS = 15
"""Numbers a body: position 3, rotation 6, linear velocity 3, angular velocity 3."""
OFFSET_NUMBERS = 6
"""Numbers of ``reference_offset``."""


def phase_features(phase: Tensor, cyclic: bool) -> Tensor:
    """(sin, cos) of the cycle, or the share of the clip that has passed. Shape (N,) -> (N, 2) or (N, 1)."""
    if not cyclic:
        return phase[:, None]
    angle = 2.0 * math.pi * phase
    return torch.stack((angle.sin(), angle.cos()), dim=-1)


def body_state(xpos: Tensor, xquat: Tensor, cvel: Tensor, com: Tensor, root: int) -> Tensor:
    """Root height above the ground, then every body in the root's heading frame: position relative to the root, rotation
    (6-D), linear and angular velocity.

    ``cvel`` is MuJoCo's: the linear part is the velocity at the centre of mass ``com`` (N, 3), so it is carried to the
    body's origin first. Shapes (N, nbody, 3 / 4 / 6) including the world body -> (N, 1 + 15 (nbody - 1)).
    """
    root_pos = xpos[:, root]
    turn = to_heading(xquat[:, root])[:, None]
    bodies = slice(1, None)
    spin = cvel[:, bodies, :3]
    linear = cvel[:, bodies, 3:] + torch.linalg.cross(spin, xpos[:, bodies] - com[:, None])
    vectors = torch.cat((xpos[:, bodies] - root_pos[:, None], linear, spin), dim=1)
    position, linear, spin = quat_rotate(turn.expand(-1, vectors.shape[1], -1), vectors).chunk(3, dim=1)
    rotation = rotmat_to_rot6d(quat_to_rotmat(quat_multiply(turn.expand_as(xquat[:, bodies]), xquat[:, bodies])))
    return torch.cat((root_pos[:, 2:], torch.cat((position, rotation, linear, spin), dim=-1).flatten(1)), dim=-1)


def reference_offset(root_pos: Tensor, root_quat: Tensor, reference_pos: Tensor, reference_quat: Tensor) -> Tensor:
    """From the root to the reference's root, in the heading frame: position, metres, and rotation vector, radians.

    Shapes (N, 3), (N, 4), (N, 3), (N, 4) -> (N, 6).
    """
    turn = to_heading(root_quat)
    position = quat_rotate(turn, reference_pos - root_pos)
    rotation = quat_to_rotvec(quat_multiply(reference_quat, quat_conjugate(root_quat)))
    return torch.cat((position, quat_rotate(turn, rotation)), dim=-1)
