"""Which skills are measured, with what."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sfv.bench.results import FOLDER
from sfv.evaluate.suite_names import SuiteName
from sfv.ranges import Checked, Count, Threads


@dataclass(frozen=True)
class RobustnessBenchConfig(Checked):
    """Measure runs or skills with a suite of protocols, and those of other ground on it; write docs/results/robustness.json,
    .md."""

    runs: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Names of skills (atlas/walk: Atlas' one), or run folders; NAME=FOLDER gives a run the name of its skill."""
    suite: SuiteName | Literal["none"] = "full"
    """Protocols, all or one by name; none leaves them out."""
    grounds: tuple[str, ...] = ()
    """Environments on which completion and NR are measured over many starts; that of the training by default, if it is not
    flat."""
    starts: Count = 256
    """How many starts that is."""
    work: Path = Path("runs/bench/robustness")
    """Folder of the suites' reports, one each."""
    threads: Threads = 0
    """Threads that simulate; 0: one a core."""
    out: Path = FOLDER
    """Folder of the result files."""
