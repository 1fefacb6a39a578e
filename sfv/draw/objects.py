"""An environment's objects in MuJoCo's pictures, drawn where they were: the model of a picture holds the character alone."""

from collections.abc import Sequence

import mujoco
import numpy as np

from sfv.environment.objects import ObjectConfig

_TYPES = {"box": mujoco.mjtGeom.mjGEOM_BOX, "sphere": mujoco.mjtGeom.mjGEOM_SPHERE}


def add_objects(scene: mujoco.MjvScene, objects: Sequence[ObjectConfig], poses: np.ndarray) -> None:
    """Draw ``objects`` at ``poses`` (K, 7): place, then rotation."""
    rotation = np.zeros(9)
    for item, pose in zip(objects, poses):
        size = np.full(3, item.size[0]) if item.shape == "sphere" else np.array(item.size)
        mujoco.mju_quat2Mat(rotation, pose[3:])
        geom = scene.geoms[scene.ngeom]
        mujoco.mjv_initGeom(geom, _TYPES[item.shape], size, pose[:3], rotation, np.array(item.rgba, np.float32))
        geom.category = mujoco.mjtCatBit.mjCAT_DYNAMIC  # casts a shadow
        scene.ngeom += 1
