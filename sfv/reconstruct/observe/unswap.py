"""Frames in which the detector took left for right: found by continuity over the whole clip (Viterbi over eight states)."""

import numpy as np

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR

_ARMS, _LEGS = ("elbow", "wrist"), ("knee", "ankle", "heel", "foot_index")
_GROUP = np.array([1 if any(p in n for p in _ARMS) else 2 if any(p in n for p in _LEGS) else 0 for n in LANDMARK_NAMES])
"""Group of each landmark: 0 torso and face, 1 arms, 2 legs."""
_STATES = np.array([[bit >> group & 1 for group in range(3)] for bit in range(8)], dtype=bool)
"""Which groups are swapped in each of the eight states."""


def find_swaps(xy: np.ndarray, seen: np.ndarray, torso_px: float, fps: float, config: ReconstructConfig) -> np.ndarray:
    """Whether each landmark has to change sides with its partner.

    The cheapest sequence of states is taken, where a state costs a little for what it calls swapped, and a transition costs
    the mean jump of the landmarks, each capped. The detector's own confidence does not reveal swaps.

    Args:
        xy: landmarks. Shape (T, 19, 2), pixels; may be NaN where not seen.
        seen: whether each frame shows the person. Shape (T,).
        torso_px: length of the torso in the image.
        fps: frames a second.
        config: costs.

    Returns shape (T, 19), bool.
    """
    frames = np.flatnonzero(seen)
    mirror = np.asarray(MIRROR)
    index = np.stack([np.where(state[_GROUP], mirror, np.arange(len(mirror))) for state in _STATES])
    candidates = xy[frames][:, index]  # (F, 8, 19, 2)
    unary = config.swap_whole_cost * _STATES[:, 0] + config.swap_group_cost * (
        (_STATES[:, 1] ^ _STATES[:, 0]).astype(float) + (_STATES[:, 2] ^ _STATES[:, 0])
    )
    cost, back = unary.copy(), np.zeros((len(frames), 8), dtype=int)
    for row in range(1, len(frames)):
        unit = config.swap_speed / fps * (frames[row] - frames[row - 1]) * torso_px
        jump = np.linalg.norm(candidates[row][None] - candidates[row - 1][:, None], axis=-1) / unit
        total = cost[:, None] + np.minimum(np.nan_to_num(jump), config.swap_jump_max).mean(-1)
        back[row] = total.argmin(0)
        cost = total.min(0) + unary
    state = int(cost.argmin())
    swapped = np.zeros(xy.shape[:2], dtype=bool)
    for row in range(len(frames) - 1, -1, -1):
        swapped[frames[row]] = _STATES[state][_GROUP]
        state = int(back[row][state])
    return swapped
