"""``sfv retarget``: motion.npz, or a clip of another character -> clip.npz."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.retarget.config import RetargetConfig

_DEFAULT = RetargetConfig()
_OUT = Path("clip.npz")


COMMON = ("cyclic", "straight", "level", "balance", "iterations")
"""Settings that the short help shows too."""


def retarget(
    motion: Annotated[str, tyro.conf.Positional],
    out: Path = _OUT,
    character: str = "humanoid",
    trust: bool = False,
    body: Path | None = None,
    config: Annotated[RetargetConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Carry a body motion, or a clip of another character, over to a character; a gait becomes a seamless loop.

    Args:
        motion: File that `sfv reconstruct` wrote, an AMASS npz, BVH, an Acclaim .amc, a clip.npz, or a motion-capture clip among the assets
            (humanoid3d_walk ...).
        out: File to write (.npz); without it an older clip.npz is kept under a dated name.
        character: Name of the character (`sfv list` prints them) or the path of its folder.
        trust: Go on with a motion that cannot be what it says (another unit, another axis up, jumps), with a warning.
        body: Body model file in SMPL's format, for motions; by default $SFV_BODY, then the one they were made with.
    """
    import sfv

    sfv.retarget(motion, character, out, body=body, trust=trust, config=config, keep_older=out == _OUT, log=print)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(retarget, arguments, "sfv retarget", common=COMMON)
