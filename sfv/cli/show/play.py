"""``sfv play``: a trained skill, live in a window, or as a video where there is none."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.ranges import Checked, PositiveSeconds, Seconds
from sfv.render.config import LiveConfig, RenderConfig
from sfv.skills.config import Direction, PlayConfig

if TYPE_CHECKING:
    pass


COMMON = ("speed", "push_newtons", "push_seconds", "fall_seconds", "hold_seconds", "video.forces", "video.ghost")
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class PlayArguments(Checked):
    """Play a skill that comes with sfv, or a run folder: in a window, where it can be pushed about, or into a video.

    Without a name the skills are listed. Without a display, or with --output, a video is written.
    """

    skill: Annotated[str | None, tyro.conf.Positional] = None
    """Name of a skill (walk, backflip ...), or a run folder that `sfv train` or `sfv run` wrote."""
    character: str | None = None
    """Character whose skill it is; by default the humanoid, or the one that has the skill."""
    output: Path | None = None
    """Video to write instead of opening a window."""
    seconds: PositiveSeconds | None = None
    """Seconds to play; by default a window lasts until it is closed, and a video 10 s of what goes on for ever, or once
    through anything else."""
    push_at: tuple[Seconds, ...] = ()
    """Times at which a video's character is pushed, seconds, with the newtons and for as long as an arrow key of the
    window would."""
    push_direction: Direction = "forward"
    """Direction of the pushes of --push-at, from where the character faces."""
    env: str | None = None
    """Environment to play in, for example slope or gaps; the policy's own by default."""
    fine: bool = False
    """Play at 1/600 s with light joints, the honest physics, instead of what it was trained on."""
    play: Annotated[PlayConfig, tyro.conf.arg(name="")] = field(default_factory=PlayConfig)
    """Between episodes."""
    live: Annotated[LiveConfig, tyro.conf.arg(name="")] = field(default_factory=LiveConfig)
    """In the window."""
    video: RenderConfig = field(default_factory=RenderConfig)
    """How the video looks, and the window's reference and forces."""


def main(arguments: list[str]) -> None:
    """Parse, then list, show or film."""
    given = parse(PlayArguments, arguments, "sfv play", common=COMMON)
    if given.skill is None:
        from sfv.catalogue import skill_lines

        print("\n".join(skill_lines()))
        return
    import sfv

    sfv.play(
        given.skill, given.output, character=given.character, seconds=given.seconds, push_at=given.push_at,
        push_direction=given.push_direction, env=given.env, fine=given.fine, between=given.play, live=given.live,
        look=given.video, log=print,
    )  # fmt: skip
