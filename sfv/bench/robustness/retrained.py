"""A run on the ground that it was trained for: how many of many starts come to the end, and NR."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from sfv.bench.results import Row
from sfv.environment import load_environment
from sfv.evaluate.intervals import wilson
from sfv.evaluate.nr import evaluate_nr
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig
from sfv.learn.run.folder import read_run, read_summary

PROTOCOL = "retrained"
SHOVED = ", starts shoved by up to "
"""Between the ground of a training and how hard its starts were shoved."""
_Z = 1.959963984540054  # standard deviations that hold 95 % to both sides
_DIGITS = 4


def trained_on(run: RunConfig) -> str:
    """Where a run was trained and, where its starts were shoved, how hard: that teaches more about pushes than the ground does."""
    shove = run.imitation.start_push_speed
    return f"{run.env}{SHOVED}{shove:g} m/s" if shove > 0 else run.env


def retrained_rows(
    folder: Path, skill: str, grounds: Sequence[str], starts: int, threads: int = 0, tell: Callable[[str], None] = print
) -> list[Row]:
    """Completion and NR of the policy in ``folder`` on each of ``grounds`` (its own where none is named), as NR is measured.

    Raises SfvError for a policy that does not fit, UnknownNameError for an environment that does not exist.
    """
    run, _ = read_run(folder)
    summary = read_summary(folder)
    rows: list[Row] = []
    for ground in grounds or (run.env,):
        name = load_environment(ground).name
        result = evaluate_nr(folder, NrConfig(starts=starts), threads=threads, env=ground)
        low, high = wilson(result.finished, starts)
        half = _Z * float(np.std(result.per_start, ddof=1)) / np.sqrt(starts)
        head = {"skill": skill, "character": Path(run.character).name, "protocol": PROTOCOL, "setting": name}
        tail = {"n": starts, "trained_on": trained_on(run), "seed": run.learner.seed}
        if summary is not None:
            tail |= {"samples": summary.samples, "minutes": round(summary.minutes, 1)}
        share = {"metric": "completion", "value": result.finished / starts, "low": low, "high": high}
        nr = {"metric": "nr", "value": result.nr, "low": result.nr - half, "high": min(result.nr + half, 1.0)}
        for numbers in (share, nr):
            rounded = {
                key: round(value, _DIGITS) if isinstance(value, float) else value for key, value in numbers.items()
            }
            rows.append(head | rounded | tail)
        tell(f"{skill} on {name}: {result.finished} of {starts} starts come to the end, NR {result.nr:.3f}")
    return rows
