"""``sfv reconstruct``: keypoints, an image, or a published system's result file -> motion.npz."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.ranges import Fps, Range, checked
from sfv.reconstruct.config import ReconstructConfig

if TYPE_CHECKING:
    pass

_DEFAULT = ReconstructConfig()
_OUT = Path("motion.npz")


COMMON = ("focal_px", "up_c", "min_seconds", "camera_moves", "init")
"""Settings that the short help shows too."""


@checked
def reconstruct(
    source: Annotated[Path, tyro.conf.Positional],
    out: Path = _OUT,
    person: str = "nearest",
    body: Path | None = None,
    fps: Fps | None = None,
    pictures: Path | None = None,
    video: str | None = None,
    spin: Annotated[int, Range(0, 100)] = 0,
    trust: bool = False,
    config: Annotated[ReconstructConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Recover body motion in a metric world (z up, ground at 0).

    Args:
        source: File that `sfv detect` wrote; or an image, for the pose in it; or a result file of 4D-Humans, PHALP,
            WHAM, GVHMR, TRAM, SLAHMR, PromptHMR or AMASS, which is brought into our world.
        out: File to write (.npz), a superset of AMASS; without it an older motion.npz is kept under a dated name. With
            --person all every person gets a file: motion_0.npz, motion_1.npz and so on.
        person: Person to reconstruct: nearest (feet lowest in the picture), longest, largest, left, right, a number
            that `sfv detect` printed, or all (in one world).
        body: Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv.
        fps: Frames a second of a result file that does not hold it.
        pictures: Folder for a film over the video, from the side and from above, curves, best and worst frames, and a report.
        video: Video for the pictures where the keypoints do not name it.
        spin: Rounds of SPIN's loop: the result teaches the regressor, which starts the fit anew.
        trust: Go on with a result file that cannot be what it says (another unit, another axis up, jumps), with a warning.
    """
    import sfv

    sfv.reconstruct(
        source, out, person=person, body=body, fps=fps, pictures=pictures, video=video, spin=spin, trust=trust,
        config=config, keep_older=out == _OUT, log=print,
    )  # fmt: skip


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(reconstruct, arguments, "sfv reconstruct", common=COMMON)
