"""World rotations of another skeleton's links -> SMPL poses: what all readers of motion capture share.

A link's rotation G_link carries its own rest frame (x forward, y left, z up) into the world. SMPL's rest frame is y up, z forward,
x left; P turns it into those axes, so that G_smpl = G_link A P, where A turns the open body's limb onto the other skeleton's.
"""

from collections.abc import Mapping

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.ground import LIFT_QUANTILE
from sfv.motion.mocap.rest import LEG_LENGTH, MID_HIPS, REST_JOINTS, frame_of, limb_frame, sole_heights
from sfv.motion.rotations import quat_slerp, quat_to_rotmat, rotmat_to_quat, rotmat_to_rotvec
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

TO_ZUP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""P: SMPL's rest frame (x left, y up, z forward) into the world's (x forward, y left, z up)."""
BETAS = 10
"""Shape coefficients written, all zero: capture skeletons say nothing of the flesh."""
_SPINE, _NECK = ("spine1", "spine2", "spine3"), ("neck", "head")


def alignment(joint: str, bone: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """A: turns the open body's limb in its T-pose onto another skeleton's limb in that one's rest pose. Shape (3, 3).

    Args:
        joint: SMPL joint at which the limb starts: hip, knee, shoulder or elbow of a side.
        bone: direction of the limb in the other skeleton's rest pose, x forward, y left, z up. Shape (3,).
        bend: axis about which its knee or elbow bends when the angle is positive, same axes. Shape (3,).
    """
    return frame_of(bone, bend) @ (TO_ZUP @ limb_frame(joint)).T


def to_body_motion(rotations: Mapping[str, np.ndarray], hips: np.ndarray, leg_length: float, fps: float) -> BodyMotion:
    """SMPL poses of a motion, feet on the ground.

    Args:
        rotations: world rotation of links by SMPL joint, A included: G A. "pelvis", "spine3" and "head" are needed; SMPL joints
            that are not named follow their parents, the spine and the neck share what turns. Shape (T, 3, 3) each.
        hips: middle between the hips, z up. Shape (T, 3), metres.
        leg_length: hip to knee to ankle of the other skeleton, metres: the path is scaled to the open body's legs.
        fps: frames a second.
    """
    if not (np.isfinite(leg_length) and leg_length > 0):
        raise FileFormatError(f"the legs of the skeleton are {leg_length:g} m long")
    turned = {joint: value @ TO_ZUP for joint, value in rotations.items()}
    turned |= _between(turned["pelvis"], turned["spine3"], _SPINE) | _between(turned["spine3"], turned["head"], _NECK)
    world = []
    for joint, parent in zip(SMPL_JOINTS, SMPL_PARENTS):
        world.append(turned[joint] if joint in turned else world[parent])
    local = np.stack(
        [world[j] if parent < 0 else np.swapaxes(world[parent], 1, 2) @ world[j] for j, parent in enumerate(SMPL_PARENTS)],
        axis=1,
    )  # fmt: skip
    pelvis = hips * (LEG_LENGTH / leg_length) + world[0] @ (REST_JOINTS[0] - MID_HIPS)
    pelvis[:, 2] -= np.quantile(sole_heights(local, pelvis).min(1), LIFT_QUANTILE)
    poses = rotmat_to_rotvec(torch.from_numpy(local)).numpy()
    return BodyMotion(poses, pelvis - REST_JOINTS[0], np.zeros(BETAS), fps)


def _between(start: np.ndarray, end: np.ndarray, joints: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Rotations that go from ``start`` to ``end`` in equal steps, the last one being ``end``. Shape (T, 3, 3) each."""
    a, b = rotmat_to_quat(torch.from_numpy(start)), rotmat_to_quat(torch.from_numpy(end))
    shares = torch.arange(1, len(joints) + 1, dtype=a.dtype) / len(joints)
    return {
        joint: quat_to_rotmat(quat_slerp(a, b, share.expand(len(a)))).numpy() for joint, share in zip(joints, shares)
    }
