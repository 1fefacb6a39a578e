"""What the live window shows besides the character: the reference as a ghost, the arrow of a push."""

import mujoco
import numpy as np

from sfv.render.scene import GHOST_RGBA

_ARROW_RGBA = np.array([0.93, 0.36, 0.20, 1.0], np.float32)
_LENGTH, _WIDTH = 0.35, 0.02  # of a push's arrow, times the character's height


def add_ghost(model: mujoco.MjModel, data: mujoco.MjData, scene: mujoco.MjvScene) -> None:
    """Add the model's moving geoms, see-through."""
    dynamic = mujoco.mjtCatBit.mjCAT_DYNAMIC.value
    mujoco.mjv_addGeoms(model, data, mujoco.MjvOption(), mujoco.MjvPerturb(), dynamic, scene)
    for geom in scene.geoms[: scene.ngeom]:
        geom.rgba[:] = GHOST_RGBA
        geom.category = mujoco.mjtCatBit.mjCAT_DECOR


def add_arrow(scene: mujoco.MjvScene, at: np.ndarray, force: np.ndarray, tall: float) -> None:
    """An arrow that ends where the push acts."""
    geom = scene.geoms[scene.ngeom]
    arrow = mujoco.mjtGeom.mjGEOM_ARROW
    mujoco.mjv_initGeom(geom, arrow, np.zeros(3), np.zeros(3), np.eye(3).ravel(), _ARROW_RGBA)
    tail = at - force / np.linalg.norm(force) * _LENGTH * tall
    mujoco.mjv_connector(geom, arrow, _WIDTH * tall, tail, at)
    scene.ngeom += 1
