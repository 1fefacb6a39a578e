"""What every protocol gives: rows of numbers, the mildest conditions that were failed, and what was left out."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sfv.evaluate.intervals import wilson

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


def part(progress: Progress, first: float, of: float, width: float = 1.0) -> Progress:
    """Progress of a part that begins at ``first`` in a whole of ``of`` and is ``width`` wide."""
    return lambda done, total: progress(round(_FINE * (first + width * done / max(total, 1))), round(_FINE * of))


_FINE = 1000  # parts are reported in thousandths


@dataclass(frozen=True)
class Row:
    """One number with its interval."""

    protocol: str
    setting: str
    """The condition, in words."""
    metric: str
    """completion (share of the trials), nr, max_force_forward (newtons), lowest and highest (of a sweep), ..."""
    value: float
    low: float | None
    """Lower end of the 95 % interval, or the last level that was tried below; None: it is at most ``value``."""
    high: float | None
    """Upper end, or the next level that was tried; None: it is at least ``value``, more was not tried."""
    n: int
    """Trials behind it."""
    sweep: str = ""
    """Rows of one sweep make a curve; empty: it belongs to none."""
    level: float | None = None
    """Where on that curve."""


@dataclass(frozen=True)
class Failure:
    """The mildest condition of a sweep in which some trial failed, and how the first such trial did."""

    protocol: str
    sweep: str
    setting: str
    failed: int
    """Trials that failed."""
    n: int
    seconds: float
    """From the start of that trial to its failure."""
    phase: float
    """Share of the clip, or of its cycle, at the failure."""
    how: str
    """What happened, in words."""
    poses: np.ndarray = field(repr=False, compare=False, default_factory=lambda: np.zeros((0, 0)))
    """Before and at the failure, heights above the ground. Shape (MOMENTS, nq)."""


@dataclass
class Result:
    """Of one protocol."""

    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was left out and why."""
    control_steps: int = 0
    """Control steps of all worlds together: what it cost."""

    def add(self, other: "Result") -> None:
        """Take over what another one holds."""
        self.rows += other.rows
        self.failures += other.failures
        self.notes += other.notes
        self.control_steps += other.control_steps


def share_row(
    protocol: str, setting: str, metric: str, k: int, n: int, sweep: str = "", level: float | None = None
) -> Row:
    """``k`` of ``n`` as a row, with Wilson's interval."""
    low, high = wilson(k, n)
    return Row(protocol, setting, metric, k / n, low, high, n, sweep, level)


def mean_row(
    protocol: str, setting: str, metric: str, values: np.ndarray, sweep: str = "", level: float | None = None
) -> Row:
    """Mean of ``values`` (n,) with the normal 95 % interval of a mean, which for an NR ends at one."""
    n, mean = len(values), float(np.mean(values))
    half = _Z * float(np.std(values, ddof=1)) / np.sqrt(n) if n > 1 else 0.0
    high = min(mean + half, max(mean, 1.0)) if metric == "nr" else mean + half
    return Row(protocol, setting, metric, mean, mean - half, high, n, sweep, level)


_Z = 1.959963984540054  # standard deviations that hold 95 % to both sides
