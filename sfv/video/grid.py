"""Frames at one constant rate from pictures that are shown at whatever times."""

from dataclasses import dataclass

import numpy as np

from sfv.errors import VideoError

_SNAP = 0.01
"""A rate that differs from the header's by less is the header's (time stamps are rounded)."""
_WHOLE = 2e-4
"""One that differs from a whole number by less is that number."""
_EVEN = 0.98
"""Share of the pictures that must lie within half a step of their place where they lie on no grid."""
_MOST_HELD = 10
"""Frames may be so many times as many as pictures (a second or so of a still is no hole) ..."""
_ALWAYS = 1000
"""... or so many more; what asks for more has time stamps that mean nothing."""


@dataclass(frozen=True)
class Grid:
    """Frames at a constant rate."""

    pictures: np.ndarray
    """Number of the picture nearest in time to each frame. Shape (T,), int, ascending."""
    held: np.ndarray
    """Frames that have no picture of their own. Shape (T,), bool."""
    fps: float
    words: tuple[str, ...] = ()
    """What to say about it."""


def counted(count: int, fps: float) -> Grid:
    """One frame for each of ``count`` pictures."""
    return Grid(np.arange(count), np.zeros(count, bool), fps)


def grid_of(times: np.ndarray, nominal_fps: float) -> Grid:
    """Frames for pictures shown at ``times`` (N,), seconds, ascending.

    Pictures at whole multiples of one step keep their own frames, and what lies between is held; others go to the frames of a rate
    that is typical of them, nearest first. Raises VideoError where the times are nonsense.
    """
    steps = np.diff(times)
    if not (steps > 0).any():
        return counted(len(times), nominal_fps)
    typical = float(np.median(steps[steps > 0]))
    whole = np.round(steps / typical)
    _check(len(times), whole.sum() + 1)
    places = np.concatenate([[0], np.cumsum(whole)]).astype(int)
    step, start = np.polyfit(places, times, 1) if len(times) > 2 else (typical, times[0])
    if whole.all() and step > 0 and np.abs(times - start - step * places).max() < 0.5 * step:
        return _placed(places, _snapped(float(step), nominal_fps))
    slope = (times[-1] - times[0]) / (len(times) - 1)
    away = times - slope * np.arange(len(times))
    if np.quantile(np.abs(away - np.median(away)), _EVEN) < 0.5 * slope:
        return counted(
            len(times), _snapped(slope, nominal_fps)
        )  # uneven, but hardly any is a whole step away from its place
    return _nearest(times, typical, nominal_fps)


def _check(pictures: int, frames: float) -> None:
    if not frames <= max(_MOST_HELD * pictures, pictures + _ALWAYS):
        raise VideoError(
            f"the time stamps of its {pictures} pictures lie too far apart to be a film's; say with --fps at how many frames a second "
            "the pictures follow one another"
        )


def _snapped(step: float, nominal_fps: float) -> float:
    if abs(nominal_fps * step - 1) < _SNAP:
        return nominal_fps
    return float(round(1 / step)) if abs(round(1 / step) * step - 1) < _WHOLE else 1 / step


def _placed(places: np.ndarray, fps: float) -> Grid:
    frames = np.arange(places[-1] + 1)
    after = np.minimum(np.searchsorted(places, frames), len(places) - 1)
    before = np.maximum(after - 1, 0)
    chosen = np.where(places[after] - frames <= frames - places[before], after, before)
    held = ~np.isin(frames, places)
    words = (
        (f"the film has no picture at {held.sum()} of {len(frames)} moments: nobody is looked for there",)
        if held.any()
        else ()
    )
    return Grid(chosen, held, fps, words)


def _nearest(times: np.ndarray, step: float, nominal_fps: float) -> Grid:
    fps = _snapped(step, nominal_fps)
    frames = np.arange(times[0], times[-1] + 0.5 / fps, 1 / fps)
    after = np.minimum(np.searchsorted(times, frames), len(times) - 1)
    before = np.maximum(after - 1, 0)
    chosen = np.where(np.abs(times[after] - frames) <= np.abs(frames - times[before]), after, before)
    away = np.abs(times[chosen] - frames)
    own = np.zeros(len(frames), bool)  # of the frames that show a picture, the one nearest to it is its own
    order = np.lexsort((away, chosen))
    own[order[np.flatnonzero(np.diff(chosen[order], prepend=-1))]] = True
    steps = np.diff(times)
    slow, fast = np.quantile(steps[steps > 0], (0.95, 0.05))
    if own.all():
        return Grid(chosen, ~own, fps)
    words = (
        f"its rate varies, from {1 / slow:.1f} to {1 / fast:.1f} frames a second: it is read at {fps:.4g}, where "
        f"{(~own).sum()} of {len(frames)} frames have no picture of their own: nobody is looked for there",
    )
    return Grid(chosen, ~own, fps, words)
