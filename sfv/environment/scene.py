"""Ground that somebody drew: an MJCF file in the environment's folder."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import mujoco
import numpy as np

from sfv.environment.solids import Fixture, Solid
from sfv.environment.terrain import Metres, Rectangle, Terrain, positive
from sfv.errors import SfvError
from sfv.mjcf import compile_spec, load_spec

_BEHIND = 4.0
"""Metres of ground behind the start whose heights are looked up as well."""
_HOLE = 10.0
"""How deep ground is taken to lie where there is none, metres."""
_LARGEST = 2500
"""Square metres whose heights are looked up, 400 each."""
_FOOT = 0.3
"""Around the start there must be ground, metres to each side."""


@dataclass(frozen=True)
class Scene(Terrain):
    """Every geom in the world body of an MJCF file that can collide is ground; heights are what rays from above meet.

    A mesh collides as its convex hull, as MuJoCo has it: a hollow one is drawn of several.
    """

    file: str = "scene.xml"
    """In the environment's folder. x is the clip's way, z up, metres; the clip starts at the origin."""
    length: Metres = 20.0
    """Heights are looked up so far along the way, metres; beyond that its border counts."""
    breadth: Metres = 16.0
    """And over so much across it, half to each side, metres."""
    ceiling: Metres = 3.0
    """What lies higher than this is no ground but hangs above the character, metres; what stands on the ground must end below it."""

    blur = 0.15

    def surface(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See ``Terrain.surface``."""
        x, y = np.broadcast_arrays(x, y)
        return np.array([self._height(a, b) for a, b in zip(x.flat, y.flat)]).reshape(x.shape)

    def solids(self) -> list[Solid]:
        """See ``Terrain.solids``."""
        return [Fixture(Path(self.file))]

    def region(self) -> Rectangle:
        """See ``Terrain.region``."""
        return -_BEHIND, self.length, -self.breadth / 2, self.breadth / 2

    def check(self) -> None:
        """See ``Terrain.check``."""
        super().check()
        positive(self, ("length", "breadth", "ceiling"))
        area = (self.length + _BEHIND) * self.breadth
        if area > _LARGEST:
            raise SfvError(
                f"length and breadth ask for the heights of {area:,.0f} m^2, one by one; up to {_LARGEST:,} m^2 are looked up: make them "
                "smaller"
            )
        model, _ = self._model
        if model.nbody > 1:
            raise SfvError(
                f"{self.file} has the body '{model.body(1).name}'; put its geoms into <worldbody> itself, in a <frame> where they "
                "belong together, and what moves into [[objects]] of env.toml"
            )
        if model.ngeom == 0:
            raise SfvError(
                f"{self.file} holds no geom that collides, so there is nothing to stand on; add a plane or a box"
            )
        if (name := self._through_ceiling()) is not None:
            raise SfvError(
                f"{self.file}: geom '{name}' reaches through the ceiling of {self.ceiling:g} m, below which ground is looked for; "
                "make terrain.ceiling higher than what stands on the ground"
            )
        around = np.array([-_FOOT, 0.0, _FOOT])
        if (self.surface(around[:, None], around[None]) <= -_HOLE).any():
            raise SfvError(f"{self.file} has no ground around the origin, where the clip starts; move it there")

    def _through_ceiling(self) -> str | None:
        """Of a geom inside which a ray from the ceiling would start, so that it would be no ground; None: there is none."""
        model, data = self._model
        for i in np.flatnonzero(model.geom_type != mujoco.mjtGeom.mjGEOM_PLANE):
            turn, middle, half = data.geom_xmat[i].reshape(3, 3), model.geom_aabb[i, :3], model.geom_aabb[i, 3:]
            height, reach = data.geom_xpos[i, 2] + turn[2] @ middle, np.abs(turn[2]) @ half
            if height - reach < self.ceiling < height + reach:
                return model.geom(i).name or str(i)
        return None

    @cached_property
    def _model(self) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """What collides in the scene, where it is. Raises FileFormatError for what cannot be read or leaves its folder."""
        if not Path(self.file).is_file():
            raise SfvError(
                f"{self.file} does not exist; a scene is an MJCF file beside env.toml, by the name of terrain.file"
            )
        spec = load_spec(Path(self.file), Path(self.file).parent)
        for geom in [one for one in spec.geoms if not one.contype and not one.conaffinity]:
            spec.delete(geom)
        model = compile_spec(spec, self.file)
        data = mujoco.MjData(model)
        mujoco.mj_kinematics(model, data)
        return model, data

    def _height(self, x: float, y: float) -> float:
        model, data = self._model
        met = np.full(1, -1, np.int32)
        way = mujoco.mj_ray(model, data, np.array([x, y, self.ceiling]), np.array([0.0, 0.0, -1.0]), None, 1, -1, met)
        return float(self.ceiling - way) if met[0] >= 0 else -_HOLE
