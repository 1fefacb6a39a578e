"""``sfv.measure``: what a trained policy survives, by the protocols of a suite."""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.evaluate.suite_names import SuiteName, check_suite
from sfv.front.outputs import path_of
from sfv.front.settings import Log, quiet
from sfv.names import check_names, environment_name, locate
from sfv.ranges import Threads, checked
from sfv.storage.outputs import writable_folder

if TYPE_CHECKING:
    from sfv.environment import Environment
    from sfv.evaluate.report import Report
    from sfv.learn.run.policy import Policy
    from sfv.names.skill import Skill


@checked
def measure(
    policy: "Policy | Skill | str | Path",
    suite: SuiteName = "full",
    out: str | Path | None = None,
    *,
    env: "Environment | str | Path | None" = None,
    threads: Threads = 0,
    log: Log = quiet,
) -> "Report":
    """Measure a trained policy with every protocol of a suite: pushes, other bodies, other ground, other starts, other physics.

    Args:
        policy: A policy, the name of a skill (``walk``, ``atlas/walk``), or the path of a run folder or of the policy in one.
        suite: Name of a suite (``quick``, ``full``) or of a protocol (``push``), or several joined by commas.
        out: Folder for report.md, report.json, plots and pictures of the falls; None writes nothing.
        env: Environment to measure on, by name, by path or as it is; None is the one it was trained on.
        threads: Threads that simulate; 0 is one a core.
        log: Called with each line of the summary.

    Returns:
        Rows, cases and findings of every protocol.

    Raises:
        UnknownNameError: There is no such skill, suite or environment.
        FileFormatError: The folder is no run folder, or a file in it is damaged.
        SfvError: The policy does not belong to its folder.
    """
    check_suite(suite)
    named = None if env is None else environment_name(env)
    check_names(env=named)
    folder, _, name = locate(policy)
    from sfv.learn.run.folder import read_run

    read_run(folder)
    place = path_of(out)
    if place is not None:
        writable_folder(place)
    from sfv.evaluate.report_words import summary

    if place is None:
        from sfv.evaluate.suite import run_suite
        from sfv.system.progress import stage_progress

        with stage_progress(f"{suite} suite on {name or folder}") as progress:
            report = run_suite(folder, suite, threads, progress, named, name)
    else:
        from sfv.pipeline.suite import measure as measure_and_draw

        report = measure_and_draw(folder, place, suite, threads, named, name)
    log("\n".join([*summary(report), *([] if place is None else [f"wrote {place / 'report.md'}"])]))
    return report
