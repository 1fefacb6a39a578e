"""Seeing bodies from the character's own heading: the frame at the root, turned about the vertical only."""

import torch
from torch import Tensor

from sfv.motion.rotations import heading_quat, quat_conjugate

Heading = tuple[Tensor, Tensor]
"""Cosine and sine of the angle about the vertical from world x to the heading."""


def to_heading(root_quat: Tensor) -> Tensor:
    """Rotation from the world into the heading frame of a root orientation. Shape (..., 4) -> (..., 4)."""
    return quat_conjugate(heading_quat(root_quat))


def heading(root_quat: Tensor) -> Heading:
    """Heading of root orientations. Shape (..., 4) -> (...), (...).

    Seen from the heading frame a vector is (cos x + sin y, cos y - sin x, z): a sixth of the work of a quaternion.
    """
    w, x, y, z = root_quat.unbind(-1)
    yaw = torch.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z))
    return yaw.cos(), yaw.sin()


def end_effectors_in_heading(positions: Tensor, root_pos: Tensor, turn: Heading) -> Tensor:
    """End effectors as DeepMimic's released code compares them.

    Horizontally relative to the root and turned into its heading frame; vertically the height above the ground (z = 0).
    Shapes (..., E, 3), (..., 3), (...) -> (..., E, 3).
    """
    cos, sin = (part[..., None] for part in turn)
    x, y = positions[..., 0] - root_pos[..., :1], positions[..., 1] - root_pos[..., 1:2]
    return torch.stack((cos * x + sin * y, cos * y - sin * x, positions[..., 2]), dim=-1)
