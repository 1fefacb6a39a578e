"""The video of a completed still: the picture with its 2D skeleton | the simulated character that goes on from its pose."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sfv.body.model import Body
from sfv.character import Character
from sfv.detect.keypoints import Keypoints
from sfv.draw.gl import ready_backend
from sfv.draw.view import azimuth_of, front_azimuth
from sfv.evaluate.complete import Completion
from sfv.motion.body_motion import BodyMotion
from sfv.render.config import RenderConfig
from sfv.render.policy.character import character_frames, qpos_heading
from sfv.render.recovery.input_panel import InputPanel
from sfv.render.recovery.people import people_of
from sfv.render.text import put_caption
from sfv.video import open_video, write_video

_SEAM = 4
"""Pixels between panels."""


def completion_video(
    image: Path | str,
    keypoints: Keypoints,
    person: int,
    motion: BodyMotion,
    body: Body,
    completion: Completion,
    name: str,
    out: Path | str,
    *,
    character: Character,
    hold_seconds: float,
    config: RenderConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the two panels; the simulation begins after its first pose was held for ``hold_seconds``.

    The character is seen from where the picture's camera stood, as far as that is known. ``person`` is the row of ``keypoints`` that
    ``motion`` (one frame) was made from, ``name`` what goes on; ``progress`` is called with frames done and to do. Raises
    RenderError without OpenGL, VideoError.
    """
    config = config or RenderConfig()
    ready_backend()
    picture = _picture(image, keypoints, person, motion, body, config)
    held = round(hold_seconds * completion.fps)
    poses, references = (
        np.concatenate([np.repeat(track[:1], held, axis=0), track]) for track in (completion.qpos, completion.reference)
    )
    acting = [completion.acting[0]] * held + completion.acting
    azimuth = (
        front_azimuth(qpos_heading(completion.qpos), None, config.turn_deg)
        if motion.camera is None
        else azimuth_of(motion.camera) + np.degrees(completion.moment.turn)
    )
    simulated = character_frames(poses, character, config, float(azimuth), references, acting)
    seam = np.full((config.height, _SEAM, 3), 255, np.uint8)

    def panels() -> Iterator[np.ndarray]:
        for done, frame in enumerate(simulated):
            right = frame.copy()
            put_caption(right, f"simulated {character.name}: {name} from {completion.moment.seconds:.2f} s")
            put_caption(right, _state(completion, (done - held) / completion.fps), corner="bottom left")
            yield np.concatenate([picture, seam, right], axis=1)
            if progress:
                progress(done + 1, len(poses))

    write_video(out, panels(), completion.fps, config.crf)


def _picture(
    image: Path | str, keypoints: Keypoints, person: int, motion: BodyMotion, body: Body, config: RenderConfig
) -> np.ndarray:
    """The still around the person, with the skeleton alone: the body over it would hide whom it is to be compared with."""
    source = open_video(image)
    people = people_of([replace(motion, camera=None)], [body], [person])
    panel = InputPanel(people, keypoints, source.size, config)
    drawn = panel.draw(next(iter(source)), motion.first_frame, keypoints.first_frame).copy()
    put_caption(drawn, "picture and 2D skeleton")
    return drawn


def _state(completion: Completion, seconds: float) -> str:
    """What the picture at a time of the simulation shows; negative while the first pose is held."""
    if seconds < 0:
        return "the pose of the picture"
    fallen = completion.fell_after is not None and seconds >= completion.fell_after
    return f"{seconds:.1f} s{', fallen' if fallen else ''}"
