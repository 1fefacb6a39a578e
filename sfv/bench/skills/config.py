"""Which trainings the repertoire takes, and how they share the machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sfv.bench.results import FOLDER
from sfv.ranges import Checked, Count, Range, Seed, Threads

Init = Literal["rsi", "asi", "first"]


@dataclass(frozen=True)
class SkillsBenchConfig(Checked):
    """Train and measure skills; keep one table, learning curves and contact sheets.

    Every combination of clip, character, start mode and seed is one training in a folder of its own, which is skipped when it
    is done and gone on with when it was interrupted. One that fails does not stop the others; it is named at the end. Each
    writes a log file beside its folder.
    """

    clips: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Names of skills, or sets of them: mocap (walk run jump cartwheel backflip spin spinkick roll kick punch dance_a
    dance_b crawl getup_facedown getup_faceup), video (demo_walk demo_leap balance), synthetic (synthetic_cartwheel
    synthetic_backflip synthetic_spinkick synthetic_dance_a: recovered from rendered videos of the captured motion).
    When left out without --collect: walk and demo_walk."""
    character: tuple[str, ...] = ("humanoid",)
    """Characters that learn the skills."""
    seeds: tuple[Seed, ...] = (0,)
    """Seeds of the trainings; every skill is trained with each."""
    init: tuple[Init, ...] = ("rsi",)
    """Start modes of the trainings: rsi (anywhere in the clip), asi (learned), first (the clip's first frame)."""
    samples: Annotated[int, Range(1, 10**13)] | None = None
    """Samples of each training; by default what suits the clip."""
    jobs: Annotated[int, Range(1, 1024)] = 1
    """Number of trainings at a time; each gets its share of the cores."""
    launcher: Literal["local", "ray"] = "local"
    """Where trainings run: local starts processes on this machine; ray makes each a task on the Ray cluster of
    RAY_ADDRESS (or on this machine), as many at a time as fit, and a lost worker's training goes on from its checkpoint
    (needs sfv[cluster])."""
    threads_per_job: Threads = 0
    """Cores of each training, which a Ray task asks for; 0 takes its share of this machine's."""
    gpus_per_job: Annotated[float, Range(0, 1024)] = 0.0
    """GPUs that each Ray task asks for."""
    collect: tuple[Path, ...] = ()
    """Folders of finished trainings, made elsewhere, that are measured and added to the table."""
    collect_jobs: Count | None = None
    """Number of the collected trainings that ran side by side, for the table; empty there when left out."""
    collect_commit: str | None = None
    """Version of the code that made the collected trainings, for the table; empty there when left out."""
    again: bool = False
    """Measure finished trainings anew."""
    report_minutes: Annotated[float, Range(0, 10_000, open_low=True)] = 1.0
    """Minutes between two reports of the running trainings."""
    runs: Path = Path("runs/bench")
    """Folder of the run folders, of what the videos were made into, and of the logs."""
    out: Path = FOLDER
    """Folder of the result files."""
