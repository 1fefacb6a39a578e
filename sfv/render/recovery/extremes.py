"""The best and the worst frames of a recovery, enlarged: what an error of so many pixels looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np

from sfv.body.model import Body, load_body
from sfv.detect.keypoints import Keypoints
from sfv.draw.view import scaled
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.ranges import Checked, Pixels, Range, Seconds
from sfv.render.recovery.overlay import paint_body, paint_keypoints
from sfv.render.recovery.people import Person, people_of
from sfv.render.sheet import contact_sheet, write_png
from sfv.render.source import video_frames, video_of
from sfv.render.text import put_caption

_ROOM = 1.25
"""The crop is this much larger than the body."""
_SUPERSAMPLE = 2


@dataclass(frozen=True)
class SheetLook(Checked):
    """How a sheet of extreme frames looks."""

    count: Annotated[int, Range(1, 1000)] = 4
    """So many best frames, and so many worst ones."""
    apart_seconds: Seconds = 0.25
    """Least time between two chosen frames of a row: neighbours look alike."""
    tile: tuple[Pixels, Pixels] = (300, 400)
    """Width and height of each picture, pixels. There are two: with landmarks and with the body."""
    unit: str = "px"
    """Unit of the errors, for the captions."""


def pick_extremes(errors: np.ndarray, count: int, apart: int) -> tuple[list[int], list[int]]:
    """Frames of the ``count`` least and greatest ``errors`` (T,), each at least ``apart`` frames from others of its row, NaN left out.

    Both lists begin with the most extreme frame; short clips give fewer. Raises SfvError where no error is known.
    """
    known = np.flatnonzero(np.isfinite(errors))
    if not len(known):
        raise SfvError("no frame has an error, so none is best or worst; give keypoints of the person of the motion")
    order = known[np.argsort(errors[known], kind="stable")]
    best = _spread(order, count, apart, [])
    worst = _spread(order[::-1], count, 1 if len(known) < 2 * count * apart else apart, best)
    return best, worst


def _spread(order: np.ndarray, count: int, apart: int, taken: Sequence[int]) -> list[int]:
    """The first frames of ``order`` that keep apart from each other and are not taken."""
    chosen: list[int] = []
    for frame in order.tolist():
        if frame not in taken and all(abs(frame - other) >= apart for other in chosen):
            chosen.append(frame)
        if len(chosen) == count:
            break
    return chosen


def extremes_sheet(
    video: Path | str,
    keypoints: Keypoints | None,
    motion: BodyMotion,
    errors: np.ndarray,
    out: Path | str,
    *,
    person: int = 0,
    body: Body | None = None,
    look: SheetLook | None = None,
) -> tuple[list[int], list[int]]:
    """Write a png with the best frames in its upper rows and the worst ones below, each with its landmarks and with the body.

    ``errors`` (T,) belong to the motion's frames, in ``look.unit``; ``person`` is the row of ``keypoints``. Returns the chosen frames,
    best and worst, as indices into the motion. Raises SfvError (no errors, no camera, a video that is not the motion's), VideoError.
    """
    look = look or SheetLook()
    if len(errors) != len(motion):
        raise SfvError(f"{len(errors)} errors for a motion of {len(motion)} frames; give one for each frame")
    best, worst = pick_extremes(errors, look.count, max(1, round(look.apart_seconds * motion.fps)))
    (shown,) = people_of([motion], [body or load_body(name=motion.body)], [person if keypoints else -1])
    wanted = sorted({*best, *worst})
    tiles = {}
    frames = [motion.first_frame + index for index in wanted]
    for index, (number, picture) in zip(wanted, video_frames(video_of(video, motion, keypoints), motion, frames)):
        tiles[index] = _tile(picture, shown, keypoints, index, number, look)
    pictures = []
    for row, chosen in (("best", best), ("worst", worst)):
        for rank in range(look.count):
            if rank < len(chosen):
                tile = tiles[chosen[rank]].copy()
                put_caption(tile, f"{row} {rank + 1}: {errors[chosen[rank]]:.1f} {look.unit}", corner="top left")
                frame = motion.first_frame + chosen[rank]
                put_caption(tile, f"frame {frame}, {frame / motion.fps:.2f} s", corner="bottom left")
            else:
                tile = np.full((look.tile[1], 2 * look.tile[0], 3), 255, np.uint8)
            pictures.append(tile)
    write_png(out, contact_sheet(pictures, columns=min(look.count, 4), tile_height=look.tile[1]))
    return best, worst


def _tile(
    picture: np.ndarray, person: Person, keypoints: Keypoints | None, index: int, number: int, look: SheetLook
) -> np.ndarray:
    """Input with landmarks | input with the body, cut around the person."""
    camera = person.motion.camera
    if camera is None:
        raise SfvError(
            "the motion has no camera, so its body cannot be drawn over the video; reconstruct it from the video"
        )
    corner, factor = _crop(person, keypoints, camera, index, number, look)
    move = np.array([[factor, 0.0, -factor * corner[0]], [0.0, factor, -factor * corner[1]]])
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    plain = np.asarray(cv2.warpAffine(picture, move, look.tile, flags=method, borderValue=(24, 24, 26)), np.uint8)
    laid = plain.copy()
    view = scaled(camera, factor, (float(corner[0]), float(corner[1])))
    paint_body(
        laid, person.vertices[index], person.body.faces, view, _SUPERSAMPLE, person.face_colours(index, fine=False)
    )
    if keypoints is not None:
        row = number - keypoints.first_frame
        paint_keypoints(plain, keypoints, person.row, row, factor, (float(corner[0]), float(corner[1])))
    return np.concatenate([plain, laid], axis=1)


def _crop(
    person: Person, keypoints: Keypoints | None, camera: Camera, index: int, number: int, look: SheetLook
) -> tuple[np.ndarray, float]:
    """Left top corner (2,) of the crop in pixels of the video, and its enlargement: body and landmarks are inside."""
    points = camera.project(person.vertices[index])
    if keypoints is not None and 0 <= (row := number - keypoints.first_frame) < keypoints.num_frames:
        points = np.concatenate([points, keypoints.xy_px[person.row, row]])
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        points = np.array([[0.0, 0.0], camera.image_size])
    low, high = points.min(0), points.max(0)
    factor = float(np.min(np.asarray(look.tile) / np.maximum(_ROOM * (high - low), 8.0)))
    return 0.5 * (low + high) - 0.5 * np.asarray(look.tile) / factor, factor
