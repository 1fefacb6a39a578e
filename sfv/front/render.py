"""``sfv.render``: a motion, a clip or a policy becomes a video."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfv.errors import SfvError
from sfv.front.artefact import WANTED, beside, kind_of, name_of
from sfv.front.outputs import path_of
from sfv.front.settings import Log, quiet, with_settings
from sfv.names import as_clip, as_keypoints, as_motion, check_names, environment_name, find_video, locate
from sfv.ranges import PositiveSeconds, checked
from sfv.render.config import RenderConfig
from sfv.storage.outputs import writable_file, writable_folder, writable_video

if TYPE_CHECKING:
    from sfv.detect.keypoints import Keypoints
    from sfv.environment import Environment
    from sfv.learn.run.policy import Policy
    from sfv.motion.body_motion import BodyMotion
    from sfv.motion.clip import Clip
    from sfv.names.skill import Skill

    Artefact = BodyMotion | Clip | Policy | Skill | str | Path


@checked
def render(
    artefact: "Artefact | Sequence[Artefact]",
    out: str | Path | None = None,
    *,
    video: str | Path | None = None,
    keypoints: "Keypoints | str | Path | None" = None,
    seconds: PositiveSeconds = 10.0,
    env: "Environment | str | Path | None" = None,
    config: RenderConfig | None = None,
    log: Log = quiet,
    **settings: Any,
) -> Path:
    """Film a clip (the character's reference), a policy in simulation, or one or several motions of one world.

    Motions are shown from the side and from above, and over their video where it is given. Where ``out`` is a folder, curves, the best
    and worst frames and a report are written with the film.

    Args:
        artefact: A motion, a clip or a policy; the path of a motion.npz, a clip.npz, a run folder or the policy in one; or the name of a
            motion-capture clip (``humanoid3d_walk``) or of a skill (``walk``). Several motions for several people.
        out: Video to write, or for motions a folder; None is beside the artefact, or named after it in the present folder.
        video: What the motions were recovered from: a file, a folder of images, or a video among the assets.
        keypoints: Keypoints or their file, to draw the 2D landmarks and to measure the distance from them.
        seconds: How long a policy that goes on is filmed.
        env: Environment that a policy is filmed in, by name, by path or as it is; None is its own.
        config: How it looks.
        log: Called with each line about the motions and the files that were written.
        settings: Single fields of ``RenderConfig`` (``height=320``), which win over ``config``.

    Returns:
        The video or folder that was written.

    Raises:
        UnknownNameError: There is no such skill, clip or environment.
        FileFormatError: The file is of no kind that can be filmed.
        RenderError: There is no OpenGL to draw with.
        VideoError: The video cannot be read or written.
    """
    artefacts: list[Any] = (
        list(artefact) if isinstance(artefact, Sequence) and not isinstance(artefact, str) else [artefact]
    )
    if not artefacts:
        raise SfvError(f"nothing to film; give {WANTED}")
    for one in artefacts:
        kind_of(one, len(artefacts) > 1)
    named = None if env is None else environment_name(env)
    check_names(env=named)
    source, target = None if video is None else find_video(video), path_of(out)
    config = with_settings(config or RenderConfig(), settings)
    kind = kind_of(artefacts[0], len(artefacts) > 1)
    if kind == "policy":
        path = _policy(artefacts[0], target, seconds, named, config)
    elif kind == "clip":
        path = _clip(artefacts[0], target, config)
    else:
        plain = video is None and keypoints is None
        target = target or beside(artefacts[0], ".mp4" if plain else "_pictures")
        return _motions(artefacts, target, source, keypoints, config, log)
    log(f"wrote {path}")
    return path


def _policy(policy: Any, out: Path | None, seconds: float, env: str | None, config: RenderConfig) -> Path:
    if isinstance(policy, str) and Path(policy).expanduser().is_dir():
        policy = Path(policy).expanduser()  # a folder is meant before a skill of its name
    folder, results, _ = locate(policy)
    path = out or results / "rollout.mp4"
    from sfv.learn.run.folder import read_run

    run, _ = read_run(folder)
    writable_video(path)
    from sfv.character import load_character
    from sfv.evaluate.nr import record_rollout
    from sfv.render.policy.character import character_frames
    from sfv.video import write_video

    rollout = record_rollout(folder, seconds, env=env)
    frames = character_frames(
        rollout.qpos,
        load_character(run.character),
        config,
        None,
        rollout.reference,
        rollout.acting,
        rollout.environment,
    )
    write_video(path, frames, rollout.fps, config.crf)
    return path


def _clip(artefact: Any, out: Path | None, config: RenderConfig) -> Path:
    clip, path = as_clip(artefact), out or beside(artefact, ".mp4")
    check_names(clip.character)
    writable_video(path)
    from sfv.character import load_character
    from sfv.render.doubts import warn_clip
    from sfv.render.policy.character import render_clip

    character = load_character(clip.character)
    warn_clip(clip, character)
    render_clip(clip, character, path, config)
    return path


def _motions(
    artefacts: list[Any],
    out: Path,
    source: Path | None,
    keypoints: "Keypoints | str | Path | None",
    config: RenderConfig,
    log: Log,
) -> Path:
    from sfv.render.doubts import warn_motion
    from sfv.system.progress import stage_progress
    from sfv.video_names import VIDEO_SUFFIXES

    motions = [as_motion(artefact) for artefact in artefacts]
    for motion in motions:
        warn_motion(motion)
    seen = None if keypoints is None else as_keypoints(keypoints)
    if out.suffix in VIDEO_SUFFIXES:
        from sfv.render.recovery.recovery import render_recovery

        writable_file(out)
        with stage_progress("render") as progress:
            render_recovery(out, motions, video=source, keypoints=seen, config=config, progress=progress)
        log(f"wrote {out}")
        return out
    from sfv.render.recovery.pictures import draw_recovery

    with stage_progress("render") as progress:
        made = draw_recovery(writable_folder(out), motions, source, seen, config, progress)
    for artefact, lines in zip(artefacts, made.words):
        log("\n".join([f"{Path(name_of(artefact)).name}:", *(f"  {line}" for line in lines)]))
    log("\n".join(f"wrote {file}" for file in made.files))
    return out
