"""Sizes of and distances between poses."""

import numpy as np

from sfv.detect.blazepose.networks import Pose
from sfv.detect.config import TrackConfig
from sfv.detect.landmarks import BODY, HIPS, SHOULDERS

_TORSO_SHARE = 0.14
"""A torso that is not foreshortened is about .2 of its region's side; less than this is not believed."""


_BOX_MARGIN = 0.12
"""Of a body's height: the landmarks end at the eyes and toes."""


def torso_length(xy_px: np.ndarray) -> np.ndarray:
    """Mid-shoulders to mid-hips, pixels. Shape (..., 33, 2) -> (...)."""
    return np.linalg.norm(xy_px[..., SHOULDERS, :].mean(-2) - xy_px[..., HIPS, :].mean(-2), axis=-1)


def body_scale(pose: Pose) -> float:
    """About one torso length of an adult, pixels, also where the torso is foreshortened: then by the size of the region."""
    return max(float(torso_length(pose.xy_px)), _TORSO_SHARE * pose.roi.side, 1.0)


def pose_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Mean distance of the limbs' landmarks of two poses of shape (33, 2), in torso lengths of the larger.

    Each pair of left and right is matched the cheaper way, for detectors exchange them.
    """
    scale = max(float(torso_length(a)), float(torso_length(b)), 1.0)
    pairs_a, pairs_b = a[BODY].reshape(-1, 2, 2), b[BODY].reshape(-1, 2, 2)
    straight = np.linalg.norm(pairs_a - pairs_b, axis=-1).mean(-1)
    crossed = np.linalg.norm(pairs_a - pairs_b[:, ::-1], axis=-1).mean(-1)
    return float(np.minimum(straight, crossed).mean()) / scale


def acceptable(pose: Pose, config: TrackConfig) -> bool:
    """Whether the landmark network saw a person at all."""
    return pose.flag >= config.min_flag and pose.peak >= config.min_peak


def box(xy_px: np.ndarray) -> np.ndarray:
    """Left, top, right, bottom of a box around a pose of shape (33, 2), with a margin for clothes and hair. Shape (4,)."""
    low, high = xy_px.min(0), xy_px.max(0)
    margin = _BOX_MARGIN * max(high - low)
    return np.concatenate([low - margin, high + margin])


def inside(xy_px: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Whether points of shape (..., 2) lie inside a picture of (width, height) pixels. Shape (...), bool."""
    return np.all((xy_px >= 0) & (xy_px < np.array(size)), axis=-1)
