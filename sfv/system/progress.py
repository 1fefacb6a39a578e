"""Progress on a terminal, one plain line a stage elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

console = Console(stderr=True, highlight=False, markup=False)
"""Everything a person reads while waiting goes to stderr; stdout holds results."""


def log(line: str) -> None:
    """One line for the person who waits, however narrow the terminal."""
    console.print(line, soft_wrap=True)


Report = Callable[[int, int], None]
"""Called with (done, total)."""


@contextmanager
def stage_progress(title: str) -> Iterator[Report]:
    """A bar for one stage; yields the function that moves it. Not on a terminal: a line at the start and one at the end."""
    start = time.monotonic()
    if not sys.stderr.isatty():
        console.print(f"{title} ...")
        yield _silent
        console.print(f"{title}: {time.monotonic() - start:.0f} s")
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=None)

        def move(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield move
        bar.update(task, total=1, completed=1)


def log_film(words: Sequence[str]) -> None:
    """Say what is unusual about a film, before the work on it begins."""
    for line in words:
        console.print(f"the film: {line}", soft_wrap=True)


def by_fraction(progress: Report) -> Callable[[float, str], None]:
    """``progress`` as a function of the share done and the name of the step."""
    return lambda share, step: progress(round(1000 * share), 1000)


def _silent(done: int, total: int) -> None:
    """Nobody watches."""
