"""The character of a simulation or a clip, drawn by MuJoCo, with a camera that follows."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of, repeat_cycle
from sfv.motion.resample import sample_frames
from sfv.physics.model import joint_layout
from sfv.render.config import RenderConfig
from sfv.render.scene import Stage
from sfv.render.view import distance_for, front_azimuth, look_at, smooth_path, way_heading
from sfv.video import write_video

_FOLLOW = 12  # frames over which the camera's path is smoothed
_TALL, _WIDE = 1.25, 1.0  # room for the character: times its own height standing, metres across
_MIDDLE = 0.5  # height that the camera looks at, times the character's
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
    ghost: np.ndarray | None = None,
) -> Iterator[np.ndarray]:
    """One picture (config.height, config.world_width, 3) uint8 RGB for each pose of ``qpos`` (T, nq).

    ``azimuth_deg`` is the direction of sight about z; None sees the way of the root from its left, a little from the front. ``ghost``
    (T, nq) is drawn see-through in the same frames. Raises SfvError for poses of another character, RenderError without OpenGL.
    """
    with Stage(character, config) as stage:
        if qpos.ndim != 2 or qpos.shape[1] != stage.model.nq:
            raise SfvError(
                f"poses of shape {qpos.shape} do not belong to character '{character.name}', which has (T, {stage.model.nq})"
            )
        tall = stage.standing_height()
        azimuth = front_azimuth(qpos_heading(qpos), None, config.turn_deg) if azimuth_deg is None else azimuth_deg
        target = smooth_path(qpos[:, :3], _FOLLOW)
        target[:, 2] = np.maximum(_MIDDLE * tall, smooth_path(qpos[:, :3], 2 * _FOLLOW)[:, 2] - 0.5 * tall)
        size = (config.world_width, config.height)
        distance = distance_for(_TALL * tall, _WIDE, size)
        for frame, pose in enumerate(qpos):
            camera = look_at(target[frame], azimuth, config.elevation_deg, distance, size)
            yield stage.draw(pose, camera, None if ghost is None else ghost[frame])


def render_clip(
    clip: Clip | np.ndarray,
    character: Character,
    out: Path | str,
    config: RenderConfig | None = None,
    fps: float | None = None,
) -> None:
    """Write a video of a clip (a cyclic one is repeated for some seconds), or of poses (T, nq) at ``fps``.

    Raises SfvError for a clip of another character, RenderError without OpenGL, VideoError for a name that is no video's.
    """
    config = config or RenderConfig()
    if isinstance(clip, Clip):
        names, widths = joint_layout(character.spec().compile())
        clip.check_character(character.name, names)
        rate, poses = clip.fps, clip.qpos
        if clip.cyclic:
            poses = repeat_cycle(poses, max(int(np.ceil(_CYCLES_SECONDS / clip.seconds)), 1))
    elif fps is None:
        raise SfvError("poses have no rate of their own; give fps")
    else:
        rate, poses = fps, clip
        widths = joint_layout(character.spec().compile())[1]
    at = np.arange(0.0, len(poses) - 1 + 1e-6, rate / config.fps)
    frames = character_frames(sample_frames(poses, widths, at), character, config)
    write_video(out, frames, config.fps, config.crf)
