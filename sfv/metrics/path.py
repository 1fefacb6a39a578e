"""How well the way of the root is known: its error over three metres of travel, as a share of them."""

import numpy as np

TRAVEL = 3.0
"""Metres of the true way after which the error is taken (as in odometry: Geiger et al., KITTI, CVPR 2012)."""
LEAST_TRAVEL = 1.0
"""Metres that a shorter way must have to be judged, as a whole."""


def path_error(path: np.ndarray, truth: np.ndarray) -> float | None:
    """Mean error of the displacement over TRAVEL of the true way, divided by the way; 0.1 is 10 per cent.

    Neither the place nor anything else is aligned: the scale of the way counts. Of a clip that travels less, its whole way is taken;
    None where that is shorter than LEAST_TRAVEL.

    Args:
        path: recovered root. Shape (T, 3), metres, in axes that agree with the truth's.
        truth: true root, same frames. Shape (T, 3), metres.
    """
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(truth, axis=0), axis=-1))])
    if way[-1] < LEAST_TRAVEL:
        return None
    ends = np.searchsorted(way, way + min(TRAVEL, way[-1]) - 1e-9)
    starts = np.flatnonzero(ends < len(way))
    ends = ends[starts]
    gap = (path[ends] - path[starts]) - (truth[ends] - truth[starts])
    return float((np.linalg.norm(gap, axis=-1) / (way[ends] - way[starts])).mean())


def root_spread(path: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance of two paths after their mean offset is taken out, metres. Shapes (T, 3), (T, 3)."""
    gap = path - truth
    return float(np.linalg.norm(gap - gap.mean(0), axis=-1).mean())
