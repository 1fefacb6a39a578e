"""Movable things beside the character, as data: the tables [[objects]] of an environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sfv.errors import SfvError

_NUMBERS = {"box": 3, "sphere": 1}


@dataclass(frozen=True)
class ObjectConfig:
    """One free body of one shape."""

    name: str
    """Tells it from the others."""
    size: tuple[float, ...]
    """Half extents of a box along its x (away from the character), y and z, or the radius of a sphere, metres."""
    mass: float
    """Kilograms, spread evenly."""
    shape: Literal["box", "sphere"] = "box"
    friction: float = 0.5
    """Sliding friction coefficient of all its contacts, whatever it touches."""
    place: tuple[float, ...] | None = None
    """Where its centre is at the start: metres ahead of the character's root along its way, metres to the left of that, metres
    above the ground. None (in the file: "none"): it is parked out of reach until it is placed."""
    rgba: tuple[float, ...] = (0.72, 0.52, 0.30, 1.0)
    """Colour and opacity, each in [0, 1]."""


def check_objects(objects: Sequence[ObjectConfig]) -> None:
    """Raise SfvError for two objects of one name, and for numbers that no body can have."""
    names = [item.name for item in objects]
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
        if item.place is not None and len(item.place) != _PLACE:
            raise SfvError(
                f"object '{item.name}': place must be metres ahead, to the left and up, got {list(item.place)}"
            )
        if len(item.rgba) != _COLOUR:
            raise SfvError(f"object '{item.name}': rgba must be four numbers, got {list(item.rgba)}")


_PLACE, _COLOUR = 3, 4  # numbers
