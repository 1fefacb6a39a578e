"""Unit of length: heights and ways of a person, against the length of the body's own legs."""

import numpy as np

from sfv.motion.plausible.axes import along, up_direction
from sfv.motion.plausible.finding import Finding, nonsense
from sfv.motion.plausible.track import UP, Track

TALL = 20.0
"""Root's median height over the standing one's from which the unit is another: 37 for inches, 95 for centimetres. The highest of
recordings is 8.8, on stairs."""
FAST = 15.0
"""Median speed of the root, m/s, from which the unit is another; the fastest of recordings is 4.7, sprinters reach 12."""
BURIED = -0.5
"""Median height of the lowest point of upright frames over the standing root's, from which the root itself is at the ground."""
_INCHES, _CENTIMETRES, _MILLIMETRES = 39.37, 100.0, 1000.0


def height_ratio(track: Track) -> float:
    """Median height of the root, along the axis that is up, over that of the standing body."""
    return float(np.median(track.root @ up_direction(track)) / track.stand)


def root_speed(track: Track) -> float:
    """Median speed of the root, m/s."""
    return float(np.median(track.steps) * track.fps)


def length_unit(track: Track) -> Finding | None:
    """Heights, or ways, of many times a person's."""
    ratio, speed = height_ratio(track), root_speed(track)
    if track.grounded and ratio > TALL:
        likely, factor = _unit(ratio)
        return nonsense(
            f"the heights are {ratio:.0f} times a person's: the file is in {likely}; divide {track.stored} by {factor:g} and try again",
            ratio,
        )
    if speed > FAST:
        return nonsense(
            f"the root moves at {speed:.0f} m/s in half of the frames: {track.stored} is in another unit than metres (centimetres, "
            "inches), or the frame rate is too high by far",
            speed,
        )
    return None


def _unit(ratio: float) -> tuple[str, float]:
    """The unit in which a person would be so tall, and how many of it are a metre; heights need not be above the ground."""
    if ratio > np.sqrt(_CENTIMETRES * _MILLIMETRES):
        return "millimetres", _MILLIMETRES
    if 0.8 * _INCHES < ratio < 1.2 * _INCHES:
        return "inches (or centimetres: then by 100)", _INCHES
    return "centimetres", _CENTIMETRES


def missing_place(track: Track) -> Finding | None:
    """The root of an upright body is at the ground: heights were left out, or divided twice."""
    if not track.grounded:
        return None
    depth = upright_lowest(track) / track.stand
    if depth > BURIED:
        return None
    still = float(np.ptp(track.root, axis=0).max()) < 1e-9
    cause = (
        "the place of the root was not filled in"
        if still
        else "heights are measured from the hips or the first frame, z points down, or the unit is larger than a metre"
    )
    return nonsense(
        f"the body stands with its root {track.root[:, 2].mean():+.2f} m above the ground, {-depth * track.stand:.2f} m deep in it: "
        f"{cause}; {track.stored} must be metres above the ground z = 0",
        depth,
    )


def upright_lowest(track: Track) -> float:
    """Median height of the lowest point while the body is upright, of all frames where it hardly is; metres."""
    upright = track.up[:, 2] > _UPRIGHT
    return float(np.median(track.lowest[upright] if along(track, UP) > _ENOUGH else track.lowest + _THICK))


_UPRIGHT, _ENOUGH = 0.7, 0.2
_THICK = 0.1
"""Metres by which a lying body may be drawn thinner than it is."""
