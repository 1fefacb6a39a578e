"""``sfv bench skills``: train, measure and table the repertoire, several trainings side by side, in any number of sittings."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sfv.bench.results import FOLDER, Row, all_commands, read_rows
from sfv.cli.inputs import writable_folder
from sfv.errors import SfvError
from sfv.progress import console
from sfv.ranges import Count, Range, Seed, Threads, checked

if TYPE_CHECKING:
    from sfv.bench.skills.names import Job
    from sfv.bench.skills.workers import Task

_CLIPS = ("walk", "demo_walk")
_REPORT_MINUTES = 1.0

Init = Literal["rsi", "asi", "first"]


@checked
def skills(
    clips: Annotated[tuple[str, ...], tyro.conf.Positional] = (),
    /,
    character: tuple[str, ...] = ("humanoid",),
    seeds: tuple[Seed, ...] = (0,),
    init: tuple[Init, ...] = ("rsi",),
    samples: Annotated[int, Range(1, 10**13)] | None = None,
    jobs: Annotated[int, Range(1, 1024)] = 1,
    launcher: Literal["local", "ray"] = "local",
    threads_per_job: Threads = 0,
    gpus_per_job: Annotated[float, Range(0, 1024)] = 0.0,
    collect: tuple[Path, ...] = (),
    collect_jobs: Count | None = None,
    collect_commit: str | None = None,
    again: bool = False,
    report_minutes: Annotated[float, Range(0, 10_000, open_low=True)] = _REPORT_MINUTES,
    runs: Path = Path("runs/bench"),
    out: Path = FOLDER,
) -> None:
    """Train and measure skills; keep one table, learning curves and contact sheets.

    Every combination of clip, character, start mode and seed is one training in a folder of its own, which is skipped when it
    is done and gone on with when it was interrupted. One that fails does not stop the others; it is named at the end. Each
    writes a log file beside its folder.

    Args:
        clips: Names, or sets of them: mocap (walk run jump cartwheel backflip spin spinkick roll kick punch dance_a dance_b
            crawl getup_facedown getup_faceup), video (demo_walk demo_leap balance), synthetic (synthetic_cartwheel
            synthetic_backflip synthetic_spinkick synthetic_dance_a: recovered from rendered videos of the captured motion).
            Without any, and without --collect: walk and demo_walk.
        character: Characters that learn them.
        seeds: Seeds of each.
        init: Start modes of each: rsi (anywhere in the clip), asi (learned), first (the clip's first frame).
        samples: Samples of each training; by default what suits the clip.
        jobs: Trainings at a time; each gets its share of the cores.
        launcher: local: processes on this machine. ray: one task a training on the Ray cluster of RAY_ADDRESS (or on this
            machine), as many at a time as fit; a lost worker's training goes on from its checkpoint. Needs sfv[cluster].
        threads_per_job: Cores of each training; 0: its share of this machine's. With Ray, what each task asks for.
        gpus_per_job: GPUs that each Ray task asks for.
        collect: Folders of finished trainings, made elsewhere, that are measured and added to the table.
        collect_jobs: How many of those trainings ran side by side, for the table; empty there when left out.
        collect_commit: Version of the code that trained them, for the table; empty there when left out.
        again: Measure finished trainings anew.
        report_minutes: How often the state of the running trainings is told.
        runs: Folder of the run folders, of what the videos were made into, and of the logs.
        out: Folder of the result files.
    """
    from sfv.bench.skills.names import Job, expand
    from sfv.cli.inputs import check_names

    for one in character:
        check_names(one)
    names = expand(clips or (() if collect else _CLIPS))
    writable_folder(runs, "--runs")
    from sfv.bench.skills.measure import measured
    from sfv.bench.skills.on_ray import RayLauncher
    from sfv.bench.skills.workers import LocalLauncher, run_tasks

    todo = [Job(name, one, mode, seed) for name in names for one in character for mode in init for seed in seeds]
    folders = {job.stem: runs / job.stem for job in todo} | {str(path): path for path in collect}
    table = Publication(out, _command(clips or names, character, seeds, init, samples, jobs, collect), _say)
    skipped = {name for name, folder in folders.items() if not again and measured(folder) is not None}
    for name in skipped:
        table.add(folders[name])
    threads = threads_per_job or max(_cores() // jobs, 1)
    tasks = _tasks([job for job in todo if job.stem not in skipped], samples, jobs, threads, runs)
    tasks += _measurements(
        [path for path in collect if str(path) not in skipped], runs, threads, (collect_jobs, collect_commit)
    )

    def done(name: str) -> None:
        if name in folders:
            table.add(folders[name], fresh=True)

    where = RayLauncher(threads, gpus_per_job) if launcher == "ray" else LocalLauncher(jobs, threads)
    failed = run_tasks(tasks, where, _say, lambda task: done(task.name), 60 * report_minutes)
    if len(failed) < len(folders):
        print(f"wrote {out / 'skills.md'}")
    if failed:
        told = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
        raise SfvError(f"{len(failed)} of {len(tasks)} failed ({told}); the rest is done, the same command tries again")


def _say(line: str) -> None:
    console.print(line, soft_wrap=True)


class Publication:
    """The table, the curves and the sheets; only the process that the user started writes them."""

    def __init__(self, out: Path, command: str, say: Callable[[str], None]) -> None:
        self.out, self.command, self.say = out, command, say

    def add(self, folder: Path, fresh: bool = False) -> None:
        """Put a measured run folder into the results. ``fresh``: it was measured just now, so its sheet is drawn anew."""
        from sfv.bench.skills.curves import plot_curves, save_curve
        from sfv.bench.skills.measure import measured
        from sfv.bench.skills.names import name_of_row, stem_of_row
        from sfv.bench.skills.page import add_rows

        row = measured(folder)
        if row is None:
            raise SfvError(f"{folder} was not measured; run the same command again")
        command = all_commands("skills", self.command, self.out)
        before = read_rows("skills", self.out)
        rows = add_rows([row], command, self.out) if row not in before else before
        alike = [other for other in rows if _skill(other) == _skill(row)]
        label = f"{name_of_row(row)}_{row['character']}"
        curves = self.out / "curves"
        save_curve(folder, curves / f"{stem_of_row(row)}.csv")
        plot_curves(alike, curves, curves / f"{label}.png", f"{row['clip']}, {row['source']}, {row['character']}")
        sheet = self.out / "sheets" / f"{label}.jpg"
        if row == max(alike, key=lambda other: other["nr"]) and (fresh or not sheet.is_file()):
            self._draw(folder, sheet)
        self.say(f"{stem_of_row(row)}: NR {row['nr']:.3f}, fine {row['nr_fine']:.3f}")

    def _draw(self, folder: Path, sheet: Path) -> None:
        from sfv.bench.skills.sheet import save_sheet
        from sfv.draw.gl import RenderError

        try:
            save_sheet(folder, sheet)
        except RenderError as error:
            self.say(f"no contact sheet: {error}")


def _skill(row: Row) -> tuple[str, str, str]:
    return row["clip"], row["source"], row["character"]


def _tasks(todo: "Sequence[Job]", samples: int | None, jobs: int, threads: int, runs: Path) -> "list[Task]":
    """Trainings, and before them what is needed to make their clips out of videos."""
    from sfv.bench.skills.names import MOCAP
    from sfv.bench.skills.workers import Task

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


def _measurements(
    folders: Sequence[Path], runs: Path, threads: int, origin: tuple[int | None, str | None]
) -> "list[Task]":
    from sfv.bench.skills.workers import Task

    tasks = []
    for folder in folders:
        order = {"do": "measure", "folder": str(folder), "threads": threads, "origin": origin}
        tasks.append(Task(str(folder), _worker(order), runs / "logs" / f"collect_{folder.name}.log"))
    return tasks


def _worker(order: dict[str, object]) -> tuple[str, ...]:
    return sys.executable, "-m", "sfv.cli.bench_skills_worker", json.dumps(order)


def _cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _command(
    clips: Sequence[str],
    character: Sequence[str],
    seeds: Sequence[int],
    init: Sequence[str],
    samples: int | None,
    jobs: int,
    collect: Sequence[Path],
) -> str:
    """The command line without folders of this machine."""
    words = ["sfv", "bench", "skills", *clips]
    if clips:
        words += ["--character", *(Path(one).name for one in character), "--seeds", *map(str, seeds), "--init", *init]
    words += ["--samples", str(samples)] if samples is not None else []
    words += ["--jobs", str(jobs)] if jobs > 1 else []
    words += ["--collect", *(path.name for path in collect)] if collect else []
    return shlex.join(words)
