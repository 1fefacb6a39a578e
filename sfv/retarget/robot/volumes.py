"""Bodies as spheres, so that links can be kept out of each other by differentiable distances."""

from dataclasses import dataclass

import mujoco
import numpy as np

from sfv.retarget.robot.anatomy import Anatomy

_SPACING = 1.0
"""Distance between the spheres along a limb, as a share of their radius."""


@dataclass(frozen=True)
class Volumes:
    """Spheres that fill the character's geoms, and the pairs of them that must not overlap."""

    centres: np.ndarray
    """Shape (S, 3), metres, in the axes of their bodies."""
    bodies: np.ndarray
    """Body of each sphere. Shape (S,)."""
    radii: np.ndarray
    """Shape (S,), metres."""
    pairs: np.ndarray
    """Indices of spheres of two bodies that may touch but not overlap. Shape (P, 2)."""


def make_volumes(skeleton: Anatomy) -> Volumes:
    """Fill spheres, capsules and boxes (also the bounding boxes of other shapes).

    As in MuJoCo, a body and its parent do not count as colliding. Nor do bodies that overlap in the pose of the file.
    """
    model = skeleton.model
    centres, bodies, radii = [], [], []
    for geom in range(model.ngeom):
        if model.geom_bodyid[geom] == 0 or not (model.geom_contype[geom] or model.geom_conaffinity[geom]):
            continue
        local, radius = _fill(model, geom)
        rotmat = np.empty(9)
        mujoco.mju_quat2Mat(rotmat, model.geom_quat[geom])
        centres.append(model.geom_pos[geom] + local @ rotmat.reshape(3, 3).T)
        bodies += [int(model.geom_bodyid[geom])] * len(local)
        radii += [radius] * len(local)
    place, size = np.concatenate(centres), np.array(radii)
    owner = np.array(bodies)
    return Volumes(place, owner, size, _pairs(model, place, owner, size))


def _fill(model: mujoco.MjModel, geom: int) -> tuple[np.ndarray, float]:
    """Centres (S, 3) in the geom's axes, and the radius."""
    kinds, kind, size = mujoco.mjtGeom, int(model.geom_type[geom]), model.geom_size[geom]
    if kind == kinds.mjGEOM_SPHERE:
        return np.zeros((1, 3)), float(size[0])
    if kind == kinds.mjGEOM_CAPSULE:
        count = int(np.ceil(2 * size[1] / (_SPACING * size[0]))) + 1
        return np.linspace([0, 0, -size[1]], [0, 0, size[1]], count), float(size[0])
    middle, half = model.geom_aabb[geom, :3], model.geom_aabb[geom, 3:]
    radius = float(half.min())
    axes = [np.linspace(-room, room, int(np.ceil(2 * room / (2 * _SPACING * radius))) + 1) for room in half - radius]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    return middle + grid, radius


def _pairs(model: mujoco.MjModel, centres: np.ndarray, bodies: np.ndarray, radii: np.ndarray) -> np.ndarray:
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    world = data.xpos[bodies] + np.einsum("sij,sj->si", data.xmat[bodies].reshape(-1, 3, 3), centres)
    inside = np.linalg.norm(world[:, None] - world, axis=-1) < radii[:, None] + radii
    rigid = model.body_weldid  # bodies without a joint between them are one
    related = np.zeros((model.nbody, model.nbody), dtype=bool)
    for body in range(model.nbody):
        parent = rigid[model.body_parentid[rigid[body]]]
        related[body] |= (rigid == rigid[body]) | (rigid == parent)
    related |= related.T
    one, other = np.nonzero(inside)
    related[bodies[one], bodies[other]] = True
    first, second = np.nonzero(np.triu(~related[bodies[:, None], bodies], 1))
    return np.stack([first, second], axis=1)
