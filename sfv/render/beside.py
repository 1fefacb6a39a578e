"""Where the camera looks and where the reference stands in a picture of a character: beside it, always as far to the same side."""

import mujoco
import numpy as np
from scipy.ndimage import minimum_filter1d

from sfv.motion.ground import lowest_points
from sfv.render.view import smooth_path

_APART = 0.85  # the reference stands so far to the side, times the height of the character standing
_FOLLOW = 12  # frames over which the camera's path is smoothed
_STANDS = (
    20  # frames before and after a moment in which the character touches the ground somewhere, a flip's flight included
)
_MIDDLE = 0.5  # height above the ground that the camera looks at, times the character's


def sideways(azimuth_deg: float, tall: float) -> np.ndarray:
    """From where the reference is to where it is drawn: to the right in the picture. Shape (3,), metres."""
    azimuth = np.radians(azimuth_deg)
    return _APART * tall * np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])


def watched_path(model: mujoco.MjModel, qpos: np.ndarray, tall: float) -> np.ndarray:
    """What a camera looks at to keep poses (T, nq) in sight: half the character's height above its ground, higher in a leap.

    The ground's height is what the lowest point of the body came down to at about that time. Shape (T, 3).
    """
    target, root = smooth_path(qpos[:, :3], _FOLLOW), smooth_path(qpos[:, :3], 2 * _FOLLOW)
    lowest = lowest_points(model, qpos)[:, model.geom_bodyid > 0].min(1)
    ground = np.zeros_like(target)
    ground[:, 2] = minimum_filter1d(lowest, 2 * _STANDS + 1, mode="nearest")
    ground = smooth_path(ground, _STANDS)
    target[:, 2] = np.maximum(ground[:, 2] + _MIDDLE * tall, root[:, 2] - 0.5 * tall)
    return target
