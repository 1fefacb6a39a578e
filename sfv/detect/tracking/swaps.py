"""Left and right put back where the detector exchanged them: a Viterbi path over which parts are exchanged.

The landmark network sometimes calls the whole body's left side right, or that of the arms or legs, for several frames,
at full confidence (27 of 100 frames of one real view). Seen over time it jumps; the path that jumps least is right.
"""

import numpy as np

from sfv.detect.blazepose.geometry import torso_length
from sfv.detect.config import SwapConfig
from sfv.detect.landmarks import ARMS, LEGS, MIRROR, NUM
from sfv.detect.tracking.viterbi import cheapest_path

GROUP = np.zeros(NUM, int)
GROUP[ARMS], GROUP[LEGS] = 1, 2
"""0 torso and face, 1 arms, 2 legs. Shape (33,)."""
STATES = np.array([[state >> bit & 1 for bit in range(3)] for state in range(8)], bool)
"""Which groups each of the eight states exchanges. Shape (8, 3)."""
SOURCE = np.where(STATES[:, GROUP], MIRROR, np.arange(len(MIRROR)))
"""Where each landmark is really found when a state rules: ``xy[SOURCE[state]]`` undoes it. Shape (8, 33)."""


_TRIPLES = np.where(np.eye(8, dtype=bool)[None, :, :, None], 0.0, np.inf) + np.zeros((8, 1, 1, 8))
"""Cost of going from the states of frames (t - 2, t - 1) to those of (t - 1, t): both must agree on t - 1. (8, 8, 8, 8)."""


def find_swaps(
    xy_px: np.ndarray, frames: np.ndarray, config: SwapConfig, confidence: np.ndarray | None = None
) -> np.ndarray:
    """State of each frame, 0 where nothing is exchanged. Shapes (T, 33, 2), frame numbers (T,) -> (T,), rows of SOURCE.

    What jumps is judged by acceleration, in torso lengths a frame^2: in the side view of a walk the legs pass each other,
    and by distance alone they might as well turn back. Landmarks count by their ``confidence``, shape (T, 33), where it is
    given: a body that is lost for a moment may come back either way, and then the network is believed.
    """
    if len(xy_px) < 3:
        return np.zeros(len(xy_px), int)
    paired = np.flatnonzero(MIRROR - np.arange(len(MIRROR)))
    seen = np.stack([xy_px[:, source] for source in SOURCE], 1)[:, :, paired]  # (T, 8, K, 2)
    steps = np.diff(frames)
    certain = np.ones(seen.shape[:1] + seen.shape[2:3])
    if confidence is not None:
        certain = np.minimum(confidence, confidence[:, MIRROR])[:, paired]  # (T, K)
        certain = np.minimum(np.minimum(certain[:-2], certain[1:-1]), certain[2:])
    scale = config.step * np.maximum(torso_length(xy_px)[1:], 1.0) * steps
    unary = config.flip * STATES[:, 0] + config.disagree * (STATES[:, 1:] != STATES[:, :1]).sum(1)

    def pairwise(k: int) -> np.ndarray:
        before, now, after = (seen[k + offset] for offset in (-1, 0, 1))
        expected = now + (now - before[:, None]) * min(steps[k] / steps[k - 1], 1)  # (8 before, 8 now, K, 2)
        missed = np.linalg.norm(after - expected[:, :, None], axis=-1) / scale[k]  # (8, 8, 8 after, K)
        cost = (certain[k - 1] * np.minimum(missed, config.max_cost)).mean(-1)
        return (_TRIPLES + cost[:, :, None]).reshape(64, 64)

    # Steps of the path are pairs of frames, their choices pairs of states: 8 x (first frame's) + (second frame's).
    pairs = [np.add.outer(unary, unary).ravel()] + [np.tile(unary, 8)] * (len(xy_px) - 2)
    path = cheapest_path(pairs, pairwise)
    return np.array([path[0] // 8, *(pair % 8 for pair in path)])
