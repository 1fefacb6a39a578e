"""``sfv render``: an artefact -> mp4; recovered motions with their video -> the pictures of the recovery."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.ranges import PositiveSeconds, checked
from sfv.render.config import RenderConfig

_DEFAULT = RenderConfig()


@checked
def render(
    artefacts: Annotated[tuple[str, ...], tyro.conf.Positional],
    out: Path | None = None,
    video: str | None = None,
    keypoints: Path | None = None,
    seconds: PositiveSeconds = 10.0,
    env: str | None = None,
    config: Annotated[RenderConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Film a clip.npz (the character's reference), a run folder (the policy), or one or several motion.npz of one world.

    Motions are shown from the side and from above, and over their video where it is given. Where --out is a folder, curves, the
    best and worst frames and a report are written with the film.

    Args:
        artefacts: File or folder to film, or the name of a skill or of a motion-capture clip; several motion.npz for several people.
        out: Video to write, or for motions a folder; beside the artefact by default.
        video: Video that the motions were recovered from: a file, a folder of images, or a video among the assets.
        keypoints: File that `sfv detect` wrote, to draw the 2D landmarks and to measure the distance from them.
        seconds: Seconds for which a policy that can go on is filmed.
        env: Environment that a policy is filmed in, for example slope or gaps; the policy's own by default.
    """
    import sfv

    sfv.render(artefacts, out, video=video, keypoints=keypoints, seconds=seconds, env=env, config=config, log=print)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(render, arguments, "sfv render")
