"""Marks in a recovered world: the way of the pelvis, prints where feet stood, and the points that stand just now."""

from dataclasses import dataclass

import cv2
import numpy as np

from sfv.metrics.runs import runs
from sfv.motion.body_motion import CONTACT_POINTS
from sfv.motion.camera import Camera
from sfv.render.recovery.overlay import LEFT_RGB, RIGHT_RGB
from sfv.render.recovery.people import Person

_SHIFT = 4  # sub-pixel bits of OpenCV's drawing
_PRINT_RADIUS = 0.04
"""Radius of the mark that a standing point leaves, metres."""
_PRINT_FRAMES = 3
"""Contacts of fewer frames leave no mark."""
_CORNERS = 14
_OUTLINE = (35, 35, 38)


@dataclass(frozen=True)
class Print:
    """Where one point of a foot stood for a while."""

    first: int
    """First frame of the motion in which it stood."""
    place: np.ndarray
    """Mean place, on the ground, or as high as the foot where somebody stands on something else. Shape (3,)."""
    rgb: tuple[int, int, int]


def foot_prints(person: Person) -> list[Print]:
    """Marks of all contacts of a motion, in the order in which they begin."""
    found = []
    for column, name in enumerate(CONTACT_POINTS):
        rgb = LEFT_RGB if name.startswith("left") else RIGHT_RGB
        for a, b in runs(person.standing[:, column], _PRINT_FRAMES, 1):
            place = person.feet[a : b + 1, column].mean(0)
            found.append(Print(a, place * [1, 1, 0] if person.motion.grounded else place, rgb))
    return sorted(found, key=lambda mark: mark.first)


def paint_print(image: np.ndarray, mark: Print, camera: Camera, opacity: float) -> None:
    """A level disc, in place."""
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    rim = mark.place + _PRINT_RADIUS * np.stack([np.cos(turn), np.sin(turn), 0 * turn], 1)
    pixels = camera.project(rim)
    if not np.isfinite(pixels).all():
        return
    low, high = np.floor(pixels.min(0)).astype(int) - 1, np.ceil(pixels.max(0)).astype(int) + 2
    low, high = np.maximum(low, 0), np.minimum(high, [image.shape[1], image.shape[0]])
    if (high <= low).any():
        return
    region = image[low[1] : high[1], low[0] : high[0]]
    layer = region.copy()
    cv2.fillConvexPoly(layer, _fixed(pixels - low), mark.rgb, cv2.LINE_AA, _SHIFT)
    region[:] = cv2.addWeighted(layer, opacity, region, 1 - opacity, 0)


def paint_path(image: np.ndarray, places: np.ndarray, camera: Camera, rgb: np.ndarray, width: int) -> None:
    """A line through places (N, 3) of the world, in place; it is broken where it leaves the camera's front."""
    pixels = camera.project(places)
    good: np.ndarray = np.all(np.nan_to_num(np.abs(pixels), nan=np.inf) < 1e4, axis=1)
    for a, b in runs(good, 2):
        line = _fixed(pixels[a : b + 1]).reshape(-1, 1, 2)
        cv2.polylines(image, [line], False, tuple(int(v) for v in rgb), width, cv2.LINE_AA, _SHIFT)


def paint_contacts(image: np.ndarray, person: Person, frame: int, camera: Camera, radius: float) -> None:
    """A dot with a dark rim on each point of the feet that stands in this frame, in place. ``radius`` in pixels."""
    for column, name in enumerate(CONTACT_POINTS):
        if person.standing[frame, column]:
            pixel = camera.project(person.feet[frame, column])
            if np.isfinite(pixel).all() and (np.abs(pixel) < 1e4).all():
                at = tuple(_fixed(pixel).tolist())
                rgb = LEFT_RGB if name.startswith("left") else RIGHT_RGB
                cv2.circle(image, at, round((radius + 1.2) * (1 << _SHIFT)), _OUTLINE, -1, cv2.LINE_AA, _SHIFT)
                cv2.circle(image, at, round(radius * (1 << _SHIFT)), rgb, -1, cv2.LINE_AA, _SHIFT)


def _fixed(pixels: np.ndarray) -> np.ndarray:
    return np.round((pixels - 0.5) * (1 << _SHIFT)).astype(np.int32)
