"""Movable things beside the character, as data: the tables [[objects]] of an environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from sfv.errors import SfvError
from sfv.ranges import Checked, Range, Share

_NUMBERS = {"box": 3, "sphere": 1}


@dataclass(frozen=True)
class ObjectConfig(Checked):
    """One free body of one shape."""

    name: str
    """Tells it from the others."""
    size: tuple[Annotated[float, Range(0, 20)], ...]
    """Half extents of a box along its x (away from the character), y and z, or the radius of a sphere, metres."""
    mass: Annotated[float, Range(0, 100_000)]
    """Kilograms, spread evenly."""
    shape: Literal["box", "sphere"] = "box"
    friction: Annotated[float, Range(0, 100)] = 0.5
    """Sliding friction coefficient of all its contacts, whatever it touches."""
    place: tuple[Annotated[float, Range(-1000, 1000)], ...] | None = None
    """Where its centre is at the start: metres ahead of the character's root along its way, metres to the left of that, metres
    above the ground. None (in the file: "none"): it is parked out of reach until it is placed."""
    rgba: tuple[Share, ...] = (0.72, 0.52, 0.30, 1.0)
    """Colour and opacity, each in [0, 1]."""


def check_objects(objects: Sequence[ObjectConfig]) -> None:
    """Raise SfvError for two objects of one name, and for numbers that no body can have."""
    if len(objects) > _MANY:
        raise SfvError(f"there are {len(objects)} objects; up to {_MANY} are read")
    names = [item.name for item in objects]
    if any(not name or len(name) > _LONGEST for name in names):
        raise SfvError(f"an object's name has 1 to {_LONGEST} characters")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SfvError(f"several objects are called {', '.join(twice)}; give each [[objects]] a name of its own")
    for item in objects:
        count = _NUMBERS[item.shape]
        if len(item.size) != count or min(item.size, default=0.0) <= 0.0:
            what = "half extents along x, y and z" if item.shape == "box" else "its radius"
            raise SfvError(
                f"object '{item.name}': size must be {count} positive metres ({what}), got {list(item.size)}"
            )
        if item.mass <= 0.0 or item.friction <= 0.0:
            raise SfvError(
                f"object '{item.name}': mass and friction must be positive, got {item.mass:g} kg and {item.friction:g}"
            )
        if item.mass < _LIGHTEST or min(item.size) < _SMALLEST:
            raise SfvError(
                f"object '{item.name}': mass must be at least {_LIGHTEST:g} kg and sizes {_SMALLEST:g} m, got {item.mass:g} kg and "
                f"{list(item.size)} m"
            )
        if item.place is not None and len(item.place) != _PLACE:
            raise SfvError(
                f"object '{item.name}': place must be metres ahead, to the left and up, got {list(item.place)}"
            )
        if len(item.rgba) != _COLOUR:
            raise SfvError(f"object '{item.name}': rgba must be four numbers, got {list(item.rgba)}")


_LIGHTEST, _SMALLEST = 1e-4, 1e-3  # kg and m: what is less is lost between two steps of the physics
_MANY, _LONGEST = 32, 100
_PLACE, _COLOUR = 3, 4  # numbers
