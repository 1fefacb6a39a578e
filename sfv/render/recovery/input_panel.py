"""The panel of the input: the frame, cut around the people, with their 2D skeletons and recovered bodies over it."""

from collections.abc import Sequence

import cv2
import numpy as np

from sfv.detect.keypoints import Keypoints
from sfv.draw.view import scaled, smooth_path
from sfv.reconstruct.report.reprojection import seen_landmarks
from sfv.render.config import RenderConfig
from sfv.render.recovery.overlay import paint_body, paint_keypoints
from sfv.render.recovery.people import Person, held_boxes, in_frame, span

_ROOM = 1.35
"""The cut is this much larger than the space the people move in."""
_NARROWEST = 0.6
"""Least width of the panel, as a share of its height."""
_SMALL = 0.45
"""Where the whole way fits only with the people smaller than this share of the panel, the cut follows them instead."""
_FOLLOWED, _FOLLOWED_ASPECT = 0.62, 4 / 3
"""Height of followed people as a share of the panel, and width of that panel against its height."""
_THIN = 3
"""The cut looks at every third vertex."""
_FOLLOW_SECONDS = 0.5
"""Time over which the way of the cut is smoothed."""


class InputPanel:
    """Cuts, enlarges and draws over the frames of one video."""

    def __init__(
        self, people: Sequence[Person], keypoints: Keypoints | None, image_size: tuple[int, int], config: RenderConfig
    ) -> None:
        """``image_size``: width and height of the video. Of a motion that no fixed camera saw only the 2D landmarks are drawn."""
        self._people, self._keypoints, self._config = people, keypoints, config
        self._first, low, high = _boxes(people, keypoints, image_size)
        window = round(_FOLLOW_SECONDS * people[0].motion.fps)
        self._size, self._corners = _cut(low, high, image_size, window, config)
        self._factor = config.height / self._size[1]

    def draw(self, picture: np.ndarray, frame: int, video_frame: int) -> np.ndarray:
        """Panel of frame ``video_frame`` of the video, ``picture`` (H, W, 3) uint8 RGB; ``frame`` is its number at the motions' rate."""
        index = int(np.clip(frame - self._first, 0, len(self._corners) - 1))
        (left, top), (width, height) = self._corners[index].tolist(), self._size
        size = (round(width * self._factor), self._config.height)
        method = cv2.INTER_AREA if self._factor < 1 else cv2.INTER_CUBIC
        image = cv2.resize(picture[top : top + height, left : left + width], size, interpolation=method)
        present = [(person, at) for person in self._people if (at := in_frame(person, frame)) is not None]
        seen = [
            (float(camera.to_camera(person.pelvis[at])[2]), person, at, camera)
            for person, at in present
            if (camera := person.motion.camera) is not None
        ]
        for _, person, at, camera in sorted(seen, key=lambda one: -one[0]):
            view = scaled(camera, self._factor, (left, top))
            colours = person.face_colours(at, fine=False)
            paint_body(image, person.vertices[at], person.body.faces, view, self._config.supersample, colours)
        for person, _ in present:
            if self._keypoints is not None and person.row >= 0:
                row = video_frame - self._keypoints.first_frame
                paint_keypoints(image, self._keypoints, person.row, row, self._factor, (left, top))
        return image


def _boxes(
    people: Sequence[Person], keypoints: Keypoints | None, image_size: tuple[int, int]
) -> tuple[int, np.ndarray, np.ndarray]:
    """First frame, and the box in pixels around everybody in each frame from there on, inside the picture. Shapes (T, 2), (T, 2)."""
    first, last = span(people)
    low, high = np.full((last - first + 1, 2), np.inf), np.full((last - first + 1, 2), -np.inf)
    for person in people:
        points = _points(person, keypoints)
        seen = np.isfinite(points).all(-1, keepdims=True)
        at = slice(person.motion.first_frame - first, person.motion.first_frame - first + len(person.motion))
        inside = np.clip(points, 0, image_size)
        low[at] = np.minimum(low[at], np.where(seen, inside, np.inf).min(1))
        high[at] = np.maximum(high[at], np.where(seen, inside, -np.inf).max(1))
    if not np.isfinite(low).any():  # nobody is in view: show the whole picture
        low[:], high[:] = 0.0, image_size
    return first, *held_boxes(low, high)


def _points(person: Person, keypoints: Keypoints | None) -> np.ndarray:
    """What of a person is in the picture in each frame: skin, or where no camera tells landmarks. Shape (T, N, 2), pixels."""
    motion = person.motion
    if motion.camera is not None:
        return motion.camera.project(person.vertices[:, ::_THIN])
    if keypoints is None or person.row < 0:
        return np.full((len(motion), 1, 2), np.nan)
    return seen_landmarks(motion, keypoints, person.row)[0]


def _cut(
    low: np.ndarray, high: np.ndarray, image_size: tuple[int, int], window: int, config: RenderConfig
) -> tuple[tuple[int, int], np.ndarray]:
    """Size of the cut in pixels of the video, and its left top corner in every frame. Shape (T, 2).

    It stands still and holds the whole way of the people, unless that would make them small: then it goes with them, and
    ``window`` frames smooth its way.
    """
    full = np.asarray(image_size)
    tallest = float(np.quantile((high - low)[:, 1], 0.9))
    widest = float(np.quantile((high - low)[:, 0], 0.9))
    want = np.maximum(_ROOM * (high.max(0) - low.min(0)), 2)
    longest = config.max_input_width / config.height
    tall = min(max(want[1], want[0] / longest), full[1])
    wide = min(max(want[0], _NARROWEST * tall), longest * tall, full[0])
    middle = np.repeat(0.5 * (low.min(0) + high.max(0))[None], len(low), axis=0)
    if max(tallest, widest / _FOLLOWED_ASPECT) < _SMALL * tall:
        tall = min(max(tallest, widest / _FOLLOWED_ASPECT) / _FOLLOWED, full[1])
        wide = min(_FOLLOWED_ASPECT * tall, full[0])
        flat = np.concatenate([0.5 * (low + high), np.zeros((len(low), 1))], axis=1)
        middle = smooth_path(flat, window)[:, :2]
    size = np.maximum(np.array([int(wide), int(tall)]), 1)
    corners = np.clip(middle - size / 2, 0, full - size).astype(int)
    return (int(size[0]), int(size[1])), corners
