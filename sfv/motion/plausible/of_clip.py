"""A clip as a Track: kinematics of its character, points on the surface of the geoms."""

import mujoco
import numpy as np
import torch

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.plausible.track import Track
from sfv.motion.resample import ball_columns
from sfv.motion.rotations import quat_angle

_KINDS = mujoco.mjtGeom
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
_DIRECTIONS = np.array(
    [[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) != (0, 0, 0)], dtype=float
)


def clip_track(clip: Clip, character: Character) -> Track:
    """What the tests look at. Raises SfvError for a clip with other joints than the character's."""
    model = character.model()
    names = tuple(model.joint(i).name for i in range(1, model.njnt))
    clip.check_character(character.name, names)
    if clip.qpos.shape[1] != model.nq:
        raise SfvError(f"the clip has {clip.qpos.shape[1]} numbers a frame; {character.name} has {model.nq}")
    bodies, points, radii = _surface(model)
    data = mujoco.MjData(model)
    places, turns, com = np.empty((len(clip), model.nbody, 3)), np.empty((len(clip), model.nbody, 3, 3)), []
    for frame, pose in enumerate(clip.qpos):
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        places[frame], turns[frame] = data.xpos, data.xmat.reshape(-1, 3, 3)
        com.append(data.subtree_com[0].copy())
    world = np.einsum("tpij,pj->tpi", turns[:, bodies], points) + places[:, bodies]
    root = clip.qpos[:, :3]
    root_body = int(model.jnt_bodyid[0])
    outline = np.einsum("tji,tpj->tpi", turns[:, root_body], world - root[:, None])
    hinge_joints = np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_HINGE)
    hinges = model.jnt_qposadr[hinge_joints]
    return Track(
        fps=clip.fps,
        root=root,
        quat=clip.qpos[:, 3:7],
        outline=outline,
        radii=radii,
        com=np.array(com),
        turns=_turns(clip),
        joints=("the root", *clip.joints),
        stand=_stand(model, bodies, points, radii),
        angles=clip.qpos[:, hinges],
        angle_names=tuple(model.joint(i).name for i in hinge_joints),
        limits=np.where(model.jnt_limited[hinge_joints, None] > 0, model.jnt_range[hinge_joints], [-np.inf, np.inf]),
        balls=np.stack([clip.qpos[:, cut] for cut in ball_columns(clip.widths)[1:]], axis=1)
        if 4 in clip.widths
        else np.zeros((len(clip), 0, 4)),
        cyclic=clip.cyclic,
    )


def _stand(model: mujoco.MjModel, bodies: np.ndarray, points: np.ndarray, radii: np.ndarray) -> float:
    """Height of the root above the lowest point in the model's zero pose."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    world = np.einsum("pij,pj->pi", data.xmat.reshape(-1, 3, 3)[bodies], points) + data.xpos[bodies]
    return float(data.qpos[2] - (world[:, 2] - radii).min())


def _turns(clip: Clip) -> np.ndarray:
    balls = ball_columns(clip.widths)
    found = [quat_angle(*(torch.from_numpy(part[:, balls[0]]) for part in (clip.qpos[:-1], clip.qpos[1:]))).numpy()]
    start = 7
    for width in clip.widths:
        part = clip.qpos[:, start : start + width]
        if width == 4:
            found.append(quat_angle(torch.from_numpy(part[:-1]), torch.from_numpy(part[1:])).numpy())
        else:
            found.append(np.abs(np.diff(part[:, 0])))
        start += width
    return np.stack(found, axis=1)


def _surface(model: mujoco.MjModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points that span the geoms: body of each, place in its frame, radius. Shapes (P,), (P, 3), (P,)."""
    collides = (model.geom_contype | model.geom_conaffinity) > 0
    bodies: list[int] = []
    points: list[np.ndarray] = []
    radii: list[float] = []
    for geom in range(model.ngeom):
        if model.geom_bodyid[geom] == 0 or (collides.any() and not collides[geom]):
            continue
        local, radius = _points(model, geom)
        rotation = np.empty(9)
        mujoco.mju_quat2Mat(rotation, model.geom_quat[geom])
        placed = local @ rotation.reshape(3, 3).T + model.geom_pos[geom]
        bodies += [int(model.geom_bodyid[geom])] * len(placed)
        points += list(placed)
        radii += [radius] * len(placed)
    if not points:
        return np.arange(1, model.nbody), np.zeros((model.nbody - 1, 3)), np.zeros(model.nbody - 1)
    return np.array(bodies), np.array(points), np.array(radii)


def _points(model: mujoco.MjModel, geom: int) -> tuple[np.ndarray, float]:
    """Points that span one geom in its own frame, and how far it reaches around them."""
    kind, size = _KINDS(int(model.geom_type[geom])), model.geom_size[geom]
    if kind == _KINDS.mjGEOM_SPHERE:
        return np.zeros((1, 3)), float(size[0])
    if kind == _KINDS.mjGEOM_CAPSULE:
        return np.array([[0, 0, -size[1]], [0, 0, size[1]]]), float(size[0])
    if kind == _KINDS.mjGEOM_MESH:
        mesh = int(model.geom_dataid[geom])
        start, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
        vertices = np.asarray(model.mesh_vert[start : start + count], dtype=float)
        return vertices[np.unique((vertices @ _DIRECTIONS.T).argmax(0))], 0.0
    if kind == _KINDS.mjGEOM_CYLINDER:
        return _CORNERS * np.array([size[0] / np.sqrt(2), size[0] / np.sqrt(2), size[1]]), 0.0
    if kind == _KINDS.mjGEOM_ELLIPSOID:
        return _DIRECTIONS / np.linalg.norm(_DIRECTIONS, axis=1, keepdims=True) * size, 0.0
    return _CORNERS * size, 0.0
