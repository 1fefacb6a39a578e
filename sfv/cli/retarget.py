"""``sfv retarget``: motion.npz -> clip.npz."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.retarget.config import RetargetConfig

_DEFAULT = RetargetConfig()


def retarget(
    motion: Annotated[Path, tyro.conf.Positional],
    out: Path = Path("clip.npz"),
    character: str = "humanoid",
    config: Annotated[RetargetConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Carry a body motion over to a character; a gait becomes a seamless loop.

    Args:
        motion: What `sfv reconstruct` wrote, or an AMASS npz.
        out: File to write.
        character: Name of the character (`sfv list` prints them) or the path of its folder.
    """
    from sfv.character import load_character
    from sfv.cli.inputs import writable_folder
    from sfv.motion.body_motion import BodyMotion
    from sfv.retarget.retarget import retarget as carry_over

    target = load_character(character)
    source = BodyMotion.load(motion)
    writable_folder(out.parent)
    clip, report = carry_over(source, target, config, name=out.stem, report=print)
    clip.save(out)
    print("\n".join([*report.words(), f"wrote {out}"]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(retarget, args=arguments, prog="sfv retarget")
