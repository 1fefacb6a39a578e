"""Ground with edges: stairs, gaps, a beam, a box, a ledge."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np

from sfv.environment.solids import Floor, Slab, Solid
from sfv.environment.terrain import REGION, Metres, Rectangle, Terrain, positive
from sfv.errors import SfvError
from sfv.ranges import Range


def _slab(x0: float, x1: float, y0: float, y1: float, low: float, high: float) -> Slab:
    """An upright box by its faces."""
    centre = ((x0 + x1) / 2, (y0 + y1) / 2, (low + high) / 2)
    return Slab(centre, ((x1 - x0) / 2, (y1 - y0) / 2, (high - low) / 2))


@dataclass(frozen=True)
class Stairs(Terrain):
    """A flight of stairs across the way, level ground before and after it."""

    rise: Annotated[float, Range(-10, 10)] = 0.15
    """Height of a step, metres; negative: downstairs."""
    tread: Metres = 0.30
    """Depth of a step along the way, metres."""
    steps: Annotated[int, Range(0, 1000)] = 20
    """How many."""
    start: Annotated[float, Range(-8, 82)] = 1.0
    """Where the first step is, metres along the way."""

    blur = 0.2

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        number = np.floor((x - self.start) / self.tread + 1e-6) + 1
        return self.rise * np.clip(number, 0, self.steps) + 0.0 * y

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        x0, x1, y0, y1 = REGION
        edges = [x0, *(self.start + self.tread * np.arange(self.steps)), x1]
        low = min(self.rise * self.steps, 0.0) - 1.0
        return [_slab(a, b, y0, y1, low, self.rise * number) for number, (a, b) in enumerate(pairwise(edges))]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("tread", "steps"))
        if self.tread < _FOOT:
            raise SfvError(f"a tread of {self.tread:g} m holds no foot; make it at least {_FOOT:g} m")
        if abs(self.rise) > _HIGHEST_STEP:
            raise SfvError(f"steps of {abs(self.rise):g} m cannot be climbed; make rise at most {_HIGHEST_STEP:g} m")


@dataclass(frozen=True)
class Gaps(Terrain):
    """Gaps across the way, one after every deck."""

    width: Metres = 0.30
    """Of a gap along the way, metres."""
    deck: Metres = 1.20
    """Ground between two gaps, metres."""
    depth: Metres = 2.0
    """How far down it goes, metres."""

    spacing = 0.025

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        within = np.mod(x + self.deck / 2, self.deck + self.width)
        return np.where(within < self.deck, 0.0, -self.depth) + 0.0 * y

    def support(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.support``."""
        return np.zeros(np.broadcast(x, y).shape)

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        x0, x1, y0, y1 = REGION
        period = self.deck + self.width
        numbers = range(int(np.floor(x0 / period)), int(np.ceil(x1 / period)) + 1)
        decks = [
            _slab(k * period - self.deck / 2, k * period + self.deck / 2, y0, y1, -self.depth, 0.0) for k in numbers
        ]
        return [Floor(-self.depth), *decks]

    def starts(self) -> list[Rectangle]:
        """See ``Terrain.starts``: anywhere on the first deck that leaves room for the feet."""
        room = max(self.deck / 2 - _FOOT, 0.0)
        return [(-room, room, -1.0, 1.0)]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("width", "deck", "depth"))
        if self.deck < _FOOT:
            raise SfvError(f"a deck of {self.deck:g} m holds no foot; make it at least {_FOOT:g} m")
        if self.width > _WIDEST_GAP:
            raise SfvError(f"nobody crosses a gap of {self.width:g} m; make width at most {_WIDEST_GAP:g} m")


@dataclass(frozen=True)
class Beam(Terrain):
    """A beam along the way, a drop to either side of it."""

    width: Metres = 0.40
    """Metres."""
    depth: Metres = 2.0
    """Of the drop, metres."""

    spacing = 0.05

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        return np.where(np.abs(y) <= self.width / 2, 0.0, -self.depth) + 0.0 * x

    def support(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.support``."""
        return np.zeros(np.broadcast(x, y).shape)

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        half = self.width / 2
        return [Floor(-self.depth), _slab(REGION[0], REGION[1], -half, half, -self.depth, 0.0)]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("width", "depth"))
        if self.width < _FOOT:
            raise SfvError(f"a beam of {self.width:g} m holds no foot; make width at least {_FOOT:g} m")


@dataclass(frozen=True)
class Box(Terrain):
    """One box on level ground, to step up or to vault."""

    distance: Metres = 1.5
    """From the start to its near face, metres."""
    length: Metres = 1.0
    """Along the way, metres."""
    breadth: Metres = 3.0
    """Across the way, metres."""
    height: Metres = 0.20
    """Metres."""

    blur = 0.15

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        on = (x >= self.distance) & (x <= self.distance + self.length) & (np.abs(y) <= self.breadth / 2)
        return np.where(on, self.height, 0.0)

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        half = self.breadth / 2
        return [Floor(), _slab(self.distance, self.distance + self.length, -half, half, 0.0, self.height)]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("length", "breadth", "height"))
        if self.distance < _FOOT:
            raise SfvError(
                f"the box begins {self.distance:g} m from the start, inside the character; make distance larger"
            )


@dataclass(frozen=True)
class Ledge(Terrain):
    """The edge of a roof: high ground behind it, level ground at height 0 before it."""

    follow: bool = False
    height: Metres = 1.96
    """Of the roof, metres."""
    edge: Annotated[float, Range(-7.9, 82)] = 0.0
    """Where it ends, metres along the way from the start of the root."""

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        return np.where(x <= self.edge, self.height, 0.0) + 0.0 * y

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        x0, _, y0, y1 = REGION
        return [Floor(), _slab(x0, self.edge, y0, y1, 0.0, self.height)]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("height",))


_FOOT = 0.18
"""Less ground than this under a foot is none, metres."""
_HIGHEST_STEP = 0.6
"""Metres."""
_WIDEST_GAP = 2.0
"""Metres; long jumps are wider, but then start and landing are the clip's own and no row of gaps."""
