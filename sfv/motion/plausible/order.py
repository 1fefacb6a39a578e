"""Order of quaternions: wxyz here, xyzw in many other programs."""

import numpy as np

from sfv.motion.plausible.finding import Finding, doubt, nonsense
from sfv.motion.plausible.track import Track

_UPRIGHT, _NOT = 0.8, 0.3
"""Median height of the root's up axis: of a body that stands, and of one that does not."""
_REST, _TURNED = 0.8, 0.5
"""Median of the first number of ball joints' quaternions, whose rest is 1; and of those that are read in the wrong order."""
_WAY = 0.5
"""Metres a second from which there is a direction of the way."""
_MOVES = 0.5
"""Share of such frames from which a clip goes somewhere."""
_BACKWARD = -0.85
"""Mean cosine between facing and way of who walks backwards all the time; the least of recordings is -.80, of a kick."""
_BOBS, _STEADIER = 0.02, 0.5
"""Spread of the lowest point over the standing root's height that is no rounding, and how much smaller it must be in the other
order: of a recording it never is."""

FIX = "if the file is xyzw, move the last number of every quaternion to its front"


def reread(quat: np.ndarray) -> np.ndarray:
    """Quaternions given as xyzw, as wxyz. Shape (..., 4)."""
    return np.roll(quat, 1, axis=-1)


def quaternion_order(track: Track) -> Finding | None:
    """Read as xyzw the body stands, or its joints are near their rest, or it goes where it faces; as given it does not."""
    if not track.quaternions:
        return None
    if track.balls.shape[1]:
        given, other = (float(np.median(np.abs(track.balls[..., number]))) for number in (0, 3))
        if given < _TURNED and other > _REST:
            return nonsense(
                f"the ball joints are turned by {np.degrees(2 * np.arccos(given)):.0f} degrees in most frames, but by "
                f"{np.degrees(2 * np.arccos(min(other, 1.0))):.0f} when their quaternions are read as xyzw instead of wxyz; {FIX}",
                given,
            )
    other = track.turned(reread(track.quat))
    up, other_up = float(np.median(track.up[:, 2])), float(np.median(other.up[:, 2]))
    if up < _NOT and other_up > _UPRIGHT:
        return nonsense(
            f"the root lies or hangs upside down in most frames (height of its up axis {up:+.2f}), but stands ({other_up:+.2f}) when "
            f"its quaternion is read as xyzw instead of wxyz; {FIX}",
            up,
        )
    facing, other_facing = way(track), way(other)
    if other_up > _UPRIGHT and facing < _BACKWARD and other_facing > -_BACKWARD:
        return doubt(
            f"it goes backwards all the time, and forwards when the root's quaternion is read as xyzw instead of wxyz; {FIX}",
            facing,
        )
    bob, other_bob = (float(np.std(one.lowest) / one.stand) for one in (track, other))
    if track.grounded and other_up > _UPRIGHT and bob > _BOBS and other_bob < _STEADIER * bob:
        return doubt(
            f"the lowest point goes up and down by {bob * track.stand:.2f} m (root mean square), and by {other_bob * track.stand:.2f} m "
            f"when the root's quaternion is read as xyzw instead of wxyz; {FIX}",
            bob,
        )
    return None


def way(track: Track) -> float:
    """Mean cosine between where the root faces and where it goes, 0 for what goes nowhere."""
    velocity = np.diff(track.root[:, :2], axis=0) * track.fps
    speed, facing = np.linalg.norm(velocity, axis=1), track.forward[:-1, :2]
    moves = (speed > _WAY) & (np.linalg.norm(facing, axis=1) > 1e-3)
    if moves.mean() < _MOVES:
        return 0.0
    length = speed * np.linalg.norm(facing, axis=1)
    return float(((velocity * facing).sum(1)[moves] / length[moves]).mean())
