"""The panel of the input: the frame, cut around the person, with the 2D skeleton and the recovered body over it."""

import cv2
import numpy as np

from sfv.body.model import Body
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.render.config import RenderConfig
from sfv.render.overlay import paint_body, paint_keypoints
from sfv.render.view import scaled, smooth_path

_ROOM = 1.35
"""The cut is this much larger than the space the person moves in."""
_NARROWEST = 0.6
"""Least width of the panel, as a share of its height."""
_SMALL = 0.45
"""Where the whole way fits only with the person smaller than this share of the panel, the cut follows him instead."""
_FOLLOWED, _FOLLOWED_ASPECT = 0.62, 4 / 3
"""Height of a followed person as a share of the panel, and width of that panel against its height."""
_FOLLOW_SECONDS = 0.5
"""Time over which the way of the cut is smoothed."""


class InputPanel:
    """Cuts, enlarges and draws over the frames of one motion."""

    def __init__(
        self,
        motion: BodyMotion,
        vertices: np.ndarray,
        body: Body,
        keypoints: Keypoints | None,
        person: int,
        config: RenderConfig,
    ) -> None:
        if motion.camera is None:
            raise SfvError(
                "the motion has no camera, so its body cannot be drawn over the video; reconstruct it from the video"
            )
        self._motion, self._vertices, self._body = motion, vertices, body
        self._keypoints, self._person, self._config = keypoints, person, config
        self._size, self._corners = _cut(motion, motion.camera.project(vertices), motion.camera.image_size, config)
        self._factor = config.height / self._size[1]

    def draw(self, frame: np.ndarray, index: int, source_frame: int) -> np.ndarray:
        """Panel of video frame ``source_frame`` (H, W, 3, uint8 RGB), which is frame ``index`` of the motion."""
        camera = self._motion.camera
        assert camera is not None  # __init__ refused it
        (left, top), (width, height) = self._corners[index].tolist(), self._size
        size = (round(width * self._factor), self._config.height)
        method = cv2.INTER_AREA if self._factor < 1 else cv2.INTER_CUBIC
        image = cv2.resize(frame[top : top + height, left : left + width], size, interpolation=method)
        view = scaled(camera, self._factor, (left, top))
        paint_body(image, self._vertices[index], self._body.faces, view, self._config.supersample)
        if self._keypoints is not None:
            at = source_frame - self._keypoints.first_frame
            paint_keypoints(image, self._keypoints, self._person, at, self._factor, (left, top))
        return image


def _cut(
    motion: BodyMotion, pixels: np.ndarray, image_size: tuple[int, int], config: RenderConfig
) -> tuple[tuple[int, int], np.ndarray]:
    """Size of the cut in pixels of the video, and its left top corner in every frame. Shape (T, 2).

    It stands still and holds the whole way of the person, unless that would make him small: then it goes with him.
    """
    full = np.asarray(image_size)
    low, high = np.clip(np.nanmin(pixels, axis=1), 0, full), np.clip(np.nanmax(pixels, axis=1), 0, full)
    person = float(np.quantile((high - low)[:, 1], 0.9))
    want = np.maximum(_ROOM * (high.max(0) - low.min(0)), 2)
    widest = config.max_input_width / config.height
    tall = min(max(want[1], want[0] / widest), full[1])
    wide = min(max(want[0], _NARROWEST * tall), widest * tall, full[0])
    middle = np.repeat(0.5 * (low.min(0) + high.max(0))[None], len(low), axis=0)
    if person < _SMALL * tall:
        tall = min(person / _FOLLOWED, full[1])
        wide = min(_FOLLOWED_ASPECT * tall, full[0])
        flat = np.concatenate([0.5 * (low + high), np.zeros((len(low), 1))], axis=1)
        middle = smooth_path(flat, round(_FOLLOW_SECONDS * motion.fps))[:, :2]
    size = np.array([int(wide), int(tall)])
    corners = np.clip(middle - size / 2, 0, full - size).astype(int)
    return (int(size[0]), int(size[1])), corners
