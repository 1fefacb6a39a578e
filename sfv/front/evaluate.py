"""``sfv.evaluate``: a trained policy becomes numbers: normalised return and falls."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfv.front.outputs import path_of, ready
from sfv.front.settings import Log, quiet, with_settings
from sfv.imitate.config import NrConfig
from sfv.names import as_run, check_names, environment_name
from sfv.ranges import Threads, checked
from sfv.storage.outputs import writable_file

if TYPE_CHECKING:
    from sfv.environment import Environment
    from sfv.evaluate.evaluation import Evaluation
    from sfv.learn.run.policy import Policy
    from sfv.names.skill import Skill


@checked
def evaluate(
    policy: "Policy | Skill | str | Path",
    out: str | Path | None = None,
    *,
    env: "Environment | str | Path | None" = None,
    threads: Threads = 0,
    config: NrConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
    **settings: Any,
) -> "Evaluation":
    """Measure a trained policy: normalised return (NR) and falls, on its own physics and on finer physics.

    Args:
        policy: A policy, the name of a skill (``walk``, ``atlas/walk``), or the path of a run folder or of the policy in one.
        out: JSON file to write; None writes nothing.
        env: Environment to measure on, by name (``slope``, ``rough:height=0.05``), by path or as it is; None is its own.
        threads: Threads that simulate; 0 is one a core.
        config: How NR is measured.
        keep_older: Keep what lies at ``out`` under a dated name instead of replacing it.
        log: Called with each line of the result, which ``print(evaluation)`` shows too.
        settings: Single fields of ``NrConfig`` (``starts=8``), which win over ``config``.

    Returns:
        The numbers; printed, they are a few readable lines.

    Raises:
        UnknownNameError: There is no such skill or environment.
        FileFormatError: The folder is no run folder, or a file in it is damaged.
        SfvError: The policy does not belong to its folder.
    """
    named = None if env is None else environment_name(env)
    check_names(env=named)
    folder, target = as_run(policy), path_of(out)
    from sfv.learn.run.folder import read_run

    read_run(folder)
    config = with_settings(config or NrConfig(), settings)
    if target is not None:
        writable_file(target)
    from sfv.evaluate.evaluation import evaluate_run, save_evaluation

    evaluation = evaluate_run(folder, config, threads, named)
    if target is not None:
        ready(target, keep_older)
        save_evaluation(evaluation, target)
    log("\n".join([str(evaluation), *([] if target is None else [f"wrote {target}"])]))
    return evaluation
