"""``sfv complete``: a still image -> a simulated character that goes on from its pose."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.evaluate.completion_config import CompletionConfig
from sfv.reconstruct.config import ReconstructConfig
from sfv.render.config import RenderConfig

if TYPE_CHECKING:
    pass


_OUT = Path("complete.mp4")


COMMON = ("seconds", "most_distance", "fall_seconds", "hold_seconds")
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class CompleteArguments:
    """Put the pose in a still image into simulation and let a trained policy go on from there.

    The person is detected and reconstructed, retargeted to the character, and found in the skill's motion; the simulation starts in
    that pose at that moment. Writes a video of both and, beside it, a JSON file that says how near the pose was and how it ended.
    """

    image: Annotated[Path, tyro.conf.Positional]
    """Picture of a person."""
    skill: str | None = None
    """Name of a skill (`sfv play` lists them) or a run folder; by default the skill of the character whose motion comes nearest."""
    character: str | None = None
    """Character whose skill it is; by default the humanoid, or the one that has the skill."""
    out: Path = _OUT
    """Video to write."""
    person: str = "nearest"
    """Person to reconstruct: nearest (feet lowest in the picture), longest, largest, left, right, or a number that `sfv
    detect` printed."""
    body: Path | None = None
    """Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv."""
    completion: Annotated[CompletionConfig, tyro.conf.arg(name="")] = field(default_factory=CompletionConfig)
    """How the pose is found and continued."""
    reconstruct: ReconstructConfig = field(default_factory=ReconstructConfig)
    """How the body is recovered."""
    video: RenderConfig = field(default_factory=RenderConfig)
    """How the video looks."""


def main(arguments: list[str]) -> None:
    """Parse and complete."""
    given = parse(CompleteArguments, arguments, "sfv complete", common=COMMON)
    import sfv

    sfv.complete(
        given.image, given.out, skill=given.skill, character=given.character, person=given.person, body=given.body,
        config=given.completion, recovery=given.reconstruct, look=given.video, keep_older=given.out == _OUT, log=print,
    )  # fmt: skip
