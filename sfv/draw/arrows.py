"""Forces in MuJoCo's pictures: arrows at the contacts and at pushes, all on one scale."""

from dataclasses import dataclass

import mujoco
import numpy as np

from sfv.physics.contacts import Acting, PointForces

CONTACT_RGBA = np.array([0.08, 0.62, 0.28, 1.0], np.float32)
"""Colour of what the ground does."""
PUSH_RGBA = np.array([0.85, 0.12, 0.42, 1.0], np.float32)
"""Colour of what pushes."""
_LENGTH = 0.3  # of the arrow of a force as large as the character's weight, times its height
_LONGEST = 1.0  # no arrow is longer, times the height: a landing's impact would leave the picture
_LEAST_PUSH = 0.35  # no arrow of a push is shorter: its head lies inside the body
_CONTACT_WIDTH, _PUSH_WIDTH = 0.012, 0.022  # times the height
_DOT = 0.013  # radius of a contact's dot, times the height
_DRAWN = 0.5  # MuJoCo's renderer draws an arrow over this share of the way that mjv_connector gives it
_GLOW = 0.7  # arrows keep their colour in the shade
_NEARER = 0.5  # share of the distance from the eye at which they are drawn over the picture


@dataclass(frozen=True)
class ArrowScale:
    """How long a force is drawn."""

    tall: float
    """The character's height standing, metres."""
    weight: float
    """The character's weight on earth, newtons."""

    @classmethod
    def of(cls, model: mujoco.MjModel, root: int, tall: float) -> "ArrowScale":
        """For the character whose root body is ``root``."""
        return cls(tall, float(model.body_subtreemass[root]) * _GRAVITY)

    def length(self, newtons: float) -> float:
        """Metres."""
        return min(_LENGTH * newtons / self.weight, _LONGEST) * self.tall


_GRAVITY = 9.81  # m/s^2


def add_acting(scene: mujoco.MjvScene, acting: Acting, scale: ArrowScale) -> None:
    """Draw contacts and pushes."""
    add_contacts(scene, acting.contacts, scale)
    for point, force in zip(acting.pushes.points, acting.pushes.forces):
        add_push(scene, point, force, scale)


def add_contacts(scene: mujoco.MjvScene, contacts: PointForces, scale: ArrowScale) -> None:
    """A dot at every contact; for each body that touches, one arrow of the sum of its forces from their centre of pressure.

    A foot has four contacts whose shares change from step to step; their sum is what a force plate measures.
    """
    for point in contacts.points:
        _add(scene, mujoco.mjtGeom.mjGEOM_SPHERE, np.full(3, _DOT * scale.tall), point, CONTACT_RGBA)
    sizes = np.linalg.norm(contacts.forces, axis=1)
    for body in np.unique(contacts.bodies):
        own = contacts.bodies == body
        force, start = contacts.forces[own].sum(0), np.average(contacts.points[own], axis=0, weights=sizes[own])
        newtons = float(np.linalg.norm(force))
        if newtons > 0:
            end = start + force / newtons * scale.length(newtons)
            _add_arrow(scene, start, end, _CONTACT_WIDTH * scale.tall, CONTACT_RGBA)


def add_push(scene: mujoco.MjvScene, at: np.ndarray, force: np.ndarray, scale: ArrowScale) -> None:
    """An arrow that ends where the push acts."""
    newtons = float(np.linalg.norm(force))
    length = max(scale.length(newtons), _LEAST_PUSH * scale.tall)
    _add_arrow(scene, at - force / newtons * length, at, _PUSH_WIDTH * scale.tall, PUSH_RGBA)


def draw_over(scene: mujoco.MjvScene, first: int, eye: np.ndarray) -> None:
    """Bring geoms from number ``first`` on in front of all others as seen from ``eye`` (3,): a leg hides the force it stands on.

    Shrinking about the eye changes nothing else in the picture.
    """
    for geom in scene.geoms[first : scene.ngeom]:
        geom.pos[:] = eye + _NEARER * (geom.pos - eye)
        geom.size[:] = _NEARER * geom.size


def _add_arrow(scene: mujoco.MjvScene, start: np.ndarray, end: np.ndarray, width: float, rgba: np.ndarray) -> None:
    geom = _add(scene, mujoco.mjtGeom.mjGEOM_ARROW, np.zeros(3), np.zeros(3), rgba)
    beyond = start + (end - start) / _DRAWN
    mujoco.mjv_connector(geom, mujoco.mjtGeom.mjGEOM_ARROW, width, start, beyond)


def _add(
    scene: mujoco.MjvScene, kind: mujoco.mjtGeom, size: np.ndarray, at: np.ndarray, rgba: np.ndarray
) -> mujoco.MjvGeom:
    geom = scene.geoms[scene.ngeom]
    mujoco.mjv_initGeom(geom, kind, size, at, np.eye(3).ravel(), rgba)
    geom.emission = _GLOW
    geom.category = mujoco.mjtCatBit.mjCAT_DECOR  # casts no shadow
    scene.ngeom += 1
    return geom
