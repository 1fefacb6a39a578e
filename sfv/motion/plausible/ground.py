"""The ground z = 0: somewhere a body comes near it, and nowhere it goes deep into it."""

import numpy as np

from sfv.motion.plausible.finding import Finding, doubt
from sfv.motion.plausible.track import Track
from sfv.motion.plausible.units import upright_lowest

SUNK = 0.1
"""Median depth, as a share of the standing root's height; upright recordings have at most .029."""
FLOATING = 0.1
"""The same for the height of the lowest frame; recordings on level ground have at most .010."""
START = 0.2
"""The same for the depth of the first tenth of a second; the deepest of recordings that were set on the ground has .05."""
_FIRST = 0.1


def sunk(track: Track) -> Finding | None:
    """Feet below the ground in most frames."""
    if not track.grounded:
        return None
    depth = -upright_lowest(track)
    if depth < SUNK * track.stand:
        return None
    return doubt(
        f"the body is {depth:.2f} m deep in the ground z = 0 in half of the frames: its ground lies lower, or it is a larger "
        f"body's; add {depth:.2f} to the heights in {track.stored}",
        depth,
    )


def floating(track: Track) -> Finding | None:
    """Nothing ever comes near the ground."""
    if not track.grounded:
        return None
    height = float(track.lowest.min())
    if height < FLOATING * track.stand:
        return None
    return doubt(
        f"nothing comes nearer to the ground z = 0 than {height:.2f} m in any frame: it floats, or stands on something that is not there; "
        f"take {height:.2f} off the heights in {track.stored} if its ground is level",
        height,
    )


def first_frames(track: Track) -> Finding | None:
    """The start is deep in the ground, the rest is not: physics would throw it out."""
    if not track.grounded or sunk(track) is not None:
        return None
    first = max(round(_FIRST * track.fps), 1)
    depth = -float(np.median(track.lowest[:first]))
    if depth < START * track.stand:
        return None
    return doubt(f"the first {first} frames lie {depth:.2f} m deep in the ground: cut them off, or lift them", depth)
