"""One video of the whole chain: the input with what was seen in it | the recovered body in its world | the simulated character."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sfv.body.model import Body, load_body
from sfv.character import Character
from sfv.detect.keypoints import Keypoints
from sfv.draw.gl import ready_backend
from sfv.draw.view import front_azimuth
from sfv.environment import Environment
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.resample import sample_frames
from sfv.physics.contacts import Acting
from sfv.render.config import RenderConfig
from sfv.render.policy.character import character_frames, qpos_heading
from sfv.render.recovery.input_panel import InputPanel
from sfv.render.recovery.people import Person, people_of
from sfv.render.recovery.world import motion_heading, world_frames
from sfv.render.source import video_frames, video_of
from sfv.render.text import put_caption
from sfv.video import write_video

_DIMMED = 0.45
"""Brightness of the panels of the input after its end."""
_SEAM = 4
"""Pixels between panels."""


def side_by_side(
    video: Path | str,
    keypoints: Keypoints | None,
    motion: BodyMotion,
    clip: Clip,
    rollout_qpos: np.ndarray,
    out_path: Path | str,
    *,
    character: Character,
    rollout_fps: float = 30.0,
    person: int = 0,
    body: Body | None = None,
    reference: np.ndarray | None = None,
    acting: Sequence[Acting] | None = None,
    environment: Environment | None = None,
    config: RenderConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the three panels, in step with the video.

    ``rollout_qpos`` (N, nq) are the poses of the simulation at ``rollout_fps``; its frame 0 belongs to frame 0 of ``clip``. A cyclic
    clip's character starts as many periods earlier as the video needs, and goes on for ``config.tail_seconds`` after the
    input's end. ``person`` is the row of ``keypoints``; ``reference`` (N, nq) what each pose should have been, drawn where
    ``config.ghost`` says; ``acting`` the forces at each pose; ``environment`` the ground of the simulation; ``progress`` is called
    with frames done and to do. Raises SfvError (poses of another character, a video that is not the motion's), RenderError
    without OpenGL, VideoError.
    """
    config = config or RenderConfig()
    ready_backend()
    skin = body or load_body(name=motion.body)
    (shown,) = people_of([motion], [skin], [person if keypoints else -1])
    times = _times(motion, clip, len(rollout_qpos) / rollout_fps, config)
    simulated_at = _rollout_frames(times, motion, clip, rollout_fps)
    poses = _sampled(rollout_qpos, simulated_at, clip)
    references = None if reference is None else _sampled(reference, simulated_at, clip)
    forces = None if acting is None else [acting[at] for at in _nearest(simulated_at, len(acting))]
    heading = motion_heading(motion)
    azimuth = front_azimuth(heading, motion.camera, config.turn_deg) - heading + qpos_heading(poses)
    input_frames = _input_frames(video, [shown], keypoints, motion, times, config)
    world = _held(world_frames(motion, skin, config, shown.vertices), _motion_index(motion, times))
    simulated = character_frames(poses, character, config, azimuth, references, forces, environment)

    def panels() -> Iterator[np.ndarray]:
        for done, (left, middle, right) in enumerate(zip(input_frames, world, simulated)):
            left, middle = left.copy(), middle.copy()
            ended = times[done] > motion.seconds + 0.5 / motion.fps
            if ended:
                left, middle = ((panel * _DIMMED).astype(np.uint8) for panel in (left, middle))
            put_caption(left, "the video has ended" if ended else "input, 2D skeleton and recovered body")
            put_caption(left, f"{times[done]:.1f} s", corner="bottom left")
            put_caption(middle, "recovered body in its world")
            put_caption(right, f"simulated {character.name} under its policy")
            seam = np.full((config.height, _SEAM, 3), 255, np.uint8)
            yield np.concatenate([left, seam, middle, seam, right], axis=1)
            if progress:
                progress(done + 1, len(times))

    write_video(out_path, panels(), config.fps, config.crf)


def _times(motion: BodyMotion, clip: Clip, rollout_seconds: float, config: RenderConfig) -> np.ndarray:
    """Seconds since the motion's first frame, of every frame of the output."""
    start = (clip.first_frame - motion.first_frame) / motion.fps
    simulated = rollout_seconds + (0.0 if clip.cyclic else start)
    last = max(motion.seconds, min(motion.seconds + config.tail_seconds, simulated))
    return np.arange(0.0, last + 1e-9, 1.0 / config.fps)


def _rollout_frames(times: np.ndarray, motion: BodyMotion, clip: Clip, fps: float) -> np.ndarray:
    """Frames of the simulation, with fractions, at the times of the output."""
    start = (clip.first_frame - motion.first_frame) / motion.fps
    if clip.cyclic:
        start -= clip.seconds * np.ceil(max(start, 0.0) / clip.seconds)
    return (times - start) * fps


def _nearest(frames: np.ndarray, count: int) -> list[int]:
    """Whole frames of ``count``; the ends are held."""
    return np.clip(np.round(frames), 0, count - 1).astype(int).tolist()


def _sampled(qpos: np.ndarray, frames: np.ndarray, clip: Clip) -> np.ndarray:
    """Poses of the simulation at frames with fractions; its ends are held."""
    if qpos.ndim != 2 or qpos.shape[1] != clip.qpos.shape[1] or len(qpos) < 2:
        raise SfvError(
            f"the rollout has shape {qpos.shape}; two or more poses of {clip.qpos.shape[1]} numbers are needed"
        )
    return sample_frames(qpos, clip.widths, frames)


def _motion_index(motion: BodyMotion, times: np.ndarray) -> np.ndarray:
    return np.minimum(np.round(times * motion.fps).astype(int), len(motion) - 1)


def _held(frames: Iterator[np.ndarray], wanted: np.ndarray) -> Iterator[np.ndarray]:
    """The frames with the ascending indices ``wanted``, repeated where an index is."""
    index, frame = 0, next(frames)
    for goal in wanted:
        while index < goal:
            index, frame = index + 1, next(frames)
        yield frame


def _input_frames(
    video: Path | str,
    people: Sequence[Person],
    keypoints: Keypoints | None,
    motion: BodyMotion,
    times: np.ndarray,
    config: RenderConfig,
) -> Iterator[np.ndarray]:
    """Panels of the input at ``times``; the last one is held."""
    source = video_of(video, motion, keypoints)
    panel = InputPanel(people, keypoints, source.size, config)
    frames = motion.first_frame + _motion_index(motion, times)
    drawn: tuple[int, np.ndarray] | None = None
    for frame, (number, picture) in zip(frames.tolist(), video_frames(source, motion, frames)):
        if drawn is None or drawn[0] != frame:
            drawn = (frame, panel.draw(picture, frame, number))
        yield drawn[1]
