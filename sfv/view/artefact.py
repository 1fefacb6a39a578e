"""An artefact in a window: what a file or folder looks like, whichever of them it is."""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.errors import SfvError
from sfv.render.config import LiveConfig, RenderConfig

if TYPE_CHECKING:
    from sfv.view.show import Show


def view(
    artefact: Path, live: LiveConfig, config: RenderConfig, seconds: float | None = None, body: str | None = None
) -> None:
    """Show a clip.npz, a motion.npz or a run folder in a window until it is closed.

    Args:
        artefact: File or folder to look at.
        live: How the window behaves.
        config: How it looks.
        seconds: Close the window after so long.
        body: Body model file in SMPL's format, for motions.

    Raises:
        SfvError: For what cannot be shown.
        WindowError: Where no window can be opened.
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
    from sfv.learn.run.folder import read_run
    from sfv.motion.body_motion import BodyMotion
    from sfv.motion.clip import Clip
    from sfv.names import check_names
    from sfv.names.runs import run_folder

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
        from sfv.names.runs import run_folder

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
