"""Ground without steps: level, sloping, uneven."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.ndimage import map_coordinates, zoom

from sfv.environment.solids import Field, Floor, Slab, Solid
from sfv.environment.terrain import REGION, Metres, Rectangle, Terrain, holds, positive
from sfv.errors import SfvError
from sfv.ranges import Degrees, Seed

_THICK = 1.0  # half the height of the slab that a slope is the top of, metres
_STEEPEST = 60.0  # degrees: beyond it the slab's own thickness shows


@dataclass(frozen=True)
class Plane(Terrain):
    """Level ground."""

    spacing, smooth = 10.0, True

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        return np.zeros(np.broadcast(x, y).shape)

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        return [Floor()]


@dataclass(frozen=True)
class Slope(Terrain):
    """One slope without end: up or down along the way, or across it, rising to the left or to the right."""

    angle_deg: Degrees = 15.0
    """Steepness, degrees."""
    direction: Literal["up", "down", "left", "right"] = "up"
    """Where it rises, seen along the way; down: it falls."""

    spacing, smooth = 1.0, True

    def _gradient(self) -> tuple[float, float]:
        rise = float(np.tan(np.radians(self.angle_deg)))
        return {"up": (rise, 0.0), "down": (-rise, 0.0), "left": (0.0, rise), "right": (0.0, -rise)}[self.direction]

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        along, across = self._gradient()
        return along * x + across * y

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``: a plane, which every shape meets exactly."""
        along, across = self._gradient()
        return [Floor(0.0, -float(np.arctan(along)), float(np.arctan(across)))]

    def lane(self) -> list[Solid]:
        """See ``Terrain.lane``."""
        along, across = self._gradient()
        x0, x1, y0, y1 = REGION
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        top = along * middle[0] + across * middle[1]
        cosine = float(np.cos(np.radians(self.angle_deg)))
        half = ((x1 - x0) / 2, (y1 - y0) / 2)
        half = (half[0] / cosine, half[1]) if along else (half[0], half[1] / cosine)
        # the middle of the slab's top is on the surface: go down from it along the slab's own axis
        pitch, roll = -np.arctan(along), np.arctan(across)
        down = _THICK * np.array([np.sin(pitch), -np.sin(roll), np.cos(pitch) * np.cos(roll)])
        centre = np.array([*middle, top]) - down
        return [Slab(tuple(centre.tolist()), (*half, _THICK), float(pitch), float(roll))]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        if not 0 <= self.angle_deg <= _STEEPEST:
            raise SfvError(
                f"angle_deg must lie between 0 and {_STEEPEST:g}, got {self.angle_deg:g}; direction says where it rises"
            )
        holds(self, self.angle_deg, "the slope")


@dataclass(frozen=True)
class Rough(Terrain):
    """Uneven ground: smooth random hills and hollows."""

    height: Metres = 0.10
    """Between the lowest and the highest point, metres."""
    wavelength: Metres = 1.0
    """About the distance from hill to hill, metres."""
    seed: Seed = 0
    """Another number makes other hills."""

    spacing, smooth, blur = 0.1, True, 0.25

    @cached_property
    def heights(self) -> np.ndarray:
        """At the corners of the grid, mean zero. Shape (nx, ny)."""
        x0, x1, y0, y1 = REGION
        shape = np.round(np.array([x1 - x0, y1 - y0]) / self.spacing).astype(int) + 1
        # random numbers a quarter of a wavelength apart, smoothly joined, rise and fall about once a wavelength
        coarse = np.maximum(np.ceil(4 * shape * self.spacing / self.wavelength).astype(int), 4)
        noise = np.random.default_rng(self.seed).uniform(-1.0, 1.0, coarse)
        fine = np.asarray(zoom(noise, shape / coarse, order=3, mode="reflect"))[: shape[0], : shape[1]]
        # the tails are cut a little, so that one lonely peak does not make all the rest flat
        low, high = np.quantile(fine, [_TAIL, 1 - _TAIL])
        return self.height * (np.clip((fine - low) / (high - low), 0.0, 1.0) - 0.5)

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        at = np.stack(np.broadcast_arrays((x - REGION[0]) / self.spacing, (y - REGION[2]) / self.spacing))
        return map_coordinates(self.heights, at, order=1, mode="nearest")

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        return [Field(self.heights, REGION)]

    def starts(self) -> list[Rectangle]:
        """See ``Terrain.starts``: every start meets other hills."""
        return [(-_SPREAD, _SPREAD, -_SPREAD, _SPREAD)]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("height", "wavelength"))
        if self.wavelength < 4 * self.spacing:
            raise SfvError(f"wavelength must be at least {4 * self.spacing:g} m, the grid's limit")
        steep = np.abs(np.diff(self.heights, axis=0)) / self.spacing
        holds(self, float(np.degrees(np.arctan(np.quantile(steep, _MOST)))), "a tenth of the ground")


_TAIL = 0.02  # share of the points that are cut off at either end
_MOST = 0.9
_SPREAD = 4.0  # metres around the origin in which episodes start
