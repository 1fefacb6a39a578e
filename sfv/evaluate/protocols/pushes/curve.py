"""Survival against force: the curve of one direction, the forces that are read off it, and how sure they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sfv.evaluate.protocols.result import Failure, Row, share_row
from sfv.evaluate.protocols.trials import Played

SIDES = ("left", "right")
"""Directions whose worse one is "sideways"."""
STANDING = {"90 % stand": 0.9, "half stand": 0.5}
"""Shares of the trials whose force is read off the curve."""
_REDRAWS = 1000
_INTERVAL = (2.5, 97.5)  # percent


class Curve:
    """Trials of one direction, level by level."""

    def __init__(self, protocol: str, direction: str) -> None:
        self._protocol, self._direction = protocol, direction
        self._trials: dict[float, np.ndarray] = {}
        self._failures: dict[float, Failure] = {}

    def enter(self, force: float, played: Played, rows: slice) -> None:
        """Take over the trials of one force, worlds ``rows``."""
        self._trials[force] = played.survived[rows].numpy()
        failure = played.falls.failure(rows, self._protocol, self._direction, self._setting(force))
        if failure is not None:
            self._failures[force] = failure

    @property
    def forces(self) -> np.ndarray:
        """Those that were tried, ascending, newtons. Shape (L,)."""
        return np.array(sorted(self._trials))

    @property
    def survived(self) -> np.ndarray:
        """Shape (L, trials), bool."""
        return np.stack([self._trials[force] for force in self.forces.tolist()])

    @property
    def over(self) -> bool:
        """Nobody stands at the largest force."""
        return bool(self._trials) and not self.survived[-1].any()

    def finer(self, step: float) -> np.ndarray:
        """Forces between the largest without a fall and the first at which at most half of the trials stand."""
        forces, shares = self.forces, self.survived.mean(1)
        safe = _safe(np.all(self.survived, axis=1))
        if safe == len(forces):
            return np.zeros(0)
        worst = np.flatnonzero(shares <= STANDING["half stand"])
        low = forces[safe - 1] if safe else forces[0]
        high = forces[worst[0]] if len(worst) else forces[-1]
        between = np.arange(1, max(round((high - low) / step), 1)) * step + low
        return np.setdiff1d(between, forces)

    def mildest(self) -> Failure | None:
        """What failed at the smallest force."""
        return self._failures[min(self._failures)] if self._failures else None

    def rows(self) -> list[Row]:
        """The curve itself."""
        return [
            share_row(
                self._protocol, self._setting(force), "completion", int(alive.sum()), len(alive), self._direction, force
            )
            for force, alive in zip(self.forces.tolist(), self.survived)
        ]

    def _setting(self, force: float) -> str:
        return f"{self._direction} {force:g} N" if force else f"{self._direction}, no push"


def halfway_rows(protocol: str, forces: np.ndarray, stood: Mapping[str, Sequence[bool]]) -> list[Row]:
    """Largest of the ``forces`` (F,) survived with all smaller ones; ``stood`` says for each direction which were, up to a fall."""
    found = {}
    for direction, alive in stood.items():
        safe = _safe(np.array(alive))
        value = float(forces[safe - 1]) if safe else 0.0
        high = float(forces[safe]) if safe < len(forces) else None
        found[direction] = Row(protocol, "halfway", f"max_force_{direction}", value, value, high, 1)
    return _with_sideways(found)


def random_rows(protocol: str, curves: Mapping[str, Curve], seed: int) -> list[Row]:
    """What is read off the curves, then the curves."""
    rows = _with_sideways({direction: _no_fall(protocol, direction, curve) for direction, curve in curves.items()})
    for words, share in STANDING.items():
        found = {}
        for direction, curve in curves.items():
            forces, survived = curve.forces, curve.survived
            value, low, high = standing_force(forces, survived, share, seed)
            setting, metric = f"random, {words}", f"max_force_{direction}"
            found[direction] = Row(protocol, setting, metric, value, low, high, survived.shape[1])
        rows += _with_sideways(found)
    return rows + [row for curve in curves.values() for row in curve.rows()]


def standing_force(
    forces: np.ndarray, survived: np.ndarray, share: float, seed: int
) -> tuple[float, float | None, float | None]:
    """The force at which only ``share`` of the trials stand, with its 95 % interval; no upper end where more stand at every force.

    Shapes (L,), (L, trials) bool. The interval is the bootstrap's over trials, which are the same ones at every force.
    """
    random, count = np.random.default_rng(seed), survived.shape[1]
    redrawn = [crossing(forces, survived[:, random.integers(0, count, count)].mean(1), share) for _ in range(_REDRAWS)]
    # order statistics rather than interpolation: infinity stands for "beyond the grid"
    low, high = (float(np.percentile(redrawn, q, method="nearest")) for q in _INTERVAL)
    value = crossing(forces, survived.mean(1), share)
    top = float(forces[-1])
    return min(value, top), min(low, top), None if np.isinf(high) else high


def crossing(forces: np.ndarray, shares: np.ndarray, share: float) -> float:
    """Force at which straight lines between the points first go below ``share``; the first force where they begin there,
    infinity where they never do. Shapes (L,).
    """
    below = np.flatnonzero(shares < share)
    if len(below) == 0:
        return np.inf
    k = int(below[0])
    if k == 0:
        return float(forces[0])
    part = (shares[k - 1] - share) / (shares[k - 1] - shares[k])
    return float(forces[k - 1] + part * (forces[k] - forces[k - 1]))


def _no_fall(protocol: str, direction: str, curve: Curve) -> Row:
    forces, survived = curve.forces, curve.survived
    safe = _safe(np.all(survived, axis=1))
    value = float(forces[safe - 1]) if safe else 0.0
    high = float(forces[safe]) if safe < len(forces) else None
    return Row(protocol, "random, no fall", f"max_force_{direction}", value, value, high, survived.shape[1])


def _with_sideways(found: Mapping[str, Row]) -> list[Row]:
    """Rows by direction, and the worse of both sides."""
    worse = min((found[side] for side in SIDES), key=lambda row: row.value)
    return [*found.values(), replace(worse, metric="max_force_sideways")]


def _safe(alive: np.ndarray) -> int:
    """How many of the first levels are all sound. Shape (L,) bool."""
    return int(np.cumprod(alive).sum())
