"""What retargeting needs to know of a character: its T-pose, limbs, leg length and the points it stands on."""

from dataclasses import dataclass

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.rotations import quat_rotate
from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.robot.centres import joint_centres
from sfv.retarget.robot.kinematics import Kinematics

_SOLE = 0.02  # metres: foot points this close to the lowest one in the T-pose make up the sole


@dataclass(frozen=True)
class Anatomy:
    """A character in SMPL's terms. Bodies are MuJoCo body ids."""

    character: Character
    model: mujoco.MjModel
    kinematics: Kinematics
    rest: np.ndarray
    """SMPL's T-pose, facing x. Shape (nq,)."""
    bodies: np.ndarray
    """Bodies that follow a joint of SMPL and can move against their parent, root first. Shape (B,)."""
    smpl: np.ndarray
    """Index of the SMPL joint that each of them follows. Shape (B,)."""
    t_pose: np.ndarray
    """World orientation of each of them in SMPL's T-pose, facing x. Shape (B, 4), wxyz."""
    limb: np.ndarray
    """Unit vector from each of them to the one mapped body that hangs on it, in its own axes; NaN where none or several do.
    Shape (B, 3)."""
    limb_child: np.ndarray
    """SMPL joint at the far end of that limb; -1 where there is none. Shape (B,)."""
    hips: np.ndarray
    """Bodies at the left and right hip. Shape (2,)."""
    ankles: np.ndarray
    """Bodies at the left and right ankle. Shape (2,)."""
    hip_base: int
    """Body that carries the legs."""
    hip_middle: np.ndarray
    """Middle between the centres of both hips, in that body's axes. Shape (3,)."""
    centres: np.ndarray
    """Centre of every SMPL joint in the T-pose, world; NaN where the body map lacks it. Shape (24, 3)."""
    leg_length: float
    """Hip to knee to ankle, metres, mean of both sides."""
    ankle_height: float
    """Ankle above the sole in the T-pose, metres."""
    points: np.ndarray
    """Points that can touch the ground: centres of spheres, ends of capsules, corners of boxes. Shape (P, 3), body axes."""
    point_bodies: np.ndarray
    """Body of each point. Shape (P,)."""
    point_radii: np.ndarray
    """Radius around each point, metres. Shape (P,)."""
    point_joints: np.ndarray
    """SMPL joint of each point: that of its body, or of the nearest body above it which the body map names. Shape (P,)."""
    contact_points: tuple[np.ndarray, ...]
    """Indices of the points that stand for each of ``body_motion.CONTACT_POINTS``: soles' rear and front, left then right."""

    def hips_at(self, xpos: Tensor, xquat: Tensor) -> Tensor:
        """Middle of the hips. Shapes (T, nbody, 3), (T, nbody, 4) -> (T, 3), world."""
        local = torch.from_numpy(self.hip_middle).expand(len(xpos), 3)
        return xpos[:, self.hip_base] + quat_rotate(xquat[:, self.hip_base], local)


