"""Take arrays out of what a file holds, with one clear sentence where they are missing or of a wrong shape."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from sfv.budget import check_content
from sfv.errors import FileFormatError
from sfv.files import names_of
from sfv.motion.fields import LARGEST
from sfv.motion.published.motion import MAX_FRAME
from sfv.motion.rotations import rotmat_to_rotvec

MAX_SIDE = 100_000
"""Largest side of an image, pixels."""
_ORTHONORMAL = 0.05
"""Largest entry of R R^T - 1 that is taken for rounding."""


def has(table: Any, *keys: str) -> bool:
    """Whether ``table`` is a dict with all these keys."""
    return isinstance(table, dict) and all(key in table for key in keys)


def take(table: dict[str, Any], key: str, shape: tuple[int, ...], path: Path) -> np.ndarray:
    """Entry ``key`` as floats in ``shape`` (one -1 allowed). Raises FileFormatError: missing, no numbers, wrong size, NaN."""
    if key not in table:
        raise FileFormatError(f"{path} lacks {key}; it holds {names_of(table)}")
    entries = table[key].size if isinstance(table[key], np.ndarray) else 0
    check_content(8 * entries, path)
    try:
        array = np.asarray(table[key], dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        raise FileFormatError(f"{path}: {key} does not hold numbers; the file is of another version") from error
    try:
        array = array.reshape(shape)
    except ValueError as error:
        raise FileFormatError(
            f"{path}: {key} has shape {array.shape}, wanted is {shape}; the file is of another version"
        ) from error
    if not np.isfinite(array).all():
        raise FileFormatError(f"{path}: {key} holds NaN or infinity; run the system again or cut those frames out")
    if array.size and (largest := np.abs(array).max()) > LARGEST:
        raise FileFormatError(
            f"{path}: {key} holds a number of size {largest:.3g}; the file is damaged or in another unit"
        )
    return array


def take_frames(table: dict[str, Any], key: str, path: Path) -> np.ndarray:
    """Numbers of frames. Shape (N,), int. Raises FileFormatError: none at all, no whole numbers, negative or beyond MAX_FRAME."""
    frames = take(table, key, (-1,), path)
    if not len(frames):
        raise FileFormatError(f"{path}: {key} is empty; the file is damaged")
    if (frames != np.round(frames)).any() or frames.min() < 0 or frames.max() > MAX_FRAME:
        raise FileFormatError(
            f"{path}: {key} holds {frames.min():g} to {frames.max():g}, which are no numbers of frames"
        )
    return frames.astype(int)


def take_rotations(table: dict[str, Any], key: str, shape: tuple[int, ...], path: Path) -> np.ndarray:
    """Rotation matrices in ``shape`` (..., 3, 3). Raises FileFormatError where they are none."""
    return check_rotations(take(table, key, shape, path), path)


def take_size(value: Any, path: Path) -> tuple[int, int]:
    """Width and height of an image, pixels, from two numbers. Raises FileFormatError for what no image has."""
    width, height = (round(float(length)) for length in value)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise FileFormatError(f"{path}: an image of {width} x {height} pixels is none; the file is damaged")
    return width, height


def take_number(table: dict[str, Any], key: str, path: Path) -> float:
    """A single number, or the first of several equal ones. Raises FileFormatError."""
    return float(take(table, key, (-1,), path)[0])


def rotvec(rotmat: np.ndarray, path: Path) -> np.ndarray:
    """Axis-angle of rotation matrices. Shape (..., 3, 3) -> (..., 3). Raises FileFormatError where they are no rotations."""
    return rotmat_to_rotvec(torch.as_tensor(check_rotations(rotmat, path))).numpy()


def check_rotations(rotmat: np.ndarray, path: Path) -> np.ndarray:
    """``rotmat`` (..., 3, 3) where all are rotations up to rounding. Raises FileFormatError."""
    flaw = np.abs(rotmat @ np.swapaxes(rotmat, -1, -2) - np.eye(3)).max(initial=0.0)
    if flaw > _ORTHONORMAL or (np.linalg.det(rotmat) < 0).any():
        raise FileFormatError(f"{path}: its rotation matrices are no rotations; the file is damaged")
    return rotmat


def body_poses(root: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Poses of SMPL's 24 joints from a root (N, 3) and J body joints (N, J * 3); joints that are not there stay at rest."""
    poses = np.zeros((len(root), 24, 3))
    poses[:, 0] = root
    body = body.reshape(len(root), -1, 3)[:, :23]
    poses[:, 1 : 1 + body.shape[1]] = body
    return poses
