"""Pictures that repeat the one before: a film of fewer frames a second than its file has, or one that stutters."""

from dataclasses import dataclass
from itertools import product
from math import gcd

import numpy as np

_REACH = 6
"""Changes are held against the largest ones among so many before and after."""
_REPEATED, _NEW = 0.2, 0.5
"""A change below the first share of those is none, whatever compression does to it; one above the second is a new picture."""
_MOVES = 4.0
"""Grey levels by which something changes where anything can be said."""
_MOST = 2.5
"""Grey levels that compression changes a repeated picture by, at most."""
_ALONE = 0.12
"""Where there is no regular pattern, a repetition must be so clear: that share instead of the first one."""
_FLAT = 0.3
"""Grey levels below which nothing changed."""
_LONG = 1.0
"""Seconds from which an unchanged picture may show somebody who stands still ..."""
_JUMP = 2.0
"""... unless the picture after it differs by more than this many times what is usual: then the film froze."""
_LONGEST_PERIOD = 12
_SURE = 0.95
"""Share of the changes that must agree with a pattern."""
_LEAST = 6
"""Repeated pictures that a pattern needs."""


@dataclass(frozen=True)
class Pattern:
    """A regular repetition."""

    kept: int
    """New pictures in one period."""
    period: int
    """Pictures of the film in one period."""


def repeated_pictures(changes: np.ndarray, fps: float) -> tuple[np.ndarray, Pattern | None]:
    """Which pictures repeat the one before, and the pattern in which they do where it is regular.

    ``changes`` (N,): how much each picture differs from the one before, grey levels, as ``survey`` measures it; the first is infinite.
    Returns flags of shape (N,).
    """
    both = _around(changes)
    can_tell, small = both > _MOVES, changes < _MOST
    new = (changes > _MOVES) & (changes > _NEW * both)
    pattern, flags = _pattern(can_tell & small & (changes < _REPEATED * both), new)
    if pattern is not None:
        return flags, pattern
    alone = can_tell & small & (changes < _ALONE * both)
    return _without_stills(alone | (changes < _FLAT), changes, fps), None


def _around(changes: np.ndarray) -> np.ndarray:
    """The largest changes shortly before and shortly after each, whichever is less. Shape (N,)."""
    known = np.concatenate([np.zeros(_REACH), np.where(np.isfinite(changes), changes, 0), np.zeros(_REACH)])
    before = np.stack([known[lag : lag + len(changes)] for lag in range(_REACH)]).max(0)
    after = np.stack([known[_REACH + 1 + lag : _REACH + 1 + lag + len(changes)] for lag in range(_REACH)]).max(0)
    return np.minimum(before, after)


def _pattern(repeats: np.ndarray, new: np.ndarray) -> tuple[Pattern | None, np.ndarray]:
    """The shortest regular pattern that fits, and which pictures it repeats."""
    number = np.arange(len(repeats))
    for period in range(2, _LONGEST_PERIOD + 1):
        for kept, phase in product((k for k in range(1, period) if gcd(k, period) == 1), range(period)):
            # evenly spread: a new picture comes where the count of the slower film goes up
            fresh = (number + phase) * kept // period != (number + phase - 1) * kept // period
            right = (repeats & ~fresh).sum()
            if right >= _LEAST and right + (new & fresh).sum() >= _SURE * (repeats | new).sum():
                fresh[0] = True
                return Pattern(kept, period), ~fresh
    return None, np.zeros(len(repeats), bool)


def _without_stills(flags: np.ndarray, changes: np.ndarray, fps: float) -> np.ndarray:
    """Long runs in which somebody stands still are no repetition: the picture goes on from there as it always does."""
    flags = flags & np.isfinite(changes)
    real = changes[~flags & np.isfinite(changes)]
    if not len(real):  # a still that is shown for a while
        return np.zeros(len(flags), bool)
    usual = float(np.median(real))
    edges = np.flatnonzero(np.diff(flags.astype(int), prepend=0, append=0))
    for start, stop in edges.reshape(-1, 2):
        frozen = stop < len(flags) and changes[stop] > _JUMP * usual
        if stop - start > _LONG * fps and not frozen:
            flags[start:stop] = False
    return flags
