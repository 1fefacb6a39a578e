"""Left and right put back where the detector exchanged them: a Viterbi path over which parts are exchanged.

The landmark network sometimes calls the whole body's left side right, or that of the arms or legs, for several frames,
at full confidence (27 of 100 frames of one real view). Seen over time it jumps; the path with the fewest jumps has none.
"""

import numpy as np

from sfv.detect.config import SwapConfig
from sfv.detect.geometry import torso_length
from sfv.detect.landmarks import ARMS, LEGS, MIRROR, NUM
from sfv.detect.viterbi import cheapest_path

GROUP = np.zeros(NUM, int)
GROUP[ARMS], GROUP[LEGS] = 1, 2
"""0 torso and face, 1 arms, 2 legs. Shape (33,)."""
STATES = np.array([[state >> bit & 1 for bit in range(3)] for state in range(8)], bool)
"""Which groups each of the eight states exchanges. Shape (8, 3)."""
SOURCE = np.where(STATES[:, GROUP], MIRROR, np.arange(len(MIRROR)))
"""Where each landmark is really found when a state rules: ``xy[SOURCE[state]]`` undoes it. Shape (8, 33)."""


def find_swaps(xy_px: np.ndarray, config: SwapConfig) -> np.ndarray:
    """State of each frame, 0 where nothing is exchanged. Shapes (T, 33, 2), without gaps -> (T,), rows of SOURCE."""
    seen = np.stack([xy_px[:, source] for source in SOURCE], 1)  # (T, 8, 33, 2)
    scale = config.step * np.maximum(torso_length(xy_px), 1.0)
    unary = config.flip * STATES[:, 0] + config.disagree * (STATES[:, 1:] != STATES[:, :1]).sum(1)
    paired = np.flatnonzero(MIRROR - np.arange(len(MIRROR)))

    def pairwise(t: int) -> np.ndarray:
        moved = np.linalg.norm(seen[t - 1][:, None, paired] - seen[t][None, :, paired], axis=-1) / scale[t]  # (8, 8, K)
        return np.minimum(moved, config.max_cost).mean(-1)

    return np.array(cheapest_path([unary] * len(xy_px), pairwise))
