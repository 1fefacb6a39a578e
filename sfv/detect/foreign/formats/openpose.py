"""OpenPose's people, and what others write in its manner: AlphaPose's "open" and "cmu" results, ControlNet's list of frames."""

from collections.abc import Mapping
from typing import Any

from sfv.detect.foreign.formats.records import Content, Frame
from sfv.detect.foreign.formats.values import frame_of, label_of, numbers_of

_PEOPLE = ("people", "bodies")


def read_openpose(value: Any) -> Content | None:
    """One frame (a file of a folder), a list of frames (ControlNet), or frames by the image's name; None for other formats."""
    if _is_frame(value):
        return Content("OpenPose", [_frame(value)], size=_size(value))
    if isinstance(value, list) and value and all(_is_frame(item) for item in value):
        sizes = {_size(item) for item in value}
        return Content("ControlNet", [_frame(item) for item in value], size=sizes.pop() if len(sizes) == 1 else None)
    if isinstance(value, Mapping) and value and all(_is_frame(item) for item in value.values()):
        return Content("AlphaPose", [Frame(_frame(item).people, str(name)) for name, item in value.items()])
    return None


def _is_frame(value: Any) -> bool:
    return isinstance(value, Mapping) and any(key in value for key in _PEOPLE)


def _frame(value: Mapping[str, Any]) -> Frame:
    return frame_of(next(value[key] for key in _PEOPLE if key in value), label_of(value))


def _size(value: Mapping[str, Any]) -> tuple[float, float] | None:
    """The canvas that ControlNet's points are measured in."""
    if "canvas_width" not in value or "canvas_height" not in value:
        return None
    width, height = numbers_of([value["canvas_width"], value["canvas_height"]]).tolist()
    return (width, height) if width >= 1 and height >= 1 else None
