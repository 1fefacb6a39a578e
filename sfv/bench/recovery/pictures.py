"""Overlays of the best and the worst frames of a set on one contact sheet."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from sfv.bench.recovery.case import Case
from sfv.bench.recovery.recover import Result
from sfv.body import Body
from sfv.motion.body_motion import BodyMotion
from sfv.render.recovery.overlay import paint_body
from sfv.render.sheet import contact_sheet, write_png
from sfv.render.source import video_frames, video_of

_EACH = 4  # best and worst cases shown
_SUPERSAMPLE, _TILE = 2, 360
_ROOM = 1.35  # side of the square over the person's size
_LEAST_SIDE = 64.0  # pixels


def write_sheet(results: Sequence[tuple[Case, Result]], body: Body, out: Path) -> None:
    """Write the best frame of the best videos in the first row and the worst frame of the worst ones in the second.

    One frame a video, so that the sheet shows different things. ``results``: recovered motions of one set.
    """
    usable = [(case, result) for case, result in results if result.motion is not None]
    if not usable:
        return
    best = sorted(usable, key=lambda pair: float(pair[1].pa_mm.min()))[:_EACH]
    worst = sorted(usable, key=lambda pair: -float(pair[1].pa_mm.max()))[:_EACH]
    tiles, captions = [], []
    for group, pick in ((best, np.argmin), (worst, np.argmax)):
        for case, result in group:
            at = int(pick(result.pa_mm))
            tiles.append(_overlay(case, result, int(result.frames[at]), body))
            captions.append(f"{case.label.replace('_', ' ')}, frame {result.frames[at]}: {result.pa_mm[at]:.0f} mm")
    write_png(out, contact_sheet(tiles, captions, columns=len(best), tile_height=_TILE))


def _overlay(case: Case, result: Result, frame: int, body: Body) -> np.ndarray:
    assert result.motion is not None
    motion = BodyMotion.load(result.motion)
    assert motion.camera is not None
    index = frame - motion.first_frame
    cut = slice(index, index + 1)
    vertices = body.vertices(motion.poses[cut], motion.betas, motion.trans[cut])[0]
    image = next(picture.copy() for _, picture in video_frames(video_of(case.video, motion), motion, [frame]))
    paint_body(image, vertices, body.faces, motion.camera, _SUPERSAMPLE)
    return _crop(image, motion.camera.project(vertices))


def _crop(image: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """A square about the person, _TILE pixels wide; what lies outside of the picture is white. ``pixels``: the body's (V, 2)."""
    low, high = pixels.min(0), pixels.max(0)
    side = max(float((high - low).max()) * _ROOM, _LEAST_SIDE)
    corner = np.round(0.5 * (low + high - side)).astype(int)
    scale = _TILE / side
    turn = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    flag = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(image, turn, (_TILE, _TILE), flags=flag, borderValue=(255, 255, 255))
