"""Which skills are measured, with what."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sfv.bench.results import FOLDER
from sfv.evaluate.suite_names import SuiteName
from sfv.ranges import Checked, Count, Threads


@dataclass(frozen=True)
class RobustnessBenchConfig(Checked):
    """Measure runs or skills with a suite of protocols, and those of other ground on it; write docs/results/robustness.json,
    .md."""

    runs: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Names of skills (atlas/walk is Atlas' walk), or run folders; NAME=FOLDER gives a run the name of its skill."""
    suite: SuiteName = "full"
    """Suite of protocols, or one protocol by name; none leaves them out."""
    grounds: tuple[str, ...] = ()
    """Environments on which completion and NR are measured over many starts; the training's own by default, if it is
    not flat."""
    starts: Count = 256
    """Number of starts on each of the grounds."""
    work: Path = Path("runs/bench/robustness")
    """Folder of the suites' reports, one each."""
    threads: Threads = 0
    """Number of threads that simulate; 0 takes one a core."""
    out: Path = FOLDER
    """Folder of the result files."""
