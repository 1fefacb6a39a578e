"""Height of a character above flat ground: exact lowest points of its geoms, from kinematics alone."""

import mujoco
import numpy as np
from scipy.ndimage import correlate1d, maximum_filter1d

from sfv.errors import SfvError

LIFT_QUANTILE = 0.1
"""The whole clip is lifted so that this share of its frames is still too low; those are lifted a little more, one by one."""
LIFT_FRAMES = 4
"""Frames over which that extra lift fades in and out."""


def lowest_points(model: mujoco.MjModel, qpos: np.ndarray) -> np.ndarray:
    """Lowest z of every geom in every frame, below zero where it sinks into the ground z = 0.

    Shape (T, nq) -> (T, ngeom), metres, exact for spheres, capsules, ellipsoids, cylinders, boxes and meshes. Planes and
    height fields give +inf: they are ground themselves. Geoms of the world body are the caller's to leave out.
    """
    data = mujoco.MjData(model)
    heights = np.empty((len(qpos), model.ngeom))
    for frame, pose in enumerate(qpos):
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        vertical = data.geom_xmat.reshape(-1, 3, 3)[:, 2]  # world z in the geom's axes
        heights[frame] = data.geom_xpos[:, 2] - [_reach(model, geom, vertical[geom]) for geom in range(model.ngeom)]
    return heights


def foot_geoms(model: mujoco.MjModel, feet: tuple[str, ...]) -> list[list[int]]:
    """Geom ids of each foot body, in the order of ``feet``."""
    return [[geom for geom in range(model.ngeom) if model.geom_bodyid[geom] == model.body(foot).id] for foot in feet]


def lift_above_ground(model: mujoco.MjModel, qpos: np.ndarray, cyclic: bool) -> np.ndarray:
    """Move the root up or down until the motion rests on z = 0 and no geom is below it in any frame.

    One offset for the clip, so that a single bad frame does not make the rest float; then a smooth extra lift where a geom
    is still below. Shape (T, nq) -> (T, nq).
    """
    out = qpos.copy()
    out[:, 2] -= np.quantile(lowest_points(model, qpos).min(1), LIFT_QUANTILE)
    return lift_residual(model, out, cyclic)


def lift_residual(model: mujoco.MjModel, qpos: np.ndarray, cyclic: bool) -> np.ndarray:
    """Lift only the frames with a geom below z = 0, and their neighbours smoothly with them. Shape (T, nq) -> (T, nq)."""
    out = qpos.copy()
    out[:, 2] += smooth_cover(np.maximum(-lowest_points(model, qpos).min(1), 0.0), LIFT_FRAMES, cyclic)
    return out


def smooth_cover(need: np.ndarray, reach: int, cyclic: bool) -> np.ndarray:
    """A smooth curve that is nowhere below ``need``: its running maximum, blurred over the same window. Shape (T,) -> (T,).

    A cyclic curve's last value belongs to the same moment as its first.
    """
    curve = need.copy()
    if cyclic:
        curve[0] = curve[-1] = max(curve[0], curve[-1])
    core = curve[:-1] if cyclic else curve
    mode = "wrap" if cyclic else "nearest"
    kernel = np.hanning(2 * reach + 3)[1:-1]
    blurred = correlate1d(maximum_filter1d(core, 2 * reach + 1, mode=mode), kernel / kernel.sum(), mode=mode)
    return np.concatenate([blurred, blurred[:1]]) if cyclic else blurred


def _reach(model: mujoco.MjModel, geom: int, vertical: np.ndarray) -> float:
    """How far a geom reaches below its centre; ``vertical`` is the world's z axis in the geom's own axes. Shape (3,)."""
    kinds = mujoco.mjtGeom
    size = model.geom_size[geom]
    kind = kinds(int(model.geom_type[geom]))
    if kind in (kinds.mjGEOM_PLANE, kinds.mjGEOM_HFIELD):
        return -np.inf
    if kind == kinds.mjGEOM_SPHERE:
        return size[0]
    if kind == kinds.mjGEOM_CAPSULE:
        return size[0] + abs(vertical[2]) * size[1]
    if kind == kinds.mjGEOM_ELLIPSOID:
        return float(np.linalg.norm(vertical * size))
    if kind == kinds.mjGEOM_CYLINDER:
        return abs(vertical[2]) * size[1] + size[0] * float(np.hypot(vertical[0], vertical[1]))
    if kind == kinds.mjGEOM_BOX:
        return float(np.abs(vertical) @ size)
    if kind == kinds.mjGEOM_MESH:
        mesh = int(model.geom_dataid[geom])
        start, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
        return float(-(model.mesh_vert[start : start + count] @ vertical).min())
    raise SfvError(f"geom {geom} is a {kind.name}; use sphere, capsule, ellipsoid, cylinder, box or mesh")
