"""``sfv hmr finetune``: one round of SPIN's loop."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.reconstruct.hmr.config import SpinConfig

_OUT = Path("hmr_weights.npz")


@dataclass(frozen=True)
class RegressorFinetuneArguments:
    """SPIN's loop, one round: the bodies that `sfv reconstruct` optimised teach the regressor."""

    keypoints: tuple[Path, ...]
    """Files that `sfv detect` wrote, one for each motion."""
    motions: tuple[Path, ...]
    """Files that `sfv reconstruct` made of them."""
    out: Path = _OUT
    """File of weights to write."""
    weights: Path | None = None
    """File of weights to go on from; those that ship by default."""
    person: str = "nearest"
    """Person that the motions show: nearest, longest, largest, left, right, or a number that `sfv detect` printed."""
    body: Path | None = None
    """Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv."""
    config: Annotated[SpinConfig, tyro.conf.arg(name="")] = field(default_factory=SpinConfig)


def main(arguments: list[str]) -> None:
    """Parse, teach, write the weights."""
    given = parse(RegressorFinetuneArguments, arguments, "sfv hmr finetune")
    from sfv.names import check_file, check_names
    from sfv.recognise import schema_of
    from sfv.storage.outputs import make_way, writable_npz

    for path in given.keypoints:
        schema_of(check_file(path, "what `sfv detect` wrote"), "keypoints.npz of sfv")
    for path in given.motions:
        schema_of(check_file(path, "what `sfv reconstruct` wrote"), "motion.npz of sfv, AMASS (.npz)")
    if given.weights is not None:
        check_file(given.weights, "weights that `sfv hmr train` wrote")
    check_names(body=given.body)
    out = writable_npz(given.out)
    from sfv.reconstruct.hmr.weights import save_weights
    from sfv.reconstruct.regressor import finetune_regressor

    weights = finetune_regressor(given.keypoints, given.motions, given.weights, given.config, given.person, given.body)
    make_way(out, _OUT)
    save_weights(out, weights, f"sfv hmr finetune, {len(given.motions)} motions")
    print(f"wrote {out}")
