"""The character of a simulation or a clip, drawn by MuJoCo, with a camera that follows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sfv.character import Character
from sfv.draw.scene import Stage
from sfv.draw.view import distance_for, front_azimuth, look_at, way_heading
from sfv.environment import Environment
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of, repeat_cycle
from sfv.motion.resample import sample_frames
from sfv.physics.contacts import Acting
from sfv.physics.model import joint_layout
from sfv.render.config import RenderConfig
from sfv.render.policy.beside import sidesteps, sideways, watched_path
from sfv.video import write_video

_TALL, _WIDE = 1.25, 1.0  # room for the character: times its own height standing, metres across
_BOTH_WIDE = 1.3  # metres across beside the distance between the character and its reference: both spread their limbs
_CYCLES_SECONDS = 6.0  # a cyclic clip is shown at least so long


def qpos_heading(qpos: np.ndarray) -> float:
    """Where the character goes, or faces where it stays, degrees about z."""
    yaw = heading_of(qpos[len(qpos) // 2, 3:7])
    return way_heading(qpos[:, :3], np.array([np.cos(yaw), np.sin(yaw), 0.0]))


def character_frames(
    qpos: np.ndarray,
    character: Character,
    config: RenderConfig,
    azimuth_deg: float | None = None,
    reference: np.ndarray | None = None,
    acting: Sequence[Acting] | None = None,
    environment: Environment | None = None,
) -> Iterator[np.ndarray]:
    """One picture uint8 RGB for each pose of ``qpos`` (T, nq), ``config.height`` high and ``config.width_with`` wide.

    ``azimuth_deg`` is the direction of sight about z; None sees the way of the root from its left, a little from the front. The
    ``reference`` (T, nq) is drawn see-through where ``config.ghost`` says, what is ``acting`` at each pose as arrows and objects; the
    ground is the ``environment``'s, or level. Raises SfvError for poses of another character, RenderError without OpenGL.
    """
    reference = None if config.ghost == "none" else reference
    beside = config.ghost == "beside" and reference is not None
    config = replace(config, world_width=config.width_with(beside))
    with Stage(character, config, environment) as stage:
        if qpos.ndim != 2 or qpos.shape[1] != stage.model.nq:
            raise SfvError(
                f"poses of shape {qpos.shape} do not belong to character '{character.name}', which has (T, {stage.model.nq})"
            )
        tall = stage.standing_height()
        azimuth = front_azimuth(qpos_heading(qpos), None, config.turn_deg) if azimuth_deg is None else azimuth_deg
        target = watched_path(stage.model, qpos, tall)
        size, high, wide = (config.world_width, config.height), _TALL * tall, _WIDE
        if reference is not None and beside:
            aside = sideways(azimuth, tall)
            steps = sidesteps(reference[:, :3], aside, environment)
            reference = reference.copy()
            reference[:, :3] += steps
            target, wide = target + 0.5 * steps, _BOTH_WIDE + float(np.linalg.norm(aside))
            high += float(np.abs(steps[:, 2]).max())
        distance = distance_for(high, wide, size)
        for frame, pose in enumerate(qpos):
            camera = look_at(target[frame], azimuth, config.elevation_deg, distance, size)
            yield stage.draw(
                pose,
                camera,
                None if reference is None else reference[frame],
                None if acting is None else acting[frame],
            )


def render_clip(
    clip: Clip | np.ndarray,
    character: Character,
    out: Path | str,
    config: RenderConfig | None = None,
    fps: float | None = None,
    environment: Environment | None = None,
) -> None:
    """Write a video of a clip (a cyclic one is repeated for some seconds), or of poses (T, nq) at ``fps``, on level ground or
    on the ``environment``'s.

    Raises SfvError for a clip of another character, RenderError without OpenGL, VideoError for a name that is no video's.
    """
    config = config or RenderConfig()
    if isinstance(clip, Clip):
        names, widths = joint_layout(character.model())
        clip.check_character(character.name, names)
        rate, poses = clip.fps, clip.qpos
        if clip.cyclic:
            poses = repeat_cycle(poses, max(int(np.ceil(_CYCLES_SECONDS / clip.seconds)), 1))
    elif fps is None:
        raise SfvError("poses have no rate of their own; give fps")
    else:
        rate, poses = fps, clip
        widths = joint_layout(character.model())[1]
    at = np.arange(0.0, len(poses) - 1 + 1e-6, rate / config.fps)
    frames = character_frames(sample_frames(poses, widths, at), character, config, environment=environment)
    write_video(out, frames, config.fps, config.crf)
