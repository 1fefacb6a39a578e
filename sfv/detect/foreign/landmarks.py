"""Landmarks as objects with x and y: MediaPipe, the pose models of TensorFlow.js, YOLO's results."""

from collections.abc import Mapping
from typing import Any

from sfv.detect.foreign.records import Content, Frame
from sfv.detect.foreign.values import frame_of, has_points, label_of

_LISTS = ("frames", "results", "data", "poses", "landmarks", "pose_landmarks", "poseLandmarks", "keypoints")
_INSTANCES = ("people", "persons", "poses", "instances", "landmarks", "pose_landmarks", "poseLandmarks")
_YOLO = "keypoints"


def read_landmarks(value: Any) -> Content | None:
    """Frames of people of landmarks, as they are usually dumped; None for other formats."""
    if isinstance(value, list):
        return _of_list(value)
    if isinstance(value, Mapping):
        if _is_person(value):  # one person's points in a file for each frame
            return Content("landmarks", [Frame(frame_of([value]).people, label_of(value))])
        for key in _LISTS:
            if isinstance(value.get(key), list) and (found := _of_list(value[key])) is not None:
                single = len(found.frames) == 1 and found.frames[0].label is None
                return Content(found.format, [Frame(found.frames[0].people, label_of(value))]) if single else found
    return None


def _of_list(value: list[Any]) -> Content | None:
    if not value:
        return Content("landmarks", [Frame([])])
    if all(_is_point(item) for item in value):
        return Content("landmarks", [frame_of([{"landmarks": value}])])
    if all(_is_person(item) and label_of(item) is None for item in value):
        whose = "YOLO" if any(isinstance(item.get(_YOLO), Mapping) for item in value) else "landmarks"
        return Content(whose, [frame_of(value)])
    frames = [_frame(item) for item in value]
    known = [frame for frame in frames if frame is not None]
    return Content("landmarks", known) if len(known) == len(frames) else None


def _frame(item: Any) -> Frame | None:
    """One entry of a list of frames: a person's points, people, or an object that holds them."""
    if item is None:
        return Frame([])
    if isinstance(item, list):
        if all(_is_point(point) for point in item):
            return frame_of([{"landmarks": item}] if item else [])
        if all(_is_person(person) for person in item):
            return frame_of(item)
        if all(isinstance(person, list) and person and all(map(_is_point, person)) for person in item):
            return frame_of([{"landmarks": person} for person in item])
        return None
    if not isinstance(item, Mapping):
        return None
    for key in _INSTANCES:
        if key in item and (found := _frame(item[key])) is not None:
            return Frame(found.people, frame_of([], label_of(item)).label)
    return frame_of([item], label_of(item)) if _is_person(item) else None


def _is_point(value: Any) -> bool:
    return isinstance(value, Mapping) and {"x", "y"} <= value.keys() and not isinstance(value["x"], list)


def _is_person(value: Any) -> bool:
    """Whether an object holds the points of one person, not of several."""
    if not has_points(value):
        return False
    points = next(iter(value[key] for key in value if key in _POINTS_OF_ONE), None)
    if isinstance(points, Mapping):
        return True
    return (
        isinstance(points, list)
        and bool(points)
        and (_is_point(points[0]) or isinstance(points[0], (int, float, list)))
    )


_POINTS_OF_ONE = ("keypoints", "landmarks", "pose_landmarks", "poseLandmarks", "pose_keypoints_2d", "joints")
