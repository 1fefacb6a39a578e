"""Keypoints in the arrays of an npz."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sfv.detect.foreign.formats.records import Content, Frame, Person
from sfv.errors import FileFormatError
from sfv.motion.fields import frame_rate, numbers, texts
from sfv.video import Video

FPS_TOLERANCE = 0.01
"""Largest relative difference between the rates of a file and its video."""
_POINTS = ("xy", "keypoints", "landmarks")


def read_arrays(data: Mapping[str, np.ndarray], file: Path) -> Content:
    """Frames of the arrays of an npz.

    ``data`` has ``xy`` (or ``keypoints``, ``landmarks``) of shape (T, K, 2) or (P, T, K, 2), or with a third column, the confidence,
    or with four, MediaPipe's x, y, z and visibility; and, as far as they are known, ``names`` (K,), ``confidence``, ``fps``, which
    must be the video's, and ``image_size`` (width, height), which ``xy`` is measured in.

    Raises FileFormatError.
    """
    key = next((name for name in _POINTS if name in data), None)
    if key is None:
        raise FileFormatError(
            f"{file} lacks the array xy with the points; it holds {', '.join(sorted(data)) or 'nothing'}"
        )
    given = data[key]
    points = given[None] if given.ndim == 3 else given
    if points.ndim != 4 or points.shape[-1] not in (2, 3, 4):
        raise FileFormatError(
            f"{file}: {key} has shape {given.shape}; (frames, points, 2) or (people, frames, points, 2) is needed, or with a third "
            "column, the confidence"
        )
    points = numbers(points, f"{file}: {key}", (None, None, None, None), missing=True)
    names = None
    if "names" in data:
        names = texts(data["names"], f"{file}: names", points.shape[2])
    xy, confidence = points[..., :2], _confidence(points, data, file)
    size = None
    if "image_size" in data:
        width, height = numbers(data["image_size"], f"{file}: image_size", (2,)).tolist()
        if not min(width, height) >= 1:
            raise FileFormatError(f"{file}: image_size is {width:g} x {height:g}; give the picture's width and height")
        size = (width, height)
    array = np.concatenate([xy, confidence[..., None]], -1)
    frames = [
        Frame([Person(one[t], str(number)) for number, one in enumerate(array) if (one[t, :, 2] > 0).any()])
        for t in range(array.shape[1])
    ]
    return Content("an npz", frames, names, size)


def check_rate(data: Mapping[str, np.ndarray], file: Path, video: Video) -> None:
    """Raise FileFormatError where the arrays have another frame rate than the film's pictures, as it plays or in life."""
    if "fps" not in data:
        return
    given = frame_rate(data["fps"], f"give {file} the film's own")
    step = float(np.median(np.diff(video.pictures))) if len(video) > 1 else 1.0
    rates = {video.fps, max(step, 1.0) * video.fps, max(step, 1.0) * video.fps / video.film.slow_motion}
    if min(abs(given / rate - 1) for rate in rates) > FPS_TOLERANCE:
        raise FileFormatError(
            f"{file} has {given:g} frames per second, {video.path} {video.fps:g}; give the video's own"
        )


def _confidence(points: np.ndarray, data: Mapping[str, np.ndarray], file: Path) -> np.ndarray:
    if "confidence" in data:
        found = data["confidence"]
        found = numbers(
            found[None] if found.ndim == 2 else found, f"{file}: confidence", points.shape[:3], missing=True
        )
        return np.nan_to_num(found)
    columns = points.shape[-1]
    seen = np.isfinite(points[..., :2]).all(-1) & (points[..., :2] != 0).any(-1)
    if columns == 2:
        return seen.astype(float)
    last = np.nan_to_num(points[..., -1])
    if columns == 3 and last.size and (last.min() < 0 or last.max() > 1):
        raise FileFormatError(
            f"{file}: the third column goes from {last.min():g} to {last.max():g}, which is no confidence; give the points in the "
            "picture (two columns) and their confidence from 0 to 1"
        )
    return np.where(seen, last, 0.0)
