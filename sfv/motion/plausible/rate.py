"""Frame rate: what flies falls with gravity, whatever the file says."""

import numpy as np
from scipy.signal import savgol_filter

from sfv.motion.plausible.finding import Finding, doubt, nonsense
from sfv.motion.plausible.track import Track

_GRAVITY = 9.81
_SPAN = 0.1
"""Seconds over which acceleration is fitted and averaged."""
FALLS = 3.5
"""Downward acceleration of the centre of mass, in g, over that time, from which time runs too fast; the highest of recordings
is 2.7, of a flip recorded at 16 frames a second."""
FALLS_FAR = 8.0
"""The same for certain."""
SPINS = 8.0
"""Median over the frames of the mean speed of the joints, rad/s; the liveliest of recordings is 4.6, a spin kick."""
_AIR = 0.06
"""Height of the lowest point, as a share of the standing root's, in a flight."""
_LONG = 0.5
"""Seconds of a flight from which slow motion is told."""
SLOWEST, SLOW = 0.05, 0.4
"""Gravity in such a flight, over the true one, between which time runs too slowly. Stairs and climbing frames that bend like a
parabola have .04 and less, jumps .57 and more."""
_FEWEST = 6
"""Frames of a flight: any three lie on a parabola."""
_RISE, _FLAW = 0.05, 0.04
"""Rise of the centre of mass in a flight, as a share of the standing root's height, and how far it may be from a parabola, as a
share of that: who climbs or walks up there is no projectile."""


def acceleration(track: Track) -> np.ndarray:
    """Vertical acceleration of the centre of mass, g. Shape (T,)."""
    span = max(2 * round(0.5 * _SPAN * track.fps) + 1, 5)
    if len(track) < span:
        return np.zeros(len(track))
    return np.asarray(savgol_filter(track.com[:, 2], span, 2, deriv=2, delta=1.0 / track.fps)) / _GRAVITY


def fall(track: Track) -> float:
    """Largest downward acceleration that lasts, g."""
    values, window = acceleration(track), max(round(_SPAN * track.fps), 1)
    if len(values) < window:
        return 0.0
    return float(-np.convolve(values, np.full(window, 1.0 / window), "valid").min())


def flights(track: Track) -> list[tuple[int, int, float]]:
    """Runs of frames in the air between two contacts in which the centre of mass goes up and down a parabola and nothing else.

    First frame, one past the last, downward acceleration of the parabola in g.
    """
    air = np.concatenate([[False], track.lowest > _AIR * track.stand, [False]])
    edges = np.flatnonzero(np.diff(air.astype(int))).reshape(-1, 2)
    found = []
    for start, stop in edges:
        if start == 0 or stop == len(track) or (stop - start) / track.fps < _LONG or stop - start < _FEWEST:
            continue
        seconds, heights = np.arange(stop - start) / track.fps, track.com[start:stop, 2]
        bend = np.polyfit(seconds - seconds.mean(), heights, 2)
        rise, fall_g = -float(bend[0]) * seconds[-1] ** 2 / 4, -2 * float(bend[0]) / _GRAVITY
        flaw = np.sqrt(np.mean((heights - np.polyval(bend, seconds - seconds.mean())) ** 2))
        if rise > _RISE * track.stand and flaw < _FLAW * rise:
            found.append((int(start), int(stop), fall_g))
    return found


def rate(track: Track) -> Finding | None:
    """Time runs too fast or too slowly."""
    fast = fall(track)
    if fast > FALLS:
        likely = track.fps / np.sqrt(fast)
        words = (
            f"the body falls at {fast:.1f} times gravity: time runs too fast; {track.fps:g} frames a second may be about {likely:.0f}, "
            "or frames are missing"
        )
        return (nonsense if fast > FALLS_FAR else doubt)(words, fast)
    lively = float(np.median(track.turns.mean(1)) * track.fps)
    if lively > SPINS:
        return doubt(
            f"the joints turn at {lively:.1f} rad/s in half of the frames: {track.fps:g} frames a second are too many, or angles jump",
            lively,
        )
    for start, stop, gravity in flights(track):
        if SLOWEST < gravity < SLOW:
            return doubt(
                f"from frame {start} to {stop} the body flies for {(stop - start) / track.fps:.1f} s at {gravity:.2f} times gravity: slow "
                f"motion; {track.fps:g} frames a second may be about {track.fps / np.sqrt(gravity):.0f}",
                gravity,
            )
    return None
