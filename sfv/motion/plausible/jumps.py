"""Jumps between frames: places and poses of a body change little from one frame to the next."""

import numpy as np

from sfv.motion.plausible.finding import Finding, doubt, nonsense
from sfv.motion.plausible.track import Track

TELEPORT = 25.0
"""Speed of the root, m/s, with which nobody moves even for one frame. The fastest of recordings is 7.7, of people recovered
from films 8.8."""
TOO_FAST = 13.0
"""Speed from which it is doubtful."""
_LEAST = 0.15
"""Way of such a step at the least, as a share of the standing root's height: short steps at high rates are noise."""
POSE = 0.7
"""Mean angle over all joints, radians a frame; the largest of recordings is .47, of a flip at 16 frames a second."""
ROOT = 1.5
"""Angle of the root, radians a frame, from which it is doubtful; the largest of recordings is 1.15."""
_SLOW_HZ = 12.0
"""Rates below which frames are too far apart to say."""


def place_jumps(track: Track) -> Finding | None:
    """The root is elsewhere in the next frame."""
    speed = np.where(track.steps > _LEAST * track.stand, track.steps * track.fps, 0.0)
    worst = int(speed.argmax())
    if speed[worst] < TOO_FAST:
        return None
    count = int((speed > TOO_FAST).sum())
    more = f" (and {count - 1} more such steps)" if count > 1 else ""
    words = (
        f"the root moves {track.steps[worst]:.2f} m from frame {worst} to {worst + 1}, {speed[worst]:.0f} m/s{more}: two takes were "
        "joined, the person was lost and found elsewhere, or another unit; cut the clip there"
    )
    return (nonsense if speed[worst] > TELEPORT else doubt)(words, float(speed[worst]))


def pose_jumps(track: Track) -> Finding | None:
    """All joints, or the whole body, are turned otherwise in the next frame."""
    if track.fps < _SLOW_HZ:
        return None
    mean, root = track.turns.mean(1), track.turns[:, 0]
    worst = int(mean.argmax() if mean.max() > POSE else root.argmax())
    if mean[worst] < POSE and root[worst] < ROOT:
        return None
    what = "all joints turn" if mean[worst] > POSE else "the root turns"
    angle = np.degrees(mean[worst] if mean[worst] > POSE else root[worst])
    return doubt(
        f"{what} by {angle:.0f} degrees from frame {worst} to {worst + 1}: two takes were joined, or a pose was lost; cut the clip there",
        float(angle),
    )
