"""Train, measure and table the repertoire, several trainings side by side, in any number of sittings."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from sfv.bench.skills.config import SkillsBenchConfig
from sfv.errors import SfvError
from sfv.storage.outputs import writable_folder
from sfv.system.progress import log

_CLIPS = ("walk", "demo_walk")


def bench_skills(config: SkillsBenchConfig) -> None:
    """Train and measure what is not done yet, write the table, curves and sheets. Raises SfvError that names what failed."""
    from sfv.bench.skills.names import Job, expand
    from sfv.names import check_names

    for one in config.character:
        check_names(one)
    names = expand(config.clips or (() if config.collect else _CLIPS))
    writable_folder(config.runs, "--runs")
    from sfv.bench.skills.measure import measured
    from sfv.bench.skills.on_ray import RayLauncher
    from sfv.bench.skills.publication import Publication
    from sfv.bench.skills.tasks import cores, measuring_tasks, training_tasks
    from sfv.bench.skills.workers import LocalLauncher, run_tasks

    todo = [
        Job(name, one, mode, seed)
        for name in names
        for one in config.character
        for mode in config.init
        for seed in config.seeds
    ]
    folders = {job.stem: config.runs / job.stem for job in todo} | {str(path): path for path in config.collect}
    table = Publication(config.out, _command(config, names), log)
    skipped = {name for name, folder in folders.items() if not config.again and measured(folder) is not None}
    for name in skipped:
        table.add(folders[name])
    threads = config.threads_per_job or max(cores() // config.jobs, 1)
    tasks = training_tasks(
        [job for job in todo if job.stem not in skipped], config.samples, config.jobs, threads, config.runs
    )
    tasks += measuring_tasks(
        [path for path in config.collect if str(path) not in skipped],
        config.runs,
        threads,
        (config.collect_jobs, config.collect_commit),
    )

    def done(name: str) -> None:
        if name in folders:
            table.add(folders[name], fresh=True)

    where = (
        RayLauncher(threads, config.gpus_per_job) if config.launcher == "ray" else LocalLauncher(config.jobs, threads)
    )
    failed = run_tasks(tasks, where, log, lambda task: done(task.name), 60 * config.report_minutes)
    if len(failed) < len(folders):
        print(f"wrote {config.out / 'skills.md'}")
    if failed:
        told = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
        raise SfvError(f"{len(failed)} of {len(tasks)} failed ({told}); the rest is done, the same command tries again")


def _command(config: SkillsBenchConfig, names: Sequence[str]) -> str:
    """The command line without folders of this machine."""
    clips = config.clips or names
    words = ["sfv", "bench", "skills", *clips]
    if clips:
        words += ["--character", *(Path(one).name for one in config.character)]
        words += ["--seeds", *map(str, config.seeds), "--init", *config.init]
    words += ["--samples", str(config.samples)] if config.samples is not None else []
    words += ["--jobs", str(config.jobs)] if config.jobs > 1 else []
    words += ["--collect", *(path.name for path in config.collect)] if config.collect else []
    return shlex.join(words)
