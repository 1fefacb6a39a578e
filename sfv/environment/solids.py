"""What a terrain is made of, in words that any physics engine understands."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Floor:
    """A plane without end through the vertical axis; level unless it is turned."""

    height: float = 0.0
    """On the axis, metres."""
    pitch: float = 0.0
    """Turn about world y, radians: positive ones sink towards +x."""
    roll: float = 0.0
    """Turn about world x, radians: positive ones rise towards +y."""


@dataclass(frozen=True)
class Slab:
    """A box; its top is ground."""

    centre: tuple[float, float, float]
    """Metres."""
    half: tuple[float, float, float]
    """Half extents along its own axes, metres."""
    pitch: float = 0.0
    """Turn about world y, radians: positive ones sink towards +x."""
    roll: float = 0.0
    """Turn about world x, radians: positive ones rise towards +y."""


@dataclass(frozen=True)
class Field:
    """Heights on a grid, triangles between them."""

    heights: np.ndarray
    """Metres, at the corners of the cells. Shape (nx, ny)."""
    region: tuple[float, float, float, float]
    """x from, x to, y from, y to of the first and the last corners, metres."""


@dataclass(frozen=True)
class Fixture:
    """The geoms in the world body of an MJCF file."""

    file: Path


Solid = Floor | Slab | Field | Fixture


def moved(solid: Solid, y: float) -> Solid:
    """The same thing ``y`` metres to the side. A floor is everywhere, and a fixture stands where its file says."""
    if isinstance(solid, Slab):
        return Slab((solid.centre[0], solid.centre[1] + y, solid.centre[2]), solid.half, solid.pitch, solid.roll)
    if isinstance(solid, Field):
        x0, x1, y0, y1 = solid.region
        return Field(solid.heights, (x0, x1, y0 + y, y1 + y))
    return solid
