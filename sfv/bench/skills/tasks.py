"""The processes of ``sfv bench skills``: what each is ordered to do, in which order."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sfv.bench.skills.names import MOCAP, Job
from sfv.bench.skills.workers import Task


def training_tasks(todo: Sequence[Job], samples: int | None, jobs: int, threads: int, runs: Path) -> list[Task]:
    """Trainings, and before them what is needed to make their clips out of videos."""
    new = [job for job in todo if job.clip not in MOCAP and not (runs / job.stem).exists()]
    logs = runs / "logs"
    tasks = []
    for name in dict.fromkeys(job.clip for job in new):
        characters = list(dict.fromkeys(job.character for job in new if job.clip == name))
        order = {"do": "clip", "name": name, "characters": characters, "runs": str(runs)}
        tasks.append(Task(f"clip {name}", _worker(order), logs / f"clip_{name}.log"))
    for job in todo:
        order = {
            "do": "train",
            "job": asdict(job),
            "samples": samples,
            "jobs": jobs,
            "threads": threads,
            "runs": str(runs),
        }
        after = (f"clip {job.clip}",) if job in new else ()
        tasks.append(Task(job.stem, _worker(order), logs / f"{job.stem}.log", after))
    return tasks


def measuring_tasks(
    folders: Sequence[Path], runs: Path, threads: int, origin: tuple[int | None, str | None]
) -> list[Task]:
    """Measurements of run folders from elsewhere; ``origin`` is what is known of them."""
    tasks = []
    for folder in folders:
        order = {"do": "measure", "folder": str(folder), "threads": threads, "origin": origin}
        tasks.append(Task(str(folder), _worker(order), runs / "logs" / f"collect_{folder.name}.log"))
    return tasks


def _worker(order: dict[str, object]) -> tuple[str, ...]:
    return sys.executable, "-m", "sfv.bench.skills.worker", json.dumps(order)


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
