"""Take arrays out of what a file holds, with one clear sentence where they are missing or of a wrong shape."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.rotations import rotmat_to_rotvec

_ORTHONORMAL = 0.05
"""Largest entry of R R^T - 1 that is taken for rounding."""


def has(table: Any, *keys: str) -> bool:
    """Whether ``table`` is a dict with all these keys."""
    return isinstance(table, dict) and all(key in table for key in keys)


def take(table: dict[str, Any], key: str, shape: tuple[int, ...], path: Path) -> np.ndarray:
    """Entry ``key`` as floats in ``shape`` (one -1 allowed). Raises FileFormatError: missing, no numbers, wrong size, NaN."""
    if key not in table:
        raise FileFormatError(f"{path} lacks {key}; it holds {', '.join(sorted(map(str, table)))[:200]}")
    try:
        array = np.asarray(table[key], dtype=float)
    except (TypeError, ValueError) as error:
        raise FileFormatError(f"{path}: {key} does not hold numbers; the file is of another version") from error
    try:
        array = array.reshape(shape)
    except ValueError as error:
        raise FileFormatError(
            f"{path}: {key} has shape {array.shape}, wanted is {shape}; the file is of another version"
        ) from error
    if not np.isfinite(array).all():
        raise FileFormatError(f"{path}: {key} holds NaN or infinity; run the system again or cut those frames out")
    return array


def take_number(table: dict[str, Any], key: str, path: Path) -> float:
    """A single number, or the first of several equal ones. Raises FileFormatError."""
    return float(take(table, key, (-1,), path)[0])


def rotvec(rotmat: np.ndarray, path: Path) -> np.ndarray:
    """Axis-angle of rotation matrices. Shape (..., 3, 3) -> (..., 3). Raises FileFormatError where they are no rotations."""
    flaw = np.abs(rotmat @ np.swapaxes(rotmat, -1, -2) - np.eye(3)).max(initial=0.0)
    if flaw > _ORTHONORMAL or (np.linalg.det(rotmat) < 0).any():
        raise FileFormatError(f"{path}: its rotation matrices are no rotations; the file is damaged")
    return rotmat_to_rotvec(torch.as_tensor(rotmat)).numpy()


def body_poses(root: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Poses of SMPL's 24 joints from a root (N, 3) and J body joints (N, J * 3); joints that are not there stay at rest."""
    poses = np.zeros((len(root), 24, 3))
    poses[:, 0] = root
    body = body.reshape(len(root), -1, 3)[:, :23]
    poses[:, 1 : 1 + body.shape[1]] = body
    return poses
