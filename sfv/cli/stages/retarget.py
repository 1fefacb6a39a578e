"""``sfv retarget``: motion.npz, or a clip of another character -> clip.npz."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.retarget.config import RetargetConfig

_DEFAULT = RetargetConfig()
_OUT = Path("clip.npz")


COMMON = (
    "cyclic",
    "straight",
    "level",
    "balance",
    "iterations",
)
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
        motion: File that `sfv reconstruct` wrote, an AMASS npz, a clip.npz, or a motion-capture clip among the assets
            (humanoid3d_walk ...).
        out: File to write (.npz); without it an older clip.npz is kept under a dated name.
        character: Name of the character (`sfv list` prints them) or the path of its folder.
        trust: Go on with a motion that cannot be what it says (another unit, another axis up, jumps), with a warning.
        body: Body model file in SMPL's format, for motions; by default $SFV_BODY, then the one they were made with.
    """
    from sfv.errors import SfvError
    from sfv.motion.clip import is_clip
    from sfv.names import check_names, find_clip_file, read_clip
    from sfv.outputs import make_way, writable_npz
    from sfv.recognise import is_npz
    from sfv.safe_names import safe_name

    path = find_clip_file(motion)
    check_names(character, body=body)
    out = writable_npz(out)
    from sfv.body.model import load_body
    from sfv.character import load_character
    from sfv.reconstruct.import_motion import open_motion
    from sfv.retarget.cached import retarget_cached
    from sfv.retarget.retarget import retarget as carry_over

    target = load_character(character)
    if is_npz(path) and not is_clip(path):
        source = open_motion(path, body)
        person = None if body is None else load_body(body, name=source.body)
        clip, report = carry_over(source, target, config, person, safe_name(out.stem), print, trust)
    else:
        found = read_clip(path, target)
        if found.character == target.name:
            raise SfvError(f"{motion} is a clip of {target.name} already; choose another one with --character")
        clip, report = retarget_cached(found, path, target, config, print, trust)
    make_way(out, _OUT)
    clip.save(out)
    print("\n".join([*report.words(), f"wrote {out}"]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(retarget, arguments, "sfv retarget", common=COMMON)
