"""Which way is up: a body that lies in the air along another axis of the world was recorded with that axis up."""

import numpy as np

from sfv.motion.plausible.finding import Finding, doubt, nonsense
from sfv.motion.plausible.track import UP, Track

ALONG = 0.7
"""Cosine from which the body's own up axis counts as lying along an axis of the world."""
MOSTLY = 0.85
"""Share of frames in which it must. A crawl along the world's axis has 1, and is on the ground in all of them."""
ON_GROUND = 0.6
"""Share of frames on one level from which a lying body lies on the ground. A crawl has .83 to 1, lying down .31 to 1, of which
those below .6 lie for at most .80 of the clip."""
IN_THE_AIR, STANDS = 0.4, 0.7
"""Shares of frames on one level, with z up at most and along the other axis at least, from which it is certain. Pieces of recordings
in which people do nothing but lie have .42 and .65 where it comes near."""
STEADIER = 0.8
"""How much less than along z the lowest point moves along the other axis of a body that stands on the spot."""
_LEVEL = 0.12
"""Height of that level, as a share of the standing root's."""
_AXES = {
    "y": (np.array([0.0, 1.0, 0.0]), "y is up in it, as in most animation files"),
    "-y": (np.array([0.0, -1.0, 0.0]), "it is in the axes of a camera (x right, y down, z away)"),
    "x": (np.array([1.0, 0.0, 0.0]), "x is up in it"),
    "-x": (np.array([-1.0, 0.0, 0.0]), "x is down in it"),
    "-z": (np.array([0.0, 0.0, -1.0]), "z points down in it"),
}
_OTHER = "y is up in it, or it is in the axes of a camera"
_SEARCH = np.radians(np.arange(-25.0, 26.0, 2.5))
"""Angles about z from the mean up direction at which the true one may be: people lean."""
_SAME = 0.99
"""Cosine within which two directions are one."""


def up_direction(track: Track) -> np.ndarray:
    """The direction of the world, z, -z or a horizontal one, along which the body is upright in most frames. Shape (3,)."""
    mean = track.up.mean(0) * [1, 1, 0]
    level = mean / max(float(np.linalg.norm(mean)), 1e-9)
    best = max((UP, -UP, level), key=lambda axis: along(track, axis))
    if best is not level or along(track, level) < MOSTLY:
        return best
    turned = [
        np.array([np.cos(a) * level[0] - np.sin(a) * level[1], np.sin(a) * level[0] + np.cos(a) * level[1], 0.0])
        for a in _SEARCH
    ]
    return min(turned, key=lambda axis: spread(track, axis))


def _named(axis: np.ndarray) -> tuple[str, str]:
    """What a direction is called, and how a file comes to it."""
    name = max(_AXES, key=lambda key: float(_AXES[key][0] @ axis))
    return (f"the {name} axis", _AXES[name][1]) if _AXES[name][0] @ axis > _SAME else ("a horizontal direction", _OTHER)


def along(track: Track, axis: np.ndarray) -> float:
    """Share of frames in which the body's up axis lies along ``axis``."""
    return float((track.up @ axis > ALONG).mean())


def stands(track: Track, axis: np.ndarray) -> float:
    """Share of frames whose lowest point along ``axis`` is on one level: what stands on something has nearly all of them."""
    lowest = track.lowest_along(axis)
    return float((np.abs(lowest - np.quantile(lowest, 0.1)) < _LEVEL * track.stand).mean())


def lying(track: Track) -> float:
    """Share of frames whose lowest point is on one level, or at the ground z = 0 where heights mean something."""
    level = stands(track, UP)
    return max(level, float((np.abs(track.lowest) < _LEVEL * track.stand).mean())) if track.grounded else level


def spread(track: Track, axis: np.ndarray) -> float:
    """How far the lowest point along ``axis`` goes up and down, metres: little of feet that stand, or of a back that lies."""
    low, high = np.quantile(track.lowest_along(axis), [0.1, 0.9])
    return float(high - low)


def up_axis(track: Track) -> Finding | None:
    """The body is upright along another axis than z, and does not lie on any ground with z up."""
    axis = up_direction(track)
    if axis is UP:
        return None
    name, cause = _named(axis)
    share = along(track, axis)
    if share < MOSTLY:
        return None
    lies, would_stand = lying(track), stands(track, axis)
    in_the_air = lies < ON_GROUND
    if not in_the_air and spread(track, axis) > STEADIER * spread(track, UP):
        return None
    words = (
        f"the body lies along {name} in {share:.0%} of the frames: most likely {cause}; "
        "turn places and root rotations so that z is up"
    )
    certain = lies < IN_THE_AIR and would_stand > STANDS
    return (nonsense if certain else doubt)(words, share)
