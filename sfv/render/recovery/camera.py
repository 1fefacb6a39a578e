"""Cameras of the pictures of a recovery: one from the side, which follows only where it must, and one straight above."""

from collections.abc import Callable, Sequence

import numpy as np

from sfv.draw.view import azimuth_of, distance_for, front_azimuth, look_at, smooth_path
from sfv.motion.camera import Camera
from sfv.render.config import RenderConfig
from sfv.render.recovery.people import Person, held_boxes, span
from sfv.render.recovery.world import motion_heading

CameraAt = Callable[[int], Camera]
"""The camera at a frame of the source video."""
_FOLLOW_SECONDS = 0.4
"""Time over which the path of a following camera is smoothed."""
_TOO_FAR = 1.8
"""A camera that stands still must be at most this much farther away than one that follows."""
_LOWEST = 1.2
"""Least height that is shown from the side, metres."""
_SMALLEST = 2.6
"""Least side of what is shown from above, metres."""


def side_camera(people: Sequence[Person], config: RenderConfig) -> CameraAt:
    """The input camera's direction turned by ``config.side_turn_deg``; without a camera the first person's left side."""
    motion = people[0].motion
    turn = config.side_turn_deg if motion.camera else 0.0
    azimuth = front_azimuth(motion_heading(motion), motion.camera, turn)
    size = (config.world_width, config.height)
    first, low, high = _boxes(people)
    whole = _stand(low.min(0), high.max(0), azimuth, size)
    each = float(np.quantile([_stand(a, b, azimuth, size) for a, b in zip(low, high)], 0.95))
    if whole <= _TOO_FAR * each:
        distance, targets = whole, np.repeat(0.5 * (low.min(0) + high.max(0))[None], len(low), axis=0)
    else:
        distance, targets = each, smooth_path(0.5 * (low + high), round(_FOLLOW_SECONDS * motion.fps))
        targets[:, 2] = np.median(targets[:, 2])

    def camera(source_frame: int) -> Camera:
        index = int(np.clip(source_frame - first, 0, len(targets) - 1))
        return look_at(targets[index], azimuth, config.elevation_deg, distance, size)

    return camera


def above_camera(people: Sequence[Person], config: RenderConfig) -> CameraAt:
    """Straight above all of the way at once; what is far from the input's camera is up."""
    motion = people[0].motion
    azimuth = motion_heading(motion) if motion.camera is None else azimuth_of(motion.camera)
    size = (config.above_width, config.height)
    _, low, high = _boxes(people)
    corners = np.array([[x, y] for x in (low[:, 0], high[:, 0]) for y in (low[:, 1], high[:, 1])])  # (4, 2, T)
    axes = _ground_axes(azimuth)
    reach = [np.einsum("i,cit->ct", axis, corners) for axis in axes]
    middle = sum(axis * 0.5 * (values.min() + values.max()) for axis, values in zip(axes, reach))
    tall, wide = (max(float(np.ptp(values)), _SMALLEST) for values in reach)
    distance = distance_for(tall, wide, size) + float(high[:, 2].max())
    view = look_at(np.append(middle, 0.0), azimuth, 90.0, distance, size)
    return lambda source_frame: view


def _boxes(people: Sequence[Person]) -> tuple[int, np.ndarray, np.ndarray]:
    """First source frame, and the box around everybody present in each frame from there on. Shapes (T, 3), (T, 3), metres."""
    first, last = span(people)
    low, high = np.full((last - first + 1, 3), np.inf), np.full((last - first + 1, 3), -np.inf)
    for person in people:
        at = slice(person.motion.first_frame - first, person.motion.first_frame - first + len(person.motion))
        low[at] = np.minimum(low[at], person.vertices.min(1))
        high[at] = np.maximum(high[at], person.vertices.max(1))
    low, high = held_boxes(low, high)
    if any(person.motion.grounded for person in people):
        low[:, 2] = np.minimum(low[:, 2], 0.0)
    return first, low, high


def _stand(low: np.ndarray, high: np.ndarray, azimuth_deg: float, size: tuple[int, int]) -> float:
    """How far a camera must stand to see a box from this side, metres from its middle."""
    extent = high - low
    ahead, right = (np.abs(axis) for axis in _ground_axes(azimuth_deg))
    return distance_for(max(float(extent[2]), _LOWEST), float(extent[:2] @ right), size) + 0.5 * float(
        extent[:2] @ ahead
    )


def _ground_axes(azimuth_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Ahead and to the right of somebody who looks along an azimuth. Shapes (2,), (2,)."""
    turn = np.radians(azimuth_deg)
    return np.array([np.cos(turn), np.sin(turn)]), np.array([np.sin(turn), -np.cos(turn)])
