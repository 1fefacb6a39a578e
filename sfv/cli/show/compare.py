"""``sfv compare``: runs and skills side by side."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.errors import SfvError
from sfv.evaluate.suite_names import SuiteName, check_suite
from sfv.ranges import Threads, checked

_FEWEST = 2


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
        suite: Suite or protocol whose reports are compared (full, quick, push, ...); where another one was run before, it is run anew.
        env: Environment on which the policies are measured; the one that each was trained on by default.
        out: File for the table besides the terminal.
        threads: Number of threads that simulate; 0 takes one a core.
    """
    from sfv.files import write_text
    from sfv.names import check_names, locate
    from sfv.names.runs import look_up
    from sfv.storage.outputs import writable_file

    if len(runs) < _FEWEST:
        raise SfvError("sfv compare needs at least two runs: sfv compare RUN RUN ...")
    check_suite(suite)
    check_names(env=env)
    if out is not None:
        writable_file(out)
    for run in runs:
        look_up(run)
    for run in runs:
        locate(run)
    from sfv.evaluate.compare import comparison
    from sfv.pipeline.suite import measured

    table = comparison([measured(run, suite, threads, env) for run in runs])
    print(table, end="")
    if out is not None:
        write_text(out, table)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(compare, arguments, "sfv compare")
