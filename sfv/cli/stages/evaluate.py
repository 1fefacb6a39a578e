"""``sfv evaluate``: run folder or skill -> numbers."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.evaluate.suite_names import SuiteName, check_suite
from sfv.imitate.config import NrConfig
from sfv.ranges import Threads, checked

_DEFAULT = NrConfig()


@checked
def evaluate(
    run: Annotated[str, tyro.conf.Positional],
    suite: SuiteName | None = None,
    env: str | None = None,
    out: Path | None = None,
    threads: Threads = 0,
    config: Annotated[NrConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Measure a trained policy: normalised return and falls, on its own physics and on finer physics; or what it survives.

    Args:
        run: Run folder that `sfv train` wrote, or the name of a skill (atlas/walk is Atlas' walk).
        suite: Suite whose protocols are measured instead (external pushes, other bodies, other ground, other starts,
            other physics): full, quick, one protocol by name (nr, push, boxes, parameters, terrain, simulator, starts, or
            one that another package adds), or several joined by commas. It writes report.md, report.json, plots and pictures of the falls.
        env: Environment to measure on with the unchanged policy, for example slope or rough:height=0.05; the policy's
            own by default.
        out: JSON file to write, or with a suite the folder; by default evaluation.json or robustness/ in the run
            folder, for a skill in evaluation/.
        threads: Number of threads that simulate; 0 takes one a core.
        config: How NR is measured; a suite has its own settings.
    """
    import sfv
    from sfv.evaluate.report import report_folder
    from sfv.names import locate

    if suite is not None:
        check_suite(suite)
    _, results, _ = locate(run)
    if suite is not None:
        sfv.measure(run, suite, out or report_folder(results, env), env=env, threads=threads, log=print)
        return
    usual = results / "evaluation.json"
    keep_older = out in (None, usual)
    sfv.evaluate(run, out or usual, env=env, threads=threads, config=config, keep_older=keep_older, log=print)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(evaluate, arguments, "sfv evaluate")
