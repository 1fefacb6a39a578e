"""``sfv view``: an artefact in a window, to look at from all sides."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.ranges import PositiveSeconds, checked
from sfv.render.config import LiveConfig, RenderConfig

_LIVE, _RENDER = LiveConfig(), RenderConfig()


@checked
def view(
    artefact: Annotated[Path, tyro.conf.Positional],
    seconds: PositiveSeconds | None = None,
    body: str | None = None,
    live: Annotated[LiveConfig, tyro.conf.arg(name="")] = _LIVE,
    config: Annotated[RenderConfig, tyro.conf.arg(name="")] = _RENDER,
) -> None:
    """Look at a clip.npz (the character's reference), a motion.npz (the recovered body) or a run folder (one recorded episode of the
    policy with its reference) in a window. `sfv play` shows a policy that reacts.

    Args:
        artefact: File or folder to look at.
        seconds: Close the window after so long; by default when the user closes it.
        body: Body model file in SMPL's format, for motions; by default the one they were made with.
    """
    from sfv.view.artefact import view as show

    show(artefact, live, config, seconds, body)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(view, arguments, "sfv view")
