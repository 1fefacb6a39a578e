"""What MMPose and the ViTPose in it write, and easy_ViTPose."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sfv.detect.foreign.formats.records import Content, Frame, Person
from sfv.detect.foreign.formats.values import frame_of, has_points, label_of, points_of
from sfv.errors import FileFormatError

_FRAMES = ("instance_info", "predictions")


def read_mmpose(value: Any) -> Content | None:
    """Frames with instances: MMPose's predictions of a video, its demo's results, one image's; None for other formats."""
    if isinstance(value, Mapping):
        key = next((key for key in _FRAMES if isinstance(value.get(key), list)), None)
        frames = None if key is None else _frames(value[key])
        return None if frames is None else Content("MMPose", frames, _names(value.get("meta_info")))
    if not isinstance(value, list) or not value:
        return None
    if all(has_points(item) and "keypoint_scores" in item for item in value):  # one image
        return Content("MMPose", [frame_of(value)])
    if all(isinstance(item, Mapping) and "instances" in item for item in value):
        return Content("MMPose", _frames(value) or [])
    return None


def _frames(value: list[Any]) -> list[Frame] | None:
    if value and all(isinstance(item, Mapping) and "instances" in item for item in value):
        return [frame_of(item["instances"], label_of(item)) for item in value]
    if value and all(isinstance(item, list) for item in value):  # people of each image
        return [frame_of(item) for item in value]
    if value and all(has_points(item) for item in value):
        return [frame_of(value)]
    return None


def _names(meta: Any) -> tuple[str, ...] | None:
    """Names of the points from MMPose's description of its data set."""
    named = meta.get("keypoint_id2name") if isinstance(meta, Mapping) else None
    if isinstance(named, Mapping) and set(named) == {str(index) for index in range(len(named))}:
        return tuple(str(named[str(index)]) for index in range(len(named)))
    return None


def read_easy_vitpose(value: Any) -> Content | None:
    """easy_ViTPose: for each frame the people by number, each point as y, x, score; None for other formats."""
    if not isinstance(value, Mapping) or not isinstance(value.get("skeleton"), Mapping):
        return None
    frames = value.get("keypoints")
    if not isinstance(frames, list) or not all(isinstance(frame, Mapping) for frame in frames):
        return None
    return Content(
        "easy_ViTPose", [_people(frame) for frame in frames], _names({"keypoint_id2name": value["skeleton"]})
    )


def _people(frame: Mapping[str, Any]) -> Frame:
    found = []
    for number, points in frame.items():
        array = points_of(points)[0]
        if array.shape[1] != 3:
            raise FileFormatError("a point of easy_ViTPose must be y, x, score")
        found.append(Person(np.ascontiguousarray(array[:, [1, 0, 2]]), str(number)))
    return Frame(found)
