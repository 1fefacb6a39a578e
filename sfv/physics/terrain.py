"""Ground of an environment -> geoms of a MuJoCo model."""

import mujoco
import numpy as np

from sfv.environment import Environment
from sfv.environment.solids import Field, Fixture, Floor, Slab
from sfv.mjcf import load_spec

GROUND = "ground"
"""How the names of all ground geoms begin."""
_RGBA = (0.45, 0.50, 0.45, 1.0)
_BASE = 0.5  # metres of solid ground below the deepest point of a height field
_ROLLING = (0.005, 0.0001)  # torsional and rolling friction, MuJoCo's defaults


def add_ground(spec: mujoco.MjSpec, environment: Environment) -> None:
    """Add the environment's ground to the world body, and set its gravity.

    Friction and softness of the ground count whatever the other body's are, so that ice is ice for everybody.
    """
    terrain = environment.terrain
    spec.option.gravity = [0.0, 0.0, -environment.gravity]
    for number, solid in enumerate(terrain.solids()):
        name = GROUND if number == 0 else f"{GROUND}_{number}"
        geoms = _attach(spec, solid, name) if isinstance(solid, Fixture) else [plain_contact(_add(spec, solid, name))]
        for geom in geoms:
            geom.rgba = _RGBA
            geom.friction = [terrain.friction, *_ROLLING]
            geom.solref = [terrain.softness_seconds, 1.0]
            geom.priority = 1


def plain_contact(geom: mujoco.MjsGeom) -> mujoco.MjsGeom:
    """``geom`` with contact as MuJoCo has it by default: no default of the character's file is for a geom that is not its own."""
    geom.contype, geom.conaffinity, geom.condim, geom.group = 1, 1, 3, 0
    geom.margin, geom.gap, geom.solmix, geom.material = 0.0, 0.0, 1.0, ""
    geom.solimp = [0.9, 0.95, 0.001, 0.5, 2.0]
    return geom


def _attach(spec: mujoco.MjSpec, fixture: Fixture, name: str) -> list[mujoco.MjsGeom]:
    """The geoms of a file, which lie in its world body; their names begin with ``name``."""
    scene = load_spec(fixture.file, fixture.file.parent)
    for number, geom in enumerate(scene.geoms):
        geom.name = geom.name or str(number)
    spec.attach(scene, prefix=f"{name}/", frame=spec.worldbody.add_frame())
    return [geom for geom in spec.geoms if geom.name.startswith(f"{name}/")]


def _add(spec: mujoco.MjSpec, solid: Floor | Slab | Field, name: str) -> mujoco.MjsGeom:
    world = spec.worldbody
    if isinstance(solid, Floor):
        plane, place = mujoco.mjtGeom.mjGEOM_PLANE, [0, 0, solid.height]
        return world.add_geom(name=name, type=plane, size=[0, 0, 1], pos=place, quat=_turn(solid.roll, solid.pitch))
    if isinstance(solid, Slab):
        box, turn = mujoco.mjtGeom.mjGEOM_BOX, _turn(solid.roll, solid.pitch)
        return world.add_geom(name=name, type=box, size=list(solid.half), pos=list(solid.centre), quat=turn)
    return _add_field(spec, solid, name)


def _turn(roll: float, pitch: float) -> list[float]:
    """Quaternion of a turn about x, then about y."""
    quat = np.zeros(4)
    mujoco.mju_euler2Quat(quat, np.array([roll, pitch, 0.0]), "XYZ")
    return quat.tolist()


def _add_field(spec: mujoco.MjSpec, field: Field, name: str) -> mujoco.MjsGeom:
    low, high = float(field.heights.min()), float(field.heights.max())
    x0, x1, y0, y1 = field.region
    rise = max(high - low, 1e-6)  # MuJoCo wants a height
    spec.add_hfield(
        name=name,
        nrow=field.heights.shape[1],
        ncol=field.heights.shape[0],
        size=[(x1 - x0) / 2, (y1 - y0) / 2, rise, _BASE],
        userdata=((field.heights.T - low) / rise).ravel().astype(np.float32),
    )
    centre = [(x0 + x1) / 2, (y0 + y1) / 2, low]
    return spec.worldbody.add_geom(name=name, type=mujoco.mjtGeom.mjGEOM_HFIELD, hfieldname=name, pos=centre)
