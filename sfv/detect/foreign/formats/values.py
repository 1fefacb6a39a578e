"""Numbers and people out of JSON values, however a program arranges them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sfv.detect.foreign.formats.records import Frame, Person
from sfv.detect.foreign.layouts import COUNTS
from sfv.errors import FileFormatError

FAR = 1e5
"""Coordinates beyond this are no pixels of any picture."""
MOST_POINTS = 1000
"""Points of one person."""
_SCORES = ("keypoint_scores", "keypoints_scores", "keypoints_score", "scores")
_CONFIDENCE = ("score", "visibility", "confidence", "likelihood", "conf", "c", "v", "visible")
_POINTS = ("pose_keypoints_2d", "pose_keypoints", "keypoints", "joints", "landmarks", "pose_landmarks", "poseLandmarks")
_TRACKS = ("track_id", "person_id", "idx", "trackId", "id")
_LABELS = (
    "frame_id", "frame_index", "frame_idx", "frame", "frame_number", "frameNumber", "frame_num", "image_id",
    "image_name", "file_name", "image", "filename",
)  # fmt: skip


def has_points(value: Any) -> bool:
    """Whether a JSON value can be a person."""
    return isinstance(value, Mapping) and any(key in value for key in _POINTS)


def person_of(value: Any) -> Person | None:
    """A person; None where the body was not seen (only a face or hands). Raises FileFormatError, without the file's name."""
    if not isinstance(value, Mapping):
        raise FileFormatError(f"a person must be an object with keypoints, not {_kind(value)}")
    key = next((key for key in _POINTS if key in value), None)
    if key is None:
        raise FileFormatError(
            f"a person has the keys {_keys(value)}; none of {', '.join(_POINTS)} with the points is there"
        )
    scores = next((value[name] for name in _SCORES if isinstance(value.get(name), list)), None)
    found = value[key]
    if not found:
        return None
    points, names = points_of(found, scores)
    return Person(points, _track(value), names)


def frame_of(people: Any, label: Any = None) -> Frame:
    """A frame from a list of people."""
    if people is None:
        people = []
    if not isinstance(people, Sequence) or isinstance(people, str):
        raise FileFormatError(f"the people of a frame must be a list, not {_kind(people)}")
    found = [person_of(person) for person in people]
    return Frame([person for person in found if person is not None], as_label(label))


def label_of(value: Mapping[str, Any]) -> Any:
    """What tells which frame an object is, or None."""
    return next((value[key] for key in _LABELS if value.get(key) is not None), None)


