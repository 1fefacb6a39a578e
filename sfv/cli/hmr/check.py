"""``sfv hmr check``: errors of the regressor on clips it was not trained on."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.reconstruct.hmr.config import RegressorTrainConfig


@dataclass(frozen=True)
class RegressorCheckArguments:
    """Errors of the regressor on clips it was not trained on, with exact and with noisy landmarks from three sides."""

    mocap: tuple[Path, ...]
    """Folders of motion capture that hold the held-out clips."""
    weights: Path | None = None
    """File of weights to check; those that ship by default."""
    config: Annotated[RegressorTrainConfig, tyro.conf.arg(name="")] = field(default_factory=RegressorTrainConfig)


def main(arguments: list[str]) -> None:
    """Parse, measure, print a table."""
    given = parse(RegressorCheckArguments, arguments, "sfv hmr check")
    from sfv.names import check_file
    from sfv.reconstruct.regressor import check_regressor

    if given.weights is not None:
        check_file(given.weights, "weights that `sfv hmr train` wrote")
    errors = check_regressor(given.mocap, given.weights, given.config)
    rows = {name: [*one.exact, *one.noisy] for name, one in errors.items()}
    rows["mean"] = [sum(column) / len(rows) for column in zip(*rows.values())]
    print("| clip | exact: MPJPE | PA-MPJPE | noisy: MPJPE | PA-MPJPE |\n|---|---|---|---|---|")
    for name, values in rows.items():
        print(f"| {name} | {' | '.join(f'{value:.0f}' for value in values)} |")
