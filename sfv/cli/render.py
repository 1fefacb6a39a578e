"""``sfv render``: an artefact -> mp4."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.errors import SfvError
from sfv.render.config import RenderConfig

_DEFAULT = RenderConfig()


def render(
    artefact: Annotated[Path, tyro.conf.Positional],
    out: Path | None = None,
    seconds: float = 10.0,
    config: Annotated[RenderConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Film a motion.npz (the body in its world), a clip.npz (the character's reference), or a run folder (the policy).

    Args:
        artefact: The file or folder.
        out: Video to write; beside the artefact by default.
        seconds: How long a policy that goes on is filmed.
    """
    path = out or (artefact / "rollout.mp4" if artefact.is_dir() else artefact.with_suffix(".mp4"))
    if artefact.is_dir():
        _policy(artefact, path, seconds, config)
    else:
        _file(artefact, path, config)
    print(f"wrote {path}")


def _policy(folder: Path, path: Path, seconds: float, config: RenderConfig) -> None:
    from sfv.character import load_character
    from sfv.evaluate.nr import record_rollout
    from sfv.learn.run_folder import read_run
    from sfv.render.character import character_frames
    from sfv.video import write_video

    run, _ = read_run(folder)
    rollout = record_rollout(folder, seconds)
    ghost = rollout.reference if config.ghost else None
    frames = character_frames(rollout.qpos, load_character(run.character), config, ghost=ghost)
    write_video(path, frames, rollout.fps, config.crf)


def _file(artefact: Path, path: Path, config: RenderConfig) -> None:
    from sfv.body.model import load_body
    from sfv.character import load_character
    from sfv.files import read_npz
    from sfv.motion.body_motion import BodyMotion
    from sfv.motion.clip import Clip
    from sfv.render.character import render_clip
    from sfv.render.world import world_frames
    from sfv.video import write_video

    schema = str(read_npz(artefact).get("schema", "AMASS"))
    if schema == "sfv.clip":
        clip = Clip.load(artefact)
        render_clip(clip, load_character(clip.character), path, config)
    elif schema in ("sfv.motion", "AMASS"):
        motion = BodyMotion.load(artefact)
        write_video(path, world_frames(motion, load_body(name=motion.body), config), motion.fps, config.crf)
    else:
        raise SfvError(f"{artefact} holds '{schema}'; motion.npz, clip.npz and run folders can be filmed")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(render, args=arguments, prog="sfv render")