def build_anatomy(character: Character) -> Anatomy:
    """Measure ``character``. Raises SfvError where its body map lacks hips, knees or ankles."""
    model = character.model()
    kinematics = Kinematics(model)
    ids = {body: model.body(body).id for body in character.body_map}
    by_joint = {joint: ids[body] for body, joint in character.body_map.items()}
    needed = [f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle")]
    unknown = sorted(set(by_joint) - set(SMPL_JOINTS))
    missing = [joint for joint in needed if joint not in by_joint]
    if unknown or missing:
        fault = f"names no SMPL joint: {', '.join(unknown)}" if unknown else f"lacks {', '.join(missing)}"
        raise SfvError(f"[body_map] of character '{character.name}' {fault}; mend its character.toml")
    rest = character.t_pose_qpos(model)
    xpos, xquat = (value[0].numpy() for value in kinematics.forward(torch.from_numpy(rest)[None]))
    moving = [b for b in sorted(ids.values()) if model.body_jntnum[b] > 0]
    centres = joint_centres(model, sorted(ids.values()), rest)
    limb, limb_child = _limbs(character, model, moving, centres, xquat, ids)
    points, point_bodies, radii = _ground_points(model)
    world = xpos[point_bodies] + _rotate(xquat[point_bodies], points)
    legs = [[by_joint[f"{side}_{part}"] for part in ("hip", "knee", "ankle")] for side in ("left", "right")]
    ankles = np.array([leg[2] for leg in legs])
    base = _mapped_above(model, legs[0][0], ids)
    middle = 0.5 * (centres[legs[0][0]] + centres[legs[1][0]])
    lengths = [
        [np.linalg.norm(centres[leg[1]] - centres[leg[0]]), np.linalg.norm(xpos[leg[2]] - centres[leg[1]])]
        for leg in legs
    ]
    rest_centres = np.full((len(SMPL_JOINTS), 3), np.nan)
    for joint, body in by_joint.items():
        rest_centres[SMPL_JOINTS.index(joint)] = centres[body]
    contact, soles = [], []
    for ankle in ankles:
        rear, front, sole = _sole(world, radii, point_bodies == ankle, xpos[ankle], character.name)
        contact += [rear, front]
        soles.append(sole)
    return Anatomy(
        character=character,
        model=model,
        kinematics=kinematics,
        rest=rest,
        bodies=np.array(moving),
        smpl=np.array([SMPL_JOINTS.index(character.body_map[model.body(b).name]) for b in moving]),
        t_pose=xquat[moving],
        limb=limb,
        limb_child=limb_child,
        hips=np.array([leg[0] for leg in legs]),
        ankles=ankles,
        hip_base=base,
        hip_middle=_rotate(xquat[base] * [1, -1, -1, -1], middle - xpos[base]),
        centres=rest_centres,
        leg_length=float(np.sum(lengths) / 2),
        ankle_height=float(np.mean(xpos[ankles, 2] - soles)),
        points=points,
        point_bodies=point_bodies,
        point_radii=radii,
        point_joints=np.array([_joint_above(character, model, body) for body in point_bodies]),
        contact_points=tuple(contact),
    )


def _limbs(
    character: Character,
    model: mujoco.MjModel,
    moving: list[int],
    centres: dict[int, np.ndarray],
    xquat: np.ndarray,
    ids: dict[str, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Limb vector and SMPL joint at its end, for bodies with exactly one mapped descendant next to them."""
    mapped = set(ids.values())
    children: dict[int, list[int]] = {body: [] for body in mapped}
    for body in mapped:
        parent = _mapped_above(model, body, ids)
        if parent in children:
            children[parent].append(body)
    limb, child = np.full((len(moving), 3), np.nan), np.full(len(moving), -1)
    for row, body in enumerate(moving):
        if len(children[body]) == 1:
            (end,) = children[body]
            limb[row] = _rotate(xquat[body] * [1, -1, -1, -1], centres[end] - centres[body])
            limb[row] /= np.linalg.norm(limb[row])
            child[row] = SMPL_JOINTS.index(character.body_map[model.body(end).name])
    return limb, child


def _mapped_above(model: mujoco.MjModel, body: int, ids: dict[str, int]) -> int:
    """Nearest mapped body above; the world where there is none."""
    parent = int(model.body_parentid[body])
    while parent > 0 and parent not in ids.values():
        parent = int(model.body_parentid[parent])
    return parent


def _joint_above(character: Character, model: mujoco.MjModel, body: int) -> int:
    """SMPL joint of the nearest mapped body at or above ``body``; the pelvis where there is none."""
    while body > 0 and model.body(body).name not in character.body_map:
        body = int(model.body_parentid[body])
    return SMPL_JOINTS.index(character.body_map.get(model.body(body).name, SMPL_JOINTS[0]))


def _ground_points(model: mujoco.MjModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, their bodies and radii of all geoms that collide; a shape of another kind is stood for by its bounding box."""
    kinds, points, bodies, radii = mujoco.mjtGeom, [], [], []
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
    for geom in range(model.ngeom):
        if model.geom_bodyid[geom] == 0 or not (model.geom_contype[geom] or model.geom_conaffinity[geom]):
            continue
        kind, size = int(model.geom_type[geom]), model.geom_size[geom]
        if kind == kinds.mjGEOM_SPHERE:
            local, radius = np.zeros((1, 3)), size[0]
        elif kind == kinds.mjGEOM_CAPSULE:
            local, radius = np.array([[0, 0, -size[1]], [0, 0, size[1]]]), size[0]
        else:
            local, radius = model.geom_aabb[geom, :3] + corners * model.geom_aabb[geom, 3:], 0.0
        points.append(model.geom_pos[geom] + _rotate(model.geom_quat[geom], local))
        bodies += [int(model.geom_bodyid[geom])] * len(local)
        radii += [radius] * len(local)
    return np.concatenate(points), np.array(bodies), np.array(radii)


def _sole(
    world: np.ndarray, radii: np.ndarray, own: np.ndarray, ankle: np.ndarray, name: str
) -> tuple[np.ndarray, np.ndarray, float]:
    """Indices of a foot's rear and front sole points, and the sole's height in the T-pose."""
    if not own.any():
        raise SfvError(f"the ankle bodies of character '{name}' have no geom that could stand on the ground")
    heights = world[:, 2] - radii
    floor = float(heights[own].min())
    sole = np.flatnonzero(own & (heights < floor + _SOLE))
    forward = world[sole, 0] - ankle[0]
    middle = 0.5 * (forward.min() + forward.max())
    rear, front = sole[forward <= middle], sole[forward >= middle]
    return rear, front, floor


def _rotate(quat: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Rotate (..., 3) by (..., 4) wxyz."""
    u = np.broadcast_to(quat[..., 1:], vector.shape)
    twice = 2.0 * np.cross(u, vector)
    return vector + quat[..., :1] * twice + np.cross(u, twice)
