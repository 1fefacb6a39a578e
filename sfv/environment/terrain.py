"""What every kind of ground can say: how high it is where, what it is made of, and where one may start on it.

Coordinates: z up, x along the clip's way (or where it faces, if it stays), y to its left; the clip starts near the origin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from sfv.environment.solids import Solid
from sfv.errors import SfvError
from sfv.ranges import Checked, Range

Rectangle = tuple[float, float, float, float]
"""x from, x to, y from, y to, metres."""
REGION: Rectangle = (-8.0, 82.0, -8.0, 8.0)
"""Ground that is made: 20 s of a run of 3.6 m/s, and room beside it."""


Metres = Annotated[float, Range(0, 1000)]


@dataclass(frozen=True)
class Terrain(Checked):
    """Settings that all kinds share; their ``[terrain]`` keys are the fields."""

    friction: Annotated[float, Range(0, 100)] = 1.0
    """Sliding friction of the ground, which counts whatever the character's own is."""
    softness_seconds: Annotated[float, Range(0, 1)] = 0.02
    """Time in which the ground pushes a body out that sank in (MuJoCo's solref): 0.02 hard, 0.1 a soft mat."""
    follow: bool = True
    """The reference rides on the ground: for clips recorded on level ground. False: the clip was recorded on this very ground."""

    spacing = 0.05
    """Grid on which heights are looked up, metres."""
    smooth = False
    """Heights between grid points are interpolated; else the nearest one counts (steps)."""
    blur = 0.0
    """Over how much ground the way of the reference's root is levelled: standard deviation, metres."""

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height of the ground, metres. Shapes (...), (...) -> (...)."""
        raise NotImplementedError

    def support(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height that is meant to be stood on: the surface with its gaps closed. Shapes (...), (...) -> (...)."""
        return self.surface(x, y)

    def solids(self) -> list[Solid]:
        """What it is made of."""
        raise NotImplementedError

    def lane(self) -> list[Solid]:
        """The same, no wider than its region, to lie beside other ground."""
        return self.solids()

    def region(self) -> Rectangle:
        """Where there is ground."""
        return REGION

    def starts(self) -> list[Rectangle]:
        """Where the root may start, one of them drawn for each episode."""
        return [(0.0, 0.0, 0.0, 0.0)]

    def check(self) -> None:
        """Raise SfvError where nobody could stand."""
        if self.friction <= 0:
            raise SfvError(f"friction must be positive, got {self.friction:g}; 1 is dry ground, 0.2 ice")
        if not 0.0 < self.softness_seconds <= 1.0:
            raise SfvError(
                f"softness_seconds must lie in (0, 1], got {self.softness_seconds:g}; 0.02 is hard, 0.1 a soft mat"
            )


def positive(terrain: Terrain, names: Sequence[str]) -> None:
    """Raise SfvError unless these fields are above zero."""
    for name in names:
        if getattr(terrain, name) <= 0:
            raise SfvError(f"{name} must be positive, got {getattr(terrain, name):g}")


def holds(terrain: Terrain, degrees: float, what: str) -> None:
    """Raise SfvError where feet would slide down a slope of so many degrees."""
    limit = float(np.degrees(np.arctan(terrain.friction)))
    if degrees >= limit:
        raise SfvError(
            f"{what} is as steep as {degrees:.0f} degrees, but with a friction of {terrain.friction:g} nobody stands on "
            f"more than {limit:.0f}; make it less steep or the friction higher"
        )
