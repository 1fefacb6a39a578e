"""COCO's annotations and results, and AlphaPose's results, which are a list of the same kind."""

from collections.abc import Mapping
from typing import Any

from sfv.detect.foreign.formats.records import Content, Frame, Person
from sfv.detect.foreign.formats.values import as_label, has_points, numbers_of, person_of
from sfv.errors import FileFormatError


def read_coco(value: Any) -> Content | None:
    """A list of people with the image of each, or annotations with their images; None for other formats."""
    if isinstance(value, list) and value and all(has_points(item) and "image_id" in item for item in value):
        whose = "AlphaPose" if any(isinstance(item["image_id"], str) for item in value) else "COCO results"
        return Content(whose, _frames(value, {}))
    if not isinstance(value, Mapping) or not isinstance(value.get("annotations"), list):
        return None
    images = {_image(item): item for item in value.get("images") or [] if isinstance(item, Mapping)}
    people = [item for item in value["annotations"] if isinstance(item, Mapping) and "keypoints" in item]
    if not people:
        raise FileFormatError("COCO annotations without keypoints: boxes and masks say nothing of the limbs")
    return Content("COCO annotations", _frames(people, images), _names(value), _size(list(images.values())))


def _image(item: Mapping[str, Any]) -> Any:
    return as_label(item.get("id"))


def _frames(people: list[Any], images: Mapping[Any, Any]) -> list[Frame]:
    """People by image; images without people are frames with nobody."""
    found: dict[Any, list[Person]] = {number: [] for number in images}
    for item in people:
        number = as_label(item.get("image_id"))
        person = person_of(
            {key: part for key, part in item.items() if key != "id"}
        )  # the annotation's, not the person's
        found.setdefault(number, []).extend([person] if person is not None else [])
    return [
        Frame(members, as_label(images[number].get("file_name", number)) if number in images else number)
        for number, members in found.items()
    ]


def _names(value: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Names of the points, which the category of people holds."""
    for category in value.get("categories") or []:
        if isinstance(category, Mapping) and isinstance(category.get("keypoints"), list):
            return tuple(str(name) for name in category["keypoints"])
    return None


def _size(images: list[Any]) -> tuple[float, float] | None:
    sizes = {(item.get("width"), item.get("height")) for item in images}
    if len(sizes) != 1 or None in (only := sizes.pop()):
        return None
    width, height = numbers_of(list(only)).tolist()
    return (width, height) if width >= 1 and height >= 1 else None
