"""Left and right put back where the detector exchanged them: a Viterbi path over which parts are exchanged.

The landmark network sometimes calls the whole body's left side right, or that of the arms or legs, for several frames,
at full confidence (27 of 100 frames of one real view). Seen over time it jumps; the path with the fewest jumps has none.
"""

import numpy as np

from sfv.detect.config import SwapConfig
from sfv.detect.geometry import torso_length
from sfv.detect.keypoints import BLAZEPOSE_NAMES
from sfv.detect.viterbi import cheapest_path


def mirror_index(names: tuple[str, ...]) -> np.ndarray:
    """For every landmark, the index of its mirror image (its own where it has none). Shape (K,)."""
    index = {name: k for k, name in enumerate(names)}
    return np.array([index[_mirror_name(name)] for name in names])


def _mirror_name(name: str) -> str:
    return name.replace("left", "\0").replace("right", "left").replace("\0", "right")


MIRROR = mirror_index(BLAZEPOSE_NAMES)
_ARM = ("elbow", "wrist", "pinky", "index", "thumb")
_LEG = ("knee", "ankle", "heel", "foot_index")


def _group(name: str) -> int:
    part = name.removeprefix("left_").removeprefix("right_")
    return 2 if part in _LEG else 1 if part in _ARM else 0


GROUP = np.array([_group(name) for name in BLAZEPOSE_NAMES])
"""0 torso and face, 1 arms, 2 legs."""
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
