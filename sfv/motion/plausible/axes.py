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
_LEVEL = 0.12
"""Height of that level, as a share of the standing root's."""
_AXES = {
    "y": (np.array([0.0, 1.0, 0.0]), "y is up in it, as in most animation files"),
    "-y": (np.array([0.0, -1.0, 0.0]), "it is in the axes of a camera (x right, y down, z away)"),
    "x": (np.array([1.0, 0.0, 0.0]), "x is up in it"),
    "-x": (np.array([-1.0, 0.0, 0.0]), "x is down in it"),
    "-z": (np.array([0.0, 0.0, -1.0]), "z points down in it"),
}


def axis_of(track: Track) -> str:
    """The axis of the world, "z" or a key of _AXES, along which the body is upright in most frames."""
    shares = {"z": along(track, UP)} | {name: along(track, axis) for name, (axis, _) in _AXES.items()}
    return max(shares, key=lambda name: shares[name])


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


def up_axis(track: Track) -> Finding | None:
    """The body is upright along another axis than z, and does not lie on any ground with z up."""
    name = axis_of(track)
    if name == "z":
        return None
    axis, cause = _AXES[name]
    share = along(track, axis)
    lies, would_stand = lying(track), stands(track, axis)
    if share < MOSTLY or (lies >= ON_GROUND and lies >= would_stand):
        return None
    words = (
        f"the body lies along the {name} axis in {share:.0%} of the frames: most likely {cause}; "
        "turn places and root rotations so that z is up"
    )
    return (nonsense if would_stand > lies else doubt)(words, share)
