"""``sfv render``: an artefact -> mp4; recovered motions with their video -> the pictures of the recovery."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.errors import SfvError
from sfv.ranges import PositiveSeconds, checked
from sfv.render.config import RenderConfig

_DEFAULT = RenderConfig()


@checked
def render(
    artefacts: Annotated[tuple[Path, ...], tyro.conf.Positional],
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
        artefacts: File or folder to film; several motion.npz for several people.
        out: Video to write, or for motions a folder; beside the artefact by default.
        video: Video that the motions were recovered from: a file, a folder of images, or a video among the assets.
        keypoints: File that `sfv detect` wrote, to draw the 2D landmarks and to measure the distance from them.
        seconds: Seconds for which a policy that can go on is filmed.
        env: Environment that a policy is filmed in, for example slope or gaps; the policy's own by default.
    """
    if not artefacts:
        raise SfvError("nothing to film; give a motion.npz, a clip.npz or a run folder")
    from sfv.names import check_names, find_video

    for artefact in artefacts:
        if not artefact.exists():
            raise SfvError(f"{artefact} does not exist; give a motion.npz, a clip.npz or a run folder")
    check_names(env=env)
    source = None if video is None else find_video(video)
    first = artefacts[0]
    if len(artefacts) == 1 and first.is_dir():
        _policy(first, out or first / "rollout.mp4", seconds, env, config)
    elif len(artefacts) == 1 and _schema(first) == "sfv.clip":
        _clip(first, out or first.with_suffix(".mp4"), config)
    else:
        beside = (
            first.with_suffix(".mp4")
            if video is None and keypoints is None
            else first.with_name(f"{first.stem}_pictures")
        )
        _motions(artefacts, out or beside, source, keypoints, config)


def _schema(artefact: Path) -> str:
    from sfv.recognise import schema_of

    return schema_of(artefact, "motion.npz and clip.npz of sfv, AMASS (.npz) and run folders")


def _policy(folder: Path, path: Path, seconds: float, env: str | None, config: RenderConfig) -> None:
    from sfv.learn.run.folder import read_run
    from sfv.outputs import writable_video
    from sfv.skills.skill import run_folder

    folder = run_folder(folder)
    run, _ = read_run(folder)
    writable_video(path)
    from sfv.character import load_character
    from sfv.evaluate.nr import record_rollout
    from sfv.render.policy.character import character_frames
    from sfv.video import write_video

    rollout = record_rollout(folder, seconds, env=env)
    character = load_character(run.character)
    frames = character_frames(
        rollout.qpos, character, config, None, rollout.reference, rollout.acting, rollout.environment
    )
    write_video(path, frames, rollout.fps, config.crf)
    print(f"wrote {path}")


def _clip(artefact: Path, path: Path, config: RenderConfig) -> None:
    from sfv.motion.clip import Clip
    from sfv.names import check_names
    from sfv.outputs import writable_video

    clip = Clip.load(artefact)
    check_names(clip.character)
    writable_video(path)
    from sfv.character import load_character
    from sfv.render.doubts import warn_clip
    from sfv.render.policy.character import render_clip

    character = load_character(clip.character)
    warn_clip(clip, character)
    render_clip(clip, character, path, config)
    print(f"wrote {path}")


def _motions(
    artefacts: tuple[Path, ...], out: Path, source: Path | None, keypoints: Path | None, config: RenderConfig
) -> None:
    from sfv.outputs import writable_file, writable_folder
    from sfv.video_names import VIDEO_SUFFIXES

    for artefact in artefacts:
        if artefact.is_dir():
            raise SfvError(f"{artefact} is a folder; several artefacts must all be motion.npz of one world")
        if (schema := _schema(artefact)) not in ("sfv.motion", ""):
            raise SfvError(f"{artefact} holds '{schema}'; motion.npz, clip.npz and run folders can be filmed")
    from sfv.detect.keypoints import Keypoints
    from sfv.progress import stage_progress
    from sfv.reconstruct.import_motion import open_motion
    from sfv.render.doubts import warn_motion

    motions = [open_motion(artefact) for artefact in artefacts]
    for motion in motions:
        warn_motion(motion)
    seen = None if keypoints is None else Keypoints.load(keypoints)
    if out.suffix in VIDEO_SUFFIXES:
        from sfv.render.recovery.recovery import render_recovery

        writable_file(out)
        with stage_progress("render") as progress:
            render_recovery(out, motions, video=source, keypoints=seen, config=config, progress=progress)
        print(f"wrote {out}")
        return
    from sfv.render.recovery.pictures import draw_recovery

    with stage_progress("render") as progress:
        made = draw_recovery(writable_folder(out), motions, source, seen, config, progress)
    for artefact, lines in zip(artefacts, made.words):
        print("\n".join([f"{artefact.name}:", *(f"  {line}" for line in lines)]))
    print("\n".join(f"wrote {file}" for file in made.files))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(render, arguments, "sfv render")
