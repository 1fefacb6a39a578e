"""Training as a person watches it: one live line on a terminal, a plain line an evaluation elsewhere."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.live import Live
from rich.text import Text

from sfv.learn.begin import Other
from sfv.learn.config import RunConfig
from sfv.learn.run.folder import Summary
from sfv.learn.train import TrainingInterrupted, TrainProgress, train
from sfv.motion.clip import Clip
from sfv.system.progress import console


def progress_line(progress: TrainProgress) -> str:
    """Samples, NR, reward terms, speed and time left."""
    statistics = progress.statistics
    terms = " ".join(f"{name} {value:.2f}" for name, value in statistics.terms.items())
    nr = "-" if progress.nr is None else f"{progress.nr:.3f} (best {progress.best_nr:.3f})"
    left = round(progress.seconds_left)
    return (
        f"{progress.samples / 1e6:.2f} of {progress.total_samples / 1e6:.2f} M samples  NR {nr}  episodes "
        f"{statistics.episode_seconds:.1f} s  {terms}  {progress.steps_per_s / 1000:.1f} k/s  {left // 60}:{left % 60:02d} left"
    )


def watched_training(
    run: RunConfig, clip: Clip | Sequence[Clip], folder: Path, other: Other = "refuse", trust: bool = False
) -> Summary:
    """Train, showing the progress. Ctrl-C, SIGTERM and SIGHUP end it after the running update, with a checkpoint, as
    KeyboardInterrupt. ``other`` is what becomes of another training in the folder; ``trust``: also on nonsense."""
    _show_log()
    try:
        if not sys.stderr.isatty():
            return train(run, clip, folder, _print_evaluations, other, trust)
        with Live(Text("training: first update ..."), console=console, refresh_per_second=4) as live:
            return train(run, clip, folder, lambda progress: live.update(Text(progress_line(progress))), other, trust)
    except TrainingInterrupted as error:
        console.print(str(error))
        raise KeyboardInterrupt from error


def _show_log() -> None:
    """sfv's own messages through the same console as the live line; other packages' stay silent."""
    log = logging.getLogger("sfv")
    if not log.handlers:
        log.setLevel(logging.INFO)
        log.addHandler(_Lines())


class _Lines(logging.Handler):
    """Every message is one line, however narrow the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message."""
        console.print(record.getMessage(), soft_wrap=True)


def _print_evaluations(progress: TrainProgress) -> None:
    if progress.evaluated:
        console.print(progress_line(progress), soft_wrap=True)
