"""Angles of joints: radians, and within what the character's joints allow."""

import numpy as np

from sfv.motion.plausible.finding import Finding, doubt, nonsense
from sfv.motion.plausible.track import Track

TURNS = 2.5 * np.pi
"""Median of the largest angle of each frame from which angles are degrees; a joint's rotation needs at most pi, an unwound
rotation vector two."""
BEYOND = 0.25
"""Radians beyond a joint's limit that are no error of retargeting."""
SHARE = 0.05
"""Share of all angles that must be so far beyond; of recordings on robots .02 are."""


def degrees(track: Track) -> Finding | None:
    """Angles of many turns."""
    if not track.angles.size:
        return None
    largest = float(np.median(np.abs(track.angles).max(1)))
    if largest < TURNS:
        return None
    return nonsense(
        f"the largest angle of a joint is {largest:.0f} in most frames: the angles are in degrees; multiply them by pi / 180",
        largest,
    )


def beyond_limits(track: Track) -> np.ndarray:
    """How far each angle is beyond its limits. Shape (T, A), radians."""
    return np.maximum(np.maximum(track.limits[:, 0] - track.angles, track.angles - track.limits[:, 1]), 0.0)


def joint_limits(track: Track) -> Finding | None:
    """Joints that are bent further than they can be."""
    limited = np.asarray(np.isfinite(track.limits).all(1))
    if not limited.any():
        return None
    wrong = (beyond_limits(track) > BEYOND)[:, limited]
    share = float(wrong.mean())
    if share < SHARE:
        return None
    names = [name for name, is_limited in zip(track.angle_names, limited.tolist()) if is_limited]
    worst = ", ".join(names[number] for number in np.argsort(-wrong.mean(0))[:3] if wrong[:, number].any())
    return doubt(
        f"{share:.0%} of the joint angles are more than {np.degrees(BEYOND):.0f} degrees beyond the character's limits ({worst}): "
        "the joints are in another order, have other signs or another rest pose",
        share,
    )
