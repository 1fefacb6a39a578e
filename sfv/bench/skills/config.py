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
    """Names, or sets of them: mocap (walk run jump cartwheel backflip spin spinkick roll kick punch dance_a dance_b crawl
    getup_facedown getup_faceup), video (demo_walk demo_leap balance), synthetic (synthetic_cartwheel synthetic_backflip
    synthetic_spinkick synthetic_dance_a: recovered from rendered videos of the captured motion). Without any, and without
    --collect: walk and demo_walk."""
    character: tuple[str, ...] = ("humanoid",)
    """Characters that learn them."""
    seeds: tuple[Seed, ...] = (0,)
    """Seeds of each."""
    init: tuple[Init, ...] = ("rsi",)
    """Start modes of each: rsi (anywhere in the clip), asi (learned), first (the clip's first frame)."""
    samples: Annotated[int, Range(1, 10**13)] | None = None
    """Samples of each training; by default what suits the clip."""
    jobs: Annotated[int, Range(1, 1024)] = 1
    """Trainings at a time; each gets its share of the cores."""
    launcher: Literal["local", "ray"] = "local"
    """local: processes on this machine. ray: one task a training on the Ray cluster of RAY_ADDRESS (or on this machine), as
    many at a time as fit; a lost worker's training goes on from its checkpoint. Needs sfv[cluster]."""
    threads_per_job: Threads = 0
    """Cores of each training; 0: its share of this machine's. With Ray, what each task asks for."""
    gpus_per_job: Annotated[float, Range(0, 1024)] = 0.0
    """GPUs that each Ray task asks for."""
    collect: tuple[Path, ...] = ()
    """Folders of finished trainings, made elsewhere, that are measured and added to the table."""
    collect_jobs: Count | None = None
    """How many of those trainings ran side by side, for the table; empty there when left out."""
    collect_commit: str | None = None
    """Version of the code that trained them, for the table; empty there when left out."""
    again: bool = False
    """Measure finished trainings anew."""
    report_minutes: Annotated[float, Range(0, 10_000, open_low=True)] = 1.0
    """How often the state of the running trainings is told."""
    runs: Path = Path("runs/bench")
    """Folder of the run folders, of what the videos were made into, and of the logs."""
    out: Path = FOLDER
    """Folder of the result files."""
