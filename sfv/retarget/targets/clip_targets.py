"""Targets from a clip of another character: orientations through both body maps, and whatever touches the ground there."""

import numpy as np
import torch

from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.cycle import repeat_cycle
from sfv.motion.rotations import (
    continuous_quat,
    heading_quat,
    quat_conjugate,
    quat_multiply,
    quat_rotate_inverse,
    quat_to_rotmat,
    rotmat_to_quat,
)
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import true_flights
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.targets.start import guess_contacts, world_points
from sfv.retarget.targets.targets import Targets, aligned


def clip_targets(clip: Clip, source: Anatomy, skeleton: Anatomy, config: RetargetConfig) -> Targets:
    """Carry ``clip`` of ``source`` over to the proportions of ``skeleton``.

    Orientation: R = S C_s^T A C, with S and C_s the world orientations of the source's body now and in the T-pose, C that of
    the character's body in the T-pose and A the smallest rotation that lays the character's limb along the source's. A
    joint that the source's body map lacks turns with the nearest one above it. Positions are scaled by the ratio of
    leg lengths, with the height of the ankle above the sole kept apart. Raises SfvError where the source has no root to follow.
    """
    xpos, xquat = source.kinematics.forward(torch.from_numpy(clip.qpos))
    rest_quat = source.kinematics.forward(torch.from_numpy(source.rest)[None])[1][0]
    bodies = {SMPL_JOINTS.index(joint): source.model.body(body).id for body, joint in source.character.body_map.items()}
    world = []
    for row, joint in enumerate(skeleton.smpl.tolist()):
        body = bodies[_followed(joint, bodies, source)]
        moved = quat_to_rotmat(quat_multiply(xquat[:, body], quat_conjugate(rest_quat[body]).expand_as(xquat[:, body])))
        world.append(rotmat_to_quat(moved @ torch.from_numpy(_at_rest(skeleton, row, source.centres))))
    turns = continuous_quat(torch.stack(world, 1))
    hips = source.hips_at(xpos, xquat).numpy()
    ankles = xpos[:, source.ankles].numpy() - hips[:, None]
    scale = skeleton.leg_length / source.leg_length
    origin = np.array([0.0, 0.0, source.ankle_height])
    heading = heading_quat(turns[:, 0])[:, None].expand(-1, 2, -1)
    relative = quat_multiply(quat_conjugate(turns[:, :1]).expand(-1, turns.shape[1] - 1, -1), turns[:, 1:])
    contacts, touch, hold, airborne = _ground_contacts(clip, source, config)
    return Targets(
        hips=(hips - origin) * scale + [0.0, 0.0, skeleton.ankle_height],
        root=turns[:, 0].numpy(),
        bodies=continuous_quat(relative).numpy(),
        ankles=quat_rotate_inverse(heading, torch.from_numpy(ankles * scale)).numpy(),
        contacts=contacts,
        touch=touch,
        hold=hold,
        airborne=airborne,
        fps=clip.fps,
    )


def _followed(joint: int, known: dict[int, int], source: Anatomy) -> int:
    """The joint itself, or the nearest one above it that the source has."""
    while joint not in known:
        joint = SMPL_PARENTS[joint]
        if joint < 0:
            raise SfvError(
                f"[body_map] of character '{source.character.name}' lacks the pelvis; mend its character.toml"
            )
    return joint


def _at_rest(skeleton: Anatomy, row: int, rest: np.ndarray) -> np.ndarray:
    """A C of one body; A is left out where the source does not have both ends of the limb. Shape (3, 3)."""
    child = skeleton.limb_child[row]
    if child >= 0 and np.isnan(rest[[child, skeleton.smpl[row]]]).any():
        return quat_to_rotmat(torch.from_numpy(skeleton.t_pose[row])).numpy()
    return aligned(skeleton, row, rest)


def _ground_contacts(
    clip: Clip, source: Anatomy, config: RetargetConfig
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stance of the soles (T, 4) as the clip remembers it, touch and hold of what each SMPL joint moves (T, 24), and flights (T, 1),
    from the source's own geometry; stance too where the clip remembers none.

    A cycle is measured in the middle of three, so that speeds at its ends are those of the running motion.
    """
    frames = len(clip)
    qpos = repeat_cycle(clip.qpos, 3) if clip.cyclic else clip.qpos
    cut = slice(frames - 1, 2 * frames - 1) if clip.cyclic else slice(0, frames)
    if clip.contacts is None:
        contacts = guess_contacts(qpos, clip.fps, source, config, floor=0.0)
    else:
        contacts = np.concatenate((*[clip.contacts[:-1]] * (3 if clip.cyclic else 1), clip.contacts[-1:]))
    xpos, xquat, world = world_points(source, torch.from_numpy(qpos))
    points, com = world.numpy(), source.kinematics.centre_of_mass(xpos, xquat).numpy()
    heights = points[..., 2] - source.point_radii
    speeds = np.linalg.norm(np.gradient(points[..., :2], 1.0 / clip.fps, axis=0), axis=-1)
    touch, hold = np.zeros((2, len(qpos), len(SMPL_JOINTS)))
    for joint in np.unique(source.point_joints).tolist():
        own = np.flatnonzero(source.point_joints == joint)
        lowest = own[heights[:, own].argmin(1)]
        every = np.arange(len(qpos))
        touch[:, joint] = np.clip(
            (config.touch_fade - heights[every, lowest]) / (config.touch_fade - config.touch_height), 0, 1
        )
        hold[:, joint] = touch[:, joint] * (speeds[every, lowest] < config.contact_speed)
    airborne = (1.0 - touch.max(1, keepdims=True)) * (1.0 - contacts.max(1, keepdims=True))
    return contacts[cut], touch[cut], hold[cut], true_flights(airborne, com[:, 2], clip.fps)[cut]
