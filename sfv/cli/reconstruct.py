"""``sfv reconstruct``: keypoints.npz -> motion.npz."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.reconstruct.config import ReconstructConfig

_DEFAULT = ReconstructConfig()


def reconstruct(
    keypoints: Annotated[Path, tyro.conf.Positional],
    out: Path = Path("motion.npz"),
    person: str = "nearest",
    body: Path | None = None,
    config: Annotated[ReconstructConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Recover one person's body motion in a metric world (z up, ground at 0).

    Args:
        keypoints: What `sfv detect` wrote.
        out: File to write. It is a superset of AMASS.
        person: Whom: nearest, longest, largest, left, right, or a number that `sfv detect` printed.
        body: Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv.
    """
    from sfv.body.model import load_body
    from sfv.cli.inputs import writable_folder
    from sfv.cli.progress import shares, stage_progress
    from sfv.detect.describe import choose_person, describe
    from sfv.detect.keypoints import Keypoints
    from sfv.reconstruct.reconstruct import reconstruct as recover

    everybody = Keypoints.load(keypoints)
    writable_folder(out.parent)
    number = choose_person(everybody, person)
    print(describe(everybody)[number])
    with stage_progress("reconstruct") as progress:
        motion = recover(everybody.select(number), config, load_body(body), shares(progress))
    motion.save(out)
    print("\n".join([*motion.notes, f"wrote {out}"]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(reconstruct, args=arguments, prog="sfv reconstruct")
