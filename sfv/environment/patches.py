"""Several terrains side by side in one world: each episode starts on one of them."""

from dataclasses import dataclass

import numpy as np

from sfv.environment.solids import Fixture, Floor, Solid, moved
from sfv.environment.terrain import REGION, Rectangle, Terrain
from sfv.errors import SfvError

MAX_LANES = 64
_APART = REGION[3] - REGION[2] + 2.0  # metres from lane to lane


@dataclass(frozen=True)
class Patches(Terrain):
    """Lanes along the way, each of another kind."""

    lanes: tuple[Terrain, ...] = ()
    """What they are made of; friction and softness are those of this terrain."""

    smooth = True

    @property
    def spacing(self) -> float:  # type: ignore[override]  # the finest one decides
        """See ``Terrain.spacing``."""
        return min(lane.spacing for lane in self.lanes if lane.spacing < 1.0) if self._fine else 1.0

    @property
    def blur(self) -> float:  # type: ignore[override]
        """See ``Terrain.blur``."""
        return max(lane.blur for lane in self.lanes)

    @property
    def _fine(self) -> bool:
        return any(lane.spacing < 1.0 for lane in self.lanes)

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        return self._by_lane("surface", x, y)

    def support(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.support``."""
        return self._by_lane("support", x, y)

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        return [moved(solid, number * _APART) for number, lane in enumerate(self.lanes) for solid in lane.lane()]

    def region(self) -> Rectangle:
        """See ``Terrain.region``."""
        x0, x1, y0, y1 = REGION
        return x0, x1, y0, y1 + (len(self.lanes) - 1) * _APART

    def starts(self) -> list[Rectangle]:
        """See ``Terrain.starts``."""
        return [
            (x0, x1, y0 + number * _APART, y1 + number * _APART)
            for number, lane in enumerate(self.lanes)
            for x0, x1, y0, y1 in lane.starts()
        ]

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        if not self.lanes:
            raise SfvError("patches need [[terrain.lanes]]; envs/slopes/env.toml shows how")
        for lane in self.lanes:
            lane.check()
            if not lane.follow:
                raise SfvError(
                    "ground that a clip was recorded on cannot lie beside other ground; give it its own environment"
                )
            if any(isinstance(solid, Floor | Fixture) for solid in lane.lane()):
                raise SfvError(
                    f"'{type(lane).__name__.lower()}' has a floor without end or a place of its own, so it cannot be moved into a lane; "
                    "lanes can be slope, rough and stairs"
                )

    def _by_lane(self, what: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = np.broadcast_arrays(x, y)
        number = np.clip(np.round(y / _APART), 0, len(self.lanes) - 1).astype(int)
        out = np.zeros(x.shape)
        for k, lane in enumerate(self.lanes):
            mine = number == k
            out[mine] = getattr(lane, what)(x[mine], y[mine] - k * _APART)
        return out