def as_label(value: Any) -> str | int | None:
    """A frame's number or name. Raises FileFormatError for what is neither."""
    if value is None or (isinstance(value, (str, int)) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise FileFormatError(f"a frame must be told by a number or a name, not {_kind(value)}")


def points_of(value: Any, scores: Any = None) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Points (K, 3) of x, y and confidence, and their names where they have some. Raises FileFormatError."""
    if isinstance(value, Mapping):  # one list for each coordinate, or one point for each name
        if {"x", "y"} <= value.keys():
            columns = [value["x"], value["y"], *(value[key] for key in _CONFIDENCE if key in value)]
            return _with_confidence(np.stack([numbers_of(column).ravel() for column in columns[:3]], 1), scores), None
        return _named([(str(name), point) for name, point in value.items()])
    if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
        named = [
            (str(point.get("name") or point.get("part") or ""), point) for point in value if isinstance(point, Mapping)
        ]
        points, names = _named(named)
        return points, names if names and all(names) and len(set(names)) == len(names) else None
    array = numbers_of(value)
    if array.ndim == 3 and len(array) == 1:  # a batch of one
        array = array[0]
    if array.ndim == 1:
        array = array.reshape(-1, _columns(len(array), scores is not None))
    if array.ndim != 2 or array.shape[1] not in (2, 3, 4) or len(array) > MOST_POINTS:
        raise FileFormatError(f"a person's keypoints have shape {array.shape}; (points, 2) or (points, 3) is known")
    return _with_confidence(array, scores), None


def numbers_of(value: Any) -> np.ndarray:
    """Numbers of a JSON list as float64; null becomes NaN. Raises FileFormatError for text and for lists of uneven length."""
    try:
        array = np.asarray(value)
        if array.dtype == object:
            array = np.asarray(_without_none(value))
    except (ValueError, TypeError, OverflowError) as error:
        raise FileFormatError("keypoints must be lists of numbers of one length") from error
    if array.dtype.kind not in "iuf":
        raise FileFormatError("keypoints must be numbers; there is text or something else among them")
    array = array.astype(float)
    if array.size and np.nanmax(np.abs(np.where(np.isfinite(array), array, 0.0))) > FAR:
        raise FileFormatError(f"a keypoint holds a number above {FAR:g}, which is no place in a picture")
    return array


def _without_none(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return np.nan if value is None else value


def _columns(count: int, scored: bool) -> int:
    """How many numbers a point has in a flat list."""
    fits = [columns for columns in ((2, 3) if scored else (3, 2)) if count % columns == 0]
    known = [columns for columns in fits if count // columns in COUNTS]
    if not fits:
        raise FileFormatError(f"a person has {count} numbers, which are no pairs x, y nor triples x, y, confidence")
    return (known or fits)[0]


def _with_confidence(array: np.ndarray, scores: Any) -> np.ndarray:
    if array.shape[1] == 4:  # x, y, depth and visibility, as MediaPipe has them
        array = array[:, [0, 1, 3]]
    if scores is not None:
        confidence = numbers_of(scores).ravel()
        if array.shape[1] != 2:
            raise FileFormatError(
                "the keypoints are in three dimensions; points in the picture are needed (the 2D result)"
            )
        if len(confidence) != len(array):
            raise FileFormatError(f"{len(array)} points have {len(confidence)} scores; they must be as many")
        return np.column_stack([array, confidence])
    if array.shape[1] == 3:
        return array
    seen = np.isfinite(array).all(1) & (array != 0).any(1)  # without a confidence, 0, 0 means absent everywhere
    return np.column_stack([array, seen.astype(float)])


def _named(points: list[tuple[str, Any]]) -> tuple[np.ndarray, tuple[str, ...]]:
    rows = []
    for _, point in points:
        if isinstance(point, Mapping) and {"x", "y"} <= point.keys():
            rows.append([point["x"], point["y"], next((point[key] for key in _CONFIDENCE if key in point), 1.0)])
        elif isinstance(point, list) and len(point) in (2, 3):
            rows.append([*point, 1.0][:3])
        else:
            raise FileFormatError(f"a point must have x and y, but is {_kind(point)}")
    if len(rows) > MOST_POINTS:
        raise FileFormatError(f"a person has {len(rows)} points; {MOST_POINTS} at most are known")
    return numbers_of(rows).reshape(-1, 3), tuple(name for name, _ in points)


def _track(value: Mapping[str, Any]) -> str | None:
    """Number that a person keeps from frame to frame. -1 and lists of -1 mean none."""
    for key in _TRACKS:
        found = value.get(key)
        while isinstance(found, list) and len(found) == 1:
            found = found[0]
        if isinstance(found, bool) or found is None:
            continue
        if isinstance(found, (int, float)) and np.isfinite(found) and found >= 0:
            return f"{found:g}"
        if isinstance(found, str) and found and found != "-1":
            return found
    return None


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"an object with the keys {_keys(value)}"
    return f"a list of {len(value)}" if isinstance(value, list) else json.dumps(value)[:40]


def _keys(value: Mapping[str, Any]) -> str:
    return ", ".join(list(map(str, value))[:8])[:200] or "none"


def keys_of(value: Any) -> str:
    """What a JSON value is, for a message: the keys of an object, the length of a list."""
    return _kind(value)
