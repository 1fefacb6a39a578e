"""What a camera follows, and where the reference stands in its picture: beside the character, always as far to the same side."""

import mujoco
import numpy as np
from scipy.ndimage import minimum_filter1d

from sfv.draw.view import smooth_path
from sfv.environment import Environment
from sfv.motion.ground import lowest_points

_APART = 0.85  # the reference stands so far to the side, times the height of the character standing
_FOLLOW = 12  # frames over which the camera's path is smoothed
_STANDS = 20  # frames before and after a moment within which the ground is touched: a flip takes as long
_MIDDLE = 0.5  # height above the ground that the camera looks at, times the character's
_BELOW = 0.3  # the root is at most so far above what the camera looks at, times the height: in a leap, in a fall


def sideways(azimuth_deg: float, tall: float) -> np.ndarray:
    """From where the reference is to where it is drawn: to the right in the picture. Shape (3,), metres."""
    azimuth = np.radians(azimuth_deg)
    return _APART * tall * np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])


def sidesteps(path: np.ndarray, aside: np.ndarray, environment: Environment | None) -> np.ndarray:
    """The same step ``aside`` (3,) from every place of a reference's root (T, 3), onto the ground there. Shape (T, 3).

    Only where the reference rides on the ground: on the ground that its clip was recorded on it keeps its height.
    """
    steps = np.tile(aside, (len(path), 1))
    if environment is not None and environment.terrain.follow:
        there, support = path + aside, environment.terrain.support
        steps[:, 2] += support(there[:, 0], there[:, 1]) - support(path[:, 0], path[:, 1])
    return smooth_path(steps, _FOLLOW)


def watched_path(model: mujoco.MjModel, qpos: np.ndarray, tall: float) -> np.ndarray:
    """What a camera looks at to keep poses (T, nq) in sight: half the character's height above its ground, higher in a leap.

    Shape (T, 3).
    """
    target = smooth_path(qpos[:, :3], _FOLLOW)
    target[:, 2] = np.maximum(ground_under(model, qpos) + _MIDDLE * tall, target[:, 2] - _BELOW * tall)
    return target


def ground_under(model: mujoco.MjModel, qpos: np.ndarray) -> np.ndarray:
    """What the lowest point of the body came down to at about each moment of poses (T, nq), smoothed. Shape (T,), metres."""
    lowest = lowest_points(model, qpos)[:, model.geom_bodyid > 0].min(1)
    path = np.zeros((len(qpos), 3))
    path[:, 2] = minimum_filter1d(lowest, 2 * _STANDS + 1, mode="nearest")
    return smooth_path(path, _STANDS)[:, 2]
