"""Left and right put back where a detector exchanged them: a Viterbi path over which parts are exchanged.

Landmark networks sometimes call the whole body's left side right, or that of the arms or legs, for several frames, at full
confidence (27 of 100 frames of one real view). Seen over time it jumps; the path that jumps least is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfv.detect.config import SwapConfig
from sfv.detect.landmarks import mirror_of
from sfv.detect.tracking.viterbi import cheapest_path

_ARMS, _LEGS = ("elbow", "wrist", "pinky", "index", "thumb"), ("knee", "ankle", "heel", "foot")
STATES = np.array([[state >> bit & 1 for bit in range(3)] for state in range(8)], bool)
"""Which of torso and face, arms, legs each of the eight states exchanges. Shape (8, 3)."""
_TRIPLES = np.where(np.eye(8, dtype=bool)[None, :, :, None], 0.0, np.inf) + np.zeros((8, 1, 1, 8))
"""Cost of going from the states of frames (t - 2, t - 1) to those of (t - 1, t): both must agree on t - 1. (8, 8, 8, 8)."""


@dataclass(frozen=True)
class Sides:
    """The K landmarks of a layout, in the parts that detectors exchange."""

    mirror: np.ndarray
    """Each landmark's partner, itself where it has none. Shape (K,)."""
    source: np.ndarray
    """Where each landmark is really found when a state rules: ``xy[source[state]]`` undoes it. Shape (8, K)."""
    trunk: np.ndarray
    """Left and right shoulder, left and right hip. Shape (4,)."""

    @classmethod
    def of(cls, names: Sequence[str]) -> "Sides":
        """Of a layout's names, "left_..." and "right_..."; it holds shoulders and hips."""
        # "left_foot_index" is of the foot, "left_index" of the hand
        group = np.array([2 if any(p in n for p in _LEGS) else 1 if any(p in n for p in _ARMS) else 0 for n in names])
        mirror = mirror_of(names)
        trunk = [list(names).index(f"{side}_{part}") for part in ("shoulder", "hip") for side in ("left", "right")]
        return cls(mirror, np.where(STATES[:, group], mirror, np.arange(len(mirror))), np.array(trunk))

    def torso_length(self, xy_px: np.ndarray) -> np.ndarray:
        """Mid-shoulders to mid-hips, pixels. Shape (..., K, 2) -> (...)."""
        middles = xy_px[..., self.trunk, :].reshape(*xy_px.shape[:-2], 2, 2, 2).mean(-2)
        return np.linalg.norm(middles[..., 0, :] - middles[..., 1, :], axis=-1)


def find_swaps(
    xy_px: np.ndarray, frames: np.ndarray, sides: Sides, config: SwapConfig, confidence: np.ndarray | None = None
) -> np.ndarray:
    """State of each frame, 0 where nothing is exchanged. Shapes (T, K, 2), frame numbers (T,) -> (T,), rows of ``sides.source``.

    What jumps is judged by acceleration, in torso lengths a frame^2: in the side view of a walk the legs pass each other,
    and by distance alone they might as well turn back. Landmarks count by their ``confidence``, shape (T, K), where it is
    given: a body that is lost for a moment may come back either way, and then the network is believed. Places that are NaN do not count.
    """
    if len(xy_px) < 3:
        return np.zeros(len(xy_px), int)
    paired = np.flatnonzero(sides.mirror - np.arange(len(sides.mirror)))
    seen = np.stack([xy_px[:, source] for source in sides.source], 1)[:, :, paired]  # (T, 8, K', 2)
    steps = np.diff(frames)
    certain = np.ones(seen.shape[:1] + seen.shape[2:3])
    if confidence is not None:
        certain = np.minimum(confidence, confidence[:, sides.mirror])[:, paired]  # (T, K')
        certain = np.minimum(np.minimum(certain[:-2], certain[1:-1]), certain[2:])
    torso = sides.torso_length(xy_px)
    usual = np.nanmedian(torso) if np.isfinite(torso).any() else 1.0
    scale = config.step * np.maximum(np.where(np.isfinite(torso), torso, usual)[1:], 1.0) * steps
    unary = config.flip * STATES[:, 0] + config.disagree * (STATES[:, 1:] != STATES[:, :1]).sum(1)

    def pairwise(k: int) -> np.ndarray:
        before, now, after = (seen[k + offset] for offset in (-1, 0, 1))
        expected = now + (now - before[:, None]) * min(steps[k] / steps[k - 1], 1)  # (8 before, 8 now, K', 2)
        missed = np.nan_to_num(np.linalg.norm(after - expected[:, :, None], axis=-1) / scale[k])  # (8, 8, 8 after, K')
        cost = (certain[k - 1] * np.minimum(missed, config.max_cost)).mean(-1)
        return (_TRIPLES + cost[:, :, None]).reshape(64, 64)

    # Steps of the path are pairs of frames, their choices pairs of states: 8 x (first frame's) + (second frame's).
    pairs = [np.add.outer(unary, unary).ravel()] + [np.tile(unary, 8)] * (len(xy_px) - 2)
    path = cheapest_path(pairs, pairwise)
    return np.array([path[0] // 8, *(pair % 8 for pair in path)])
