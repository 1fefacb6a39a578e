"""Frames without the person: short gaps are bridged, of what is left the longest piece is taken."""

import numpy as np
import torch

from sfv.motion.rotations import quat_slerp, quat_to_rotvec, rotvec_to_quat

MAX_GAP = 0.3
"""Seconds without the person that are interpolated; a longer gap ends the piece."""


def longest_span(frames: np.ndarray, fps: float) -> slice:
    """Rows of the longest piece whose gaps are at most MAX_GAP. ``frames`` (N,) rise."""
    ends = np.flatnonzero(np.diff(frames) - 1 > MAX_GAP * fps) + 1
    pieces = list(zip(np.r_[0, ends], np.r_[ends, len(frames)]))
    start, stop = max(pieces, key=lambda piece: frames[piece[1] - 1] - frames[piece[0]])
    return slice(int(start), int(stop))


def between(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For every frame from the first to the last: the row before, the row after, and the share of the row after."""
    wanted = np.arange(frames[0], frames[-1] + 1)
    after = np.searchsorted(frames, wanted)
    before = np.where(frames[after] == wanted, after, after - 1)
    length = np.maximum(frames[after] - frames[before], 1)
    return before, after, (wanted - frames[before]) / length


def fill_vectors(rows: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Straight lines between rows. Shape (N, ...) -> (frames[-1] - frames[0] + 1, ...)."""
    before, after, share = between(frames)
    share = share.reshape(-1, *[1] * (rows.ndim - 1))
    return (1 - share) * rows[before] + share * rows[after]


def fill_rotvecs(rows: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """The shorter way round between rotation vectors. Shape (N, ..., 3) -> (frames[-1] - frames[0] + 1, ..., 3)."""
    before, after, share = between(frames)
    quats = rotvec_to_quat(torch.as_tensor(rows))
    weight = np.tile(share.reshape(-1, *[1] * (rows.ndim - 2)), (1, *rows.shape[1:-1]))
    return quat_to_rotvec(quat_slerp(quats[before], quats[after], torch.as_tensor(weight))).numpy()
