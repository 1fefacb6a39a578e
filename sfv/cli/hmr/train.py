"""``sfv hmr train``: the regressor on landmarks made from motion capture."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sfv.cli.support.parse import parse
from sfv.reconstruct.hmr.config import RegressorTrainConfig

COMMON = ("steps", "minutes", "batch", "seed")
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class RegressorTrainArguments:
    """Train the regressor on landmarks made from motion capture. The same command goes on with a run that was interrupted."""

    mocap: tuple[Path, ...]
    """Folders of motion capture: DeepMimic .txt or .json, AMP .npz, BVH, Acclaim .amc with .asf, MimicKit .pkl, AMASS .npz; also .xz."""
    out: Path = Path("runs/hmr")
    """Run folder that gets weights.npz, progress.csv and checkpoint.npz."""
    start_from: Path | None = None
    """File of weights to begin with, of a network of the same shape; random ones otherwise."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to train; auto takes a GPU if there is one."""
    trust: bool = False
    """Train also on motions that cannot be what they say (another unit, another axis up, jumps), which are left out otherwise."""
    config: Annotated[RegressorTrainConfig, tyro.conf.arg(name="")] = field(default_factory=RegressorTrainConfig)


def main(arguments: list[str]) -> None:
    """Parse, train, say where the weights are."""
    given = parse(RegressorTrainArguments, arguments, "sfv hmr train", common=COMMON)
    from sfv.names import check_file
    from sfv.reconstruct.regressor import train_regressor

    if given.start_from is not None:
        check_file(given.start_from, "weights that `sfv hmr train` wrote")
    print(f"wrote {train_regressor(given.mocap, given.out, given.config, given.device, given.trust, given.start_from)}")
