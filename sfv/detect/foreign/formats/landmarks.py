"""Landmarks as objects with x and y: MediaPipe, the pose models of TensorFlow.js, YOLO's results."""

from collections.abc import Mapping
from typing import Any

from sfv.detect.foreign.formats.records import Content, Frame
from sfv.detect.foreign.formats.values import as_label, frame_of, has_points, label_of

WHOSE = "MediaPipe or the like"
_ONE = ("keypoints", "landmarks", "pose_landmarks", "poseLandmarks", "pose_keypoints_2d", "joints")
"""Keys under which the points of one person stand."""
_MANY = ("people", "persons", "poses", "instances", "landmarks", "pose_landmarks", "poseLandmarks")
"""Keys under which people stand."""
_FRAMES = "frames"
_LISTS = (_FRAMES, "results", "data", *_MANY, "keypoints")


def read_landmarks(value: Any) -> Content | None:
    """Frames of people of landmarks, as they are usually dumped; None for other formats."""
    if isinstance(value, list):
        return _of_list(value, False)
    if not isinstance(value, Mapping):
        return None
    if _is_person(value):  # one person's points in a file for each frame
        return Content(WHOSE, [frame_of([value], label_of(value))])
    for key in _LISTS:
        if isinstance(value.get(key), list) and (found := _of_list(value[key], key == _FRAMES)) is not None:
            alone = len(found.frames) == 1 and found.frames[0].label is None
            return Content(WHOSE, [Frame(found.frames[0].people, as_label(label_of(value)))]) if alone else found
    return None


def _of_list(value: list[Any], frames: bool) -> Content | None:
    """A list of one frame's points or people, or of frames; ``frames`` says that it is the latter."""
    if not value:
        return Content(WHOSE, [Frame([])])
    if not frames and (found := _people(value)) is not None:
        return Content(WHOSE, [found])
    each = [_frame(item) for item in value]
    known = [frame for frame in each if frame is not None]
    return Content(WHOSE, known) if len(known) == len(each) else None


def _people(value: list[Any]) -> Frame | None:
    """One frame: one person's points, or people who say of no frame ("keypoints" stand in an instance, landmarks in a frame)."""
    if all(map(_is_point, value)):
        return frame_of([{"landmarks": value}])
    if all(_is_person(item) and "keypoints" in item and label_of(item) is None for item in value):
        return frame_of(value)
    return None


def _frame(item: Any) -> Frame | None:
    """One entry of a list of frames: a person's points, people, or an object that holds them."""
    if not item:
        return Frame([])
    if isinstance(item, list):
        if all(isinstance(person, list) and person and all(map(_is_point, person)) for person in item):
            return frame_of([{"landmarks": person} for person in item])
        return frame_of(item) if all(map(_is_person, item)) else _people(item)
    if not isinstance(item, Mapping):
        return None
    if _is_person(item):
        return frame_of([item], label_of(item))
    for key in _MANY:
        if isinstance(item.get(key), list) and (found := _frame(item[key])) is not None:
            return Frame(found.people, as_label(label_of(item)))
    return Frame([], as_label(label_of(item))) if any(key in item and not item[key] for key in _MANY) else None


def _is_point(value: Any) -> bool:
    return isinstance(value, Mapping) and {"x", "y"} <= value.keys() and not isinstance(value["x"], list)


def _is_person(value: Any) -> bool:
    """Whether an object holds the points of one person, not of several."""
    if not has_points(value):
        return False
    points = next((value[key] for key in _ONE if key in value), None)
    if isinstance(points, Mapping):
        return True
    if not isinstance(points, list) or not points:
        return False
    first = points[0][0] if isinstance(points[0], list) and points[0] else points[0]
    return _is_point(points[0]) or first is None or isinstance(first, (int, float))
