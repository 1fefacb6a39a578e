"""Motions that hardly are: frozen, with repeated frames, too short, too long."""

import numpy as np

from sfv.motion.plausible.finding import Finding, doubt
from sfv.motion.plausible.track import Track

MOVES = 0.02
"""Largest angle over a clip, radians, up to which nothing moves; the least of recordings is 1.8."""
REPEATED = 0.3
"""Share of frames that repeat the one before; recordings have at most .02, those stored at twice their rate .5."""
SHORT, LONG = 0.2, 900.0
"""Seconds between which a motion lasts."""


def frozen(track: Track) -> Finding | None:
    """Nothing moves."""
    moved = float(
        max(np.abs(np.cumsum(track.turns, axis=0)).max(initial=0.0), np.ptp(track.root, axis=0).max() / track.stand)
    )
    if moved > MOVES:
        return None
    return doubt(
        "nothing moves: all frames hold the same pose; the poses were not filled in, or a picture was taken for a film",
        moved,
    )


def repeated(track: Track) -> Finding | None:
    """Frames that are copies of the ones before."""
    same = (track.turns.max(1) < 1e-6) & (track.steps < 1e-7)
    share = float(same.mean())
    if share < REPEATED or same.all():
        return None
    return doubt(
        f"{share:.0%} of the frames repeat the one before: it was recorded at about {track.fps * (1 - share):.0f} frames a second, not "
        f"{track.fps:g}; leave the copies out",
        share,
    )


def length(track: Track) -> Finding | None:
    """Hardly a motion, or hours of it."""
    if track.seconds < SHORT:
        return doubt(
            f"it lasts {track.seconds:.2f} s: too short to be learned, or the frame rate {track.fps:g} is too high",
            track.seconds,
        )
    if track.seconds > LONG:
        return doubt(
            f"it lasts {track.seconds / 60:.0f} minutes: one skill is a few seconds; cut it, or the frame rate {track.fps:g} is too low",
            track.seconds,
        )
    return None
