"""What coordinates are measured in: pixels, shares of the picture from 0 to 1, or from -1 to 1; and confidences of other scales."""

import numpy as np

from sfv.detect.config import Scale
from sfv.errors import FileFormatError

_SHARES = 1.5
"""Coordinates up to here are shares of the picture; landmarks may lie somewhat outside of it."""
_PIXELS = 16.0
"""From here on they are pixels: nobody smaller can be seen."""
_NEGATIVE = 0.25
"""Share of points left of or above the picture's middle that tells -1..1 from 0..1, where so many points lie outside of the picture
in no detector's result."""
_OUTSIDE, _MANY_OUTSIDE = 0.1, 0.5
"""Share of points outside of the picture that is worth a word, and that cannot be."""


def to_pixels(
    xy: np.ndarray, seen: np.ndarray, video: tuple[int, int], size: tuple[float, float] | None, scale: Scale, where: str
) -> tuple[np.ndarray, list[str]]:
    """Coordinates in the video's pixels, and what was assumed in words.

    ``xy`` (..., 2) and ``seen`` (...), ``video`` and ``size`` width and height of the video and of the picture that pixels are
    measured in. Raises FileFormatError where they fit no scale or do not lie in the picture.
    """
    points, (width, height) = xy[seen], np.asarray(video, float)
    if not len(points):
        return xy, []
    found = _scale(points, where) if scale == "auto" else scale
    notes = [] if found == "pixels" else [f"the keypoints are shares of the picture ({found}) and were made pixels"]
    if found == "0..1":
        out = xy * (width, height)
    elif found == "-1..1":
        out = (xy + 1) / 2 * (width, height)
    elif size is not None:
        out = xy * (np.array((width, height)) / np.asarray(size, float))
        if tuple(size) != tuple(video):
            notes.append(
                f"the keypoints are measured in a picture of {size[0]:g} x {size[1]:g}; made those of the video"
            )
    else:
        out = xy
    return out, [*notes, *_inside(out[seen], (width, height), where)]


def _scale(points: np.ndarray, where: str) -> Scale:
    far = float(np.quantile(np.abs(points), 0.99))
    if far > _PIXELS:
        return "pixels"
    if far > _SHARES:
        raise FileFormatError(
            f"{where}: the coordinates reach {far:.3g}, which are neither pixels nor shares of the picture; give them in pixels, or "
            "name what they are with --scale pixels, 0..1 or -1..1"
        )
    return "-1..1" if float((points < 0).any(1).mean()) > _NEGATIVE else "0..1"


def _inside(points: np.ndarray, size: tuple[float, float], where: str) -> list[str]:
    outside = float(((points < 0) | (points >= size)).any(1).mean())
    width, height = size
    if outside > _MANY_OUTSIDE:
        raise FileFormatError(
            f"{where}: {100 * outside:.0f} % of the points lie outside of the video's {width:.0f} x {height:.0f} pixels (they reach "
            f"x {points[:, 0].max():.0f}, y {points[:, 1].max():.0f}): they belong to another video, to a larger or turned copy of it, "
            "or to another scale (--scale)"
        )
    if outside > _OUTSIDE:
        return [
            f"{100 * outside:.0f} % of the keypoints lie outside of the picture: were they made of a larger or turned copy of the video?"
        ]
    return []


def to_shares(confidence: np.ndarray, where: str) -> tuple[np.ndarray, list[str]]:
    """Confidences in [0, 1], and what was assumed: COCO's visibility 0, 1, 2; other scales by their size; NaN and below 0 are none."""
    given = np.where(np.isfinite(confidence), confidence, 0.0).clip(min=0.0)
    top = float(given.max(initial=0.0))
    if top <= 1:
        return given, []
    if np.isin(given, (0, 1, 2)).all():
        return given / 2, ["the keypoints' visibility (0, 1, 2) was taken for a confidence of 0, 0.5, 1"]
    usual = float(np.quantile(given[given > 0], 0.99))
    if usual <= 1:
        return given.clip(max=1.0), []
    return (given / usual).clip(max=1.0), [f"confidences reach {usual:.3g} instead of 1 and were divided by it"]
