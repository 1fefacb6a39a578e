"""The video of a recovery: input with what was seen and recovered | the bodies from the side | from above | a strip of time."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sfv.body.model import Body, load_body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.report.reprojection import matching_person
from sfv.render.config import RenderConfig
from sfv.render.recovery.camera import above_camera, side_camera
from sfv.render.recovery.input_panel import InputPanel
from sfv.render.recovery.people import Person, people_of, span
from sfv.render.recovery.timeline import Timeline
from sfv.render.recovery.view import WorldPanel
from sfv.render.source import video_frames, video_of
from sfv.render.text import put_caption
from sfv.video import write_video

_SEAM = 4
"""Pixels between panels."""


def render_recovery(
    out: Path | str,
    motions: Sequence[BodyMotion],
    *,
    video: Path | str | None = None,
    keypoints: Keypoints | None = None,
    rows: Sequence[int] | None = None,
    bodies: Sequence[Body] | None = None,
    config: RenderConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the recovery of one or several people of one world, in the time of the video.

    Args:
        out: mp4 to write.
        motions: everybody; all in the same world and at the same rate.
        video: what they were recovered from; without it only the world is shown.
        keypoints: 2D landmarks to draw over the input.
        rows: row of ``keypoints`` of each motion, -1 for none; by default the one whose landmarks lie on the body.
        bodies: body model of each motion; loaded by ``BodyMotion.body`` by default.
        config: sizes and rates.
        progress: called with frames done and to do.

    Raises SfvError (no motion, motions or video that do not belong together), VideoError.
    """
    look = config or RenderConfig()
    write_video(
        out,
        recovery_frames(motions, video, keypoints, rows, bodies, look, progress),
        output_rate(motions, look),
        look.crf,
    )


def output_rate(motions: Sequence[BodyMotion], config: RenderConfig) -> float:
    """Frames a second of what is written: the motions' own, or ``config.fps`` where that is less."""
    return min(config.fps, motions[0].fps) if motions else config.fps


def recovery_frames(
    motions: Sequence[BodyMotion],
    video: Path | str | None,
    keypoints: Keypoints | None,
    rows: Sequence[int] | None,
    bodies: Sequence[Body] | None,
    config: RenderConfig,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[np.ndarray]:
    """The pictures of ``render_recovery``. Each (H, W, 3), uint8 RGB."""
    skins = bodies if bodies is not None else load_bodies(motions)
    people = people_of(motions, skins, rows if rows is not None else matching_rows(motions, keypoints, skins))
    first, last = span(people)
    fps = motions[0].fps
    frames = np.round(np.arange(first, last + 0.5, fps / output_rate(motions, config))).astype(int)
    frames = frames[frames <= last]
    world = [
        (WorldPanel(people, side_camera(people, config), config.supersample), _side_words(people, config)),
        (WorldPanel(people, above_camera(people, config), config.supersample), _above_words(people)),
    ]
    inputs = _input_panels(people, video, keypoints, frames, config)
    timeline: Timeline | None = None
    for done, (frame, seen) in enumerate(zip(frames.tolist(), inputs)):
        panels = [] if seen is None else [_captioned(seen, "input, 2D landmarks and recovered body")]
        panels += [_captioned(panel.draw(frame), words) for panel, words in world]
        put_caption(panels[0], f"{frame / fps:.2f} s   frame {frame}", corner="bottom left")
        seam = np.full((config.height, _SEAM, 3), 255, np.uint8)
        image = np.concatenate([part for panel in panels for part in (seam, panel)][1:], axis=1)
        timeline = timeline or Timeline(people, image.shape[1])
        yield np.concatenate([image, timeline.draw(frame)])
        if progress:
            progress(done + 1, len(frames))


def matching_rows(motions: Sequence[BodyMotion], keypoints: Keypoints | None, bodies: Sequence[Body]) -> list[int]:
    """Row of ``keypoints`` that shows each motion's person, -1 where none does or no camera tells."""
    rows = []
    for motion, body in zip(motions, bodies):
        row = None if keypoints is None or motion.camera is None else matching_person(motion, keypoints, body)
        rows.append(-1 if row is None else row)
    return rows


def load_bodies(motions: Sequence[BodyMotion]) -> list[Body]:
    """The body model of each motion; each file is read once. Raises SfvError where one is not found."""
    loaded = {name: load_body(name=name) for name in {motion.body for motion in motions}}
    return [loaded[motion.body] for motion in motions]


def _input_panels(
    people: Sequence[Person],
    video: Path | str | None,
    keypoints: Keypoints | None,
    frames: np.ndarray,
    config: RenderConfig,
) -> Iterator[np.ndarray | None]:
    if video is None:
        yield from [None] * len(frames)
        return
    source = video_of(video, people[0].motion, keypoints)
    panel = InputPanel(people, keypoints, source.size, config)
    for frame, (number, picture) in zip(frames.tolist(), video_frames(source, people[0].motion, frames)):
        yield panel.draw(picture, frame, number)


def _captioned(panel: np.ndarray, words: str) -> np.ndarray:
    put_caption(panel, words)
    return panel


def _side_words(people: Sequence[Person], config: RenderConfig) -> str:
    turned = f"turned by {config.side_turn_deg:g}°" if people[0].motion.camera else "from the side"
    return turned if any(person.motion.grounded for person in people) else f"{turned}, no ground found"


def _above_words(people: Sequence[Person]) -> str:
    grounded = any(person.motion.grounded for person in people)
    return "from above, tiles of 1 m" if grounded else "from above"
