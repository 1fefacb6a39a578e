"""Objects as MuJoCo has them: free bodies after the character, each with a sensor for its contact with the character."""

from collections.abc import Sequence

import mujoco
import numpy as np

from sfv.environment.objects import ObjectConfig, check_objects
from sfv.physics.terrain import plain_contact

OBJECT = "object/"
"""Prefix of the objects' bodies; the object's name follows."""
CONTACT = "object_contact/"
"""Prefix of the sensors that count contacts between an object and the character; the object's name follows."""
POSE, VELOCITY = 7, 6
"""Numbers of a free joint in qpos and in qvel."""
_HEIGHT, _ROOM = 100.0, 1.0  # of the first parking place above the ground, and between two, metres
_PRIORITY = 2  # the geom with the higher one gives a contact its friction: above the ground's and the character's
_FOUND = 1 << int(mujoco.mjtConDataField.mjCONDATA_FOUND)
_DEEPEST = 1  # contact sensor's reduction "mindist"
_SPIN, _ROLL = 0.005, 0.0001  # MuJoCo's defaults of the other two friction coefficients, metres
_TYPES = {"box": mujoco.mjtGeom.mjGEOM_BOX, "sphere": mujoco.mjtGeom.mjGEOM_SPHERE}


def add_objects(spec: mujoco.MjSpec, root: str, objects: Sequence[ObjectConfig]) -> None:
    """Add ``objects`` behind the character whose first body is ``root``; they stand at their parking places.

    Raises SfvError for objects that cannot be.
    """
    check_objects(objects)
    for item, place in zip(objects, parking(objects)):
        body = spec.worldbody.add_body(name=OBJECT + item.name, pos=place[:3])
        body.add_freejoint(name=OBJECT + item.name)
        geom = body.add_geom(
            name=OBJECT + item.name,
            type=_TYPES[item.shape],
            size=[*item.size, *(0.0,) * (3 - len(item.size))],
            mass=item.mass,
            friction=[item.friction, _SPIN, _ROLL],
            priority=_PRIORITY,
            rgba=list(item.rgba),
        )
        plain_contact(geom)
        geom.solref = [0.02, 1.0]
        spec.add_sensor(
            name=CONTACT + item.name,
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            objname=OBJECT + item.name,
            reftype=mujoco.mjtObj.mjOBJ_XBODY,  # the body with all that it carries
            refname=root,
            intprm=[_FOUND, _DEEPEST, 1],
        )


def parking(objects: Sequence[ObjectConfig]) -> np.ndarray:
    """Poses far above everything, where objects touch neither each other nor anything else. Shape (K, 7)."""
    out = np.zeros((len(objects), POSE))
    height = _HEIGHT
    for row, item in zip(out, objects):
        reach = float(np.linalg.norm(item.size))
        row[2], row[3] = height + reach, 1.0
        height += 2 * reach + _ROOM
    return out


def contact_columns(model: mujoco.MjModel, objects: Sequence[ObjectConfig]) -> list[int]:
    """Columns of sensordata with the number of contacts between each object and the character."""
    return [int(model.sensor(CONTACT + item.name).adr[0]) for item in objects]
