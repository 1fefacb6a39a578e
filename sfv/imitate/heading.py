"""Seeing bodies from the character's own heading: the frame at the root, turned about the vertical only."""

import torch
from torch import Tensor

from sfv.motion.rotations import heading_quat, quat_conjugate, quat_rotate


def to_heading(root_quat: Tensor) -> Tensor:
    """Rotation from the world into the heading frame of a root orientation. Shape (..., 4) -> (..., 4)."""
    return quat_conjugate(heading_quat(root_quat))


def end_effectors_in_heading(positions: Tensor, root_pos: Tensor, root_quat: Tensor) -> Tensor:
    """End effectors as DeepMimic's released code compares them.

    Horizontally relative to the root and turned into its heading frame; vertically the height above the ground (z = 0).
    Shapes (..., E, 3), (..., 3), (..., 4) -> (..., E, 3).
    """
    offset = positions - root_pos[..., None, :]
    offset = torch.cat((offset[..., :2], positions[..., 2:]), dim=-1)
    turn = to_heading(root_quat)[..., None, :].expand(*offset.shape[:-1], 4)
    return quat_rotate(turn, offset)
