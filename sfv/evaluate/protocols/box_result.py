"""The protocol ``boxes`` as part of a suite: its levels as rows, the momentum that is withstood, the mildest falls."""

from pathlib import Path

from sfv.evaluate.protocols.box_trials import BoxesConfig, BoxesRow
from sfv.evaluate.protocols.boxes import NAME, play_boxes
from sfv.evaluate.protocols.result import Failure, Progress, Result, Row, share_row
from sfv.evaluate.protocols.sweep import HOLDS


def measure_boxes(
    run_dir: Path | str,
    config: BoxesConfig | None = None,
    threads: int = 0,
    progress: Progress | None = None,
    env: str | None = None,
) -> Result:
    """As ``run_boxes``; sweeps are masses at one speed. Raises as ``play_boxes``."""
    trials = play_boxes(run_dir, config, threads, progress, env)
    none, *levels = trials.rows()
    out = Result(
        [share_row(NAME, "no box", "completion", none.survived, none.trials)],
        control_steps=trials.steps * trials.core.num_worlds,
    )
    mildest: dict[str, Failure] = {}
    for number, level in enumerate(levels, start=1):
        sweep, setting = f"{level.speed:g} m/s", f"{level.mass:g} kg at {level.speed:g} m/s"
        out.rows.append(share_row(NAME, setting, "completion", level.survived, level.trials, sweep, level.mass))
        rows = slice(number * level.trials, (number + 1) * level.trials)
        failure = trials.falls.failure(rows, NAME, sweep, setting)
        if failure is not None:
            mildest.setdefault(sweep, failure)
    out.failures = list(mildest.values())
    if none.survival >= HOLDS:
        out.rows.append(withstood(levels))
    return out


def withstood(levels: list[BoxesRow]) -> Row:
    """The largest momentum at which, as at all smaller ones, at least ``HOLDS`` of the trials stand, kg m/s."""
    best = 0.0
    for momentum in sorted({level.momentum for level in levels}):
        if any(level.survival < HOLDS for level in levels if level.momentum == momentum):
            return Row(NAME, "momentum", "highest", best, best, momentum, levels[0].trials)
        best = momentum
    return Row(NAME, "momentum", "highest", best, best, None, levels[0].trials)
