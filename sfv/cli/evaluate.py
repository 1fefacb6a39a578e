"""``sfv evaluate``: run folder -> numbers."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.imitate.config import NrConfig

_DEFAULT = NrConfig()


def evaluate(
    run: Annotated[Path, tyro.conf.Positional],
    out: Path | None = None,
    threads: int = 0,
    config: Annotated[NrConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Measure a trained policy: normalised return and falls, on its own physics and on finer physics.

    Args:
        run: Run folder that `sfv train` wrote.
        out: JSON file to write; evaluation.json in the run folder by default.
        threads: Threads that simulate; 0: one a core.
    """
    from sfv.evaluate.evaluation import evaluate_run, save_evaluation, words

    evaluation = evaluate_run(run, config, threads)
    path = out or run / "evaluation.json"
    save_evaluation(evaluation, path)
    print("\n".join([*words(evaluation), f"wrote {path}"]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(evaluate, args=arguments, prog="sfv evaluate")
