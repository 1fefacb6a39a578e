"""``sfv compare``: runs and skills side by side."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.evaluate.suite_names import SuiteName
from sfv.ranges import Threads, checked


@checked
def compare(
    runs: Annotated[tuple[str, ...], tyro.conf.Positional],
    suite: SuiteName = "full",
    env: str | None = None,
    out: Path | None = None,
    threads: Threads = 0,
) -> None:
    """Lay what several policies survive side by side, as a Markdown table; suites that were not run yet are run first.

    Args:
        runs: Run folders that `sfv train` wrote, or names of skills; two or more.
        suite: Suite whose reports are compared; of one that was run before it must be the same.
        env: Environment on which they are measured; the one each was trained on by default.
        out: File for the table besides the terminal.
        threads: Threads that simulate; 0: one a core.
    """
    from sfv.cli.inputs import check_names, writable_file
    from sfv.cli.results import locate, report_folder
    from sfv.errors import SfvError
    from sfv.evaluate.report import REPORT, load_report
    from sfv.files import write_text
    from sfv.skills.skill import look_up

    if len(runs) < _FEWEST:
        raise SfvError("sfv compare needs at least two runs: sfv compare RUN RUN ...")
    check_names(env=env)
    if out is not None:
        writable_file(out)
    for run in runs:
        look_up(run)
    found = [locate(run) for run in runs]
    from sfv.cli.suite import measure
    from sfv.evaluate.compare import comparison

    reports = []
    for folder, results, name in found:
        place = report_folder(results, env)
        report = load_report(place) if (place / REPORT).is_file() else None
        if report is None or report.suite != suite:
            report = measure(folder, place, suite, threads, env, name)
        reports.append(report)
    table = comparison(reports)
    print(table, end="")
    if out is not None:
        write_text(out, table)


_FEWEST = 2


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(compare, args=arguments, prog="sfv compare")
