"""``sfv view``: an artefact in a window, to look at from all sides."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.errors import SfvError
from sfv.ranges import PositiveSeconds, checked
from sfv.render.config import LiveConfig, RenderConfig

if TYPE_CHECKING:
    from sfv.view.show import Show

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
        artefact: The file or folder.
        seconds: Close the window after so long; by default when the user closes it.
        body: Body model file in SMPL's format, for motions; by default the one they were made with.
    """
    if not artefact.exists():
        raise SfvError(f"{artefact} does not exist; give a clip.npz, a motion.npz or a run folder")
    _check(artefact, body)
    from sfv.draw.window import WindowError, why_no_window
    from sfv.view.live import Live

    if reason := why_no_window():
        raise WindowError(f"no window can be opened: {reason}; film it instead: sfv render {artefact}")
    Live(make_show(artefact, body, config), live, config).run(seconds)


def _check(artefact: Path, body: str | None) -> None:
    """Read what the artefact is before anything is drawn. Raises SfvError for what cannot be shown."""
    from sfv.cli.inputs import check_names
    from sfv.learn.run.folder import read_run
    from sfv.motion.body_motion import BodyMotion
    from sfv.motion.clip import Clip
    from sfv.skills.skill import run_folder

    check_names(body=body)
    if artefact.is_dir():
        read_run(run_folder(artefact))
    elif _schema(artefact) == "sfv.clip":
        check_names(Clip.load(artefact).character, body=body)
    else:
        BodyMotion.load(artefact)


def _schema(artefact: Path) -> str:
    from sfv.recognise import schema_of

    schema = schema_of(artefact, "motion.npz and clip.npz of sfv, AMASS (.npz) and run folders")
    if schema not in ("sfv.clip", "sfv.motion", ""):
        raise SfvError(f"{artefact} holds '{schema}'; clip.npz, motion.npz and run folders can be shown")
    return schema


def make_show(artefact: Path, body: str | None, config: RenderConfig) -> "Show":
    """What the artefact looks like. Raises SfvError for what cannot be shown."""
    from sfv.character import load_character
    from sfv.view.character_show import PosesShow

    if artefact.is_dir():
        from sfv.evaluate.nr import record_rollout
        from sfv.learn.run.folder import read_run
        from sfv.skills.skill import run_folder

        folder = run_folder(artefact)
        run, clip = read_run(folder)
        rollout = record_rollout(folder)
        return PosesShow(
            rollout.qpos,
            rollout.fps,
            load_character(run.character),
            config,
            clip.name,
            rollout.reference,
            rollout.acting,
            rollout.environment,
        )
    from sfv.body.model import load_body
    from sfv.motion.clip import Clip
    from sfv.reconstruct.import_motion import open_motion
    from sfv.render.doubts import warn_clip, warn_motion
    from sfv.view.body_show import BodyShow

    if _schema(artefact) == "sfv.clip":
        clip = Clip.load(artefact)
        character = load_character(clip.character)
        warn_clip(clip, character)
        return PosesShow.of_clip(clip, character, config)
    motion = open_motion(artefact, body)
    warn_motion(motion)
    return BodyShow(motion, load_body(body, name=motion.body), config, artefact.stem)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(view, args=arguments, prog="sfv view")
