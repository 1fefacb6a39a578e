"""When feet land, stand and take off: events of two motions matched in time, F1 at a tolerance of 50 ms; and heights of flights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfv.metrics.runs import runs
from sfv.motion.contact import CONTACT_POINTS

TOLERANCE = 0.05
"""Seconds by which a matched event may be early or late; interruptions that are no longer are bridged, and stances that are no
longer left out, in both motions."""
FEET = ("left", "right")
"""Feet, in the order of the columns here."""
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Stance:
    """One foot on the ground, seconds; infinite ends where the clip begins or ends in stance: no event of the motion."""

    landing: float
    takeoff: float


@dataclass(frozen=True)
class EventScore:
    """F1 of both feet together: 2 matched / (recovered + true). None where neither motion has such an event."""

    landing: float | None
    takeoff: float | None
    stance: float | None
    """A stance is right where it begins and ends in time."""


def feet_stand(points: np.ndarray) -> np.ndarray:
    """Feet of which the heel or the toe stands. CONTACT_POINTS (T, 4), bool -> FEET (T, 2), bool."""
    return np.stack(
        [points[:, [foot in name for name in CONTACT_POINTS]].any(1) for foot in FEET],
        axis=1,
    )


def stances(stands: np.ndarray, fps: float, start: float = 0.0) -> list[Stance]:
    """Stances of one foot (T,), bool. ``start``: time of the first frame, seconds. Changes lie between two frames."""
    shortest = int(TOLERANCE * fps + _ROUNDING)
    found = []
    for first, last in runs(stands, shortest + 1, shortest):
        landing = start + (first - 0.5) / fps if first > 0 else -np.inf
        takeoff = start + (last + 0.5) / fps if last < len(stands) - 1 else np.inf
        found.append(Stance(landing, takeoff))
    return found


def event_score(stands: np.ndarray, truth: np.ndarray, fps: float) -> EventScore:
    """FEET (T, 2), bool, of the same frames of a recovered and the true motion."""
    mine, theirs = ([stances(foot, fps) for foot in motion.T] for motion in (stands, truth))
    return EventScore(
        _f1([([one.landing for one in a], [one.landing for one in b]) for a, b in zip(mine, theirs)]),
        _f1([([one.takeoff for one in a], [one.takeoff for one in b]) for a, b in zip(mine, theirs)]),
        _stance_f1(list(zip(mine, theirs))),
    )


def matched(times: Sequence[float], truth: Sequence[float]) -> int:
    """Most pairs of a time and a true time that are no further apart than TOLERANCE, each used once. Both ascending."""
    count = at = 0
    for time in times:
        while at < len(truth) and truth[at] < time - TOLERANCE - _ROUNDING:
            at += 1
        if at < len(truth) and truth[at] <= time + TOLERANCE + _ROUNDING:
            count, at = count + 1, at + 1
    return count


def flight_height(lowest: np.ndarray, level: float = 0.0) -> float:
    """How far the whole body leaves the ground: the greatest height of its lowest point, metres, at least 0.

    Shape (T,), metres. Single frames do not count: each is the median of three.
    """
    padded = np.concatenate([lowest[:1], lowest, lowest[-1:]])
    return float(max(0.0, np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0).max() - level))


def _f1(feet: Sequence[tuple[list[float], list[float]]]) -> float | None:
    hits = total = 0
    for times, truth in feet:
        times, truth = ([time for time in part if np.isfinite(time)] for part in (times, truth))
        hits += matched(times, truth)
        total += len(times) + len(truth)
    return 2 * hits / total if total else None


def _stance_f1(feet: Sequence[tuple[list[Stance], list[Stance]]]) -> float | None:
    hits = total = 0
    for mine, theirs in feet:
        left = list(theirs)
        for one in mine:
            same = next((other for other in left if _same(one, other)), None)
            if same is not None:
                left.remove(same)
                hits += 1
        total += len(mine) + len(theirs)
    return 2 * hits / total if total else None


def _same(a: Stance, b: Stance) -> bool:
    return all(
        x == y or abs(x - y) <= TOLERANCE + _ROUNDING for x, y in ((a.landing, b.landing), (a.takeoff, b.takeoff))
    )
