"""How well SMPL poses carry a file's own joints: forward kinematics with the file's bones against where its joints are."""

import numpy as np
import torch

from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.links import Links
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

_TRUNK = (("spine3", "pelvis", "spine2"), ("head", "spine3", "neck"))
"""Joint, where its bone begins, and the SMPL joint whose rotation carries the bone: the middle one, where several share a bend."""
_LIMBS = tuple(
    (f"{side}_{end}", parent.format(side), parent.format(side))
    for side in ("left", "right")
    for end, parent in (
        ("hip", "pelvis"), ("knee", "{}_hip"), ("ankle", "{}_knee"), ("foot", "{}_ankle"), ("collar", "spine3"),
        ("elbow", "{}_shoulder"), ("wrist", "{}_elbow"))
)  # fmt: skip


def limb_errors(motion: BodyMotion, links: Links, roles: dict[str, int]) -> dict[str, float]:
    """Mean distance of each joint from the file's, millimetres of a person whose legs are as long as the open body's.

    Each bone keeps its mean direction and length in the frame of the SMPL joint that carries it, so that what is found is what the
    poses do not say: wrong rotations, and joints that the body does not have. ``links`` are those the motion was made from, its frames
    and axes.
    """
    local = rotvec_to_rotmat(torch.as_tensor(motion.poses)).numpy()
    turned: list[np.ndarray] = []
    for joint, parent in enumerate(SMPL_PARENTS):
        turned.append(local[:, joint] if parent < 0 else turned[parent] @ local[:, joint])
    edges = [*_TRUNK, *_LIMBS]
    for side in ("left", "right"):
        start = f"{side}_collar" if f"{side}_collar" in roles else "spine3"
        edges.append((f"{side}_shoulder", start, start))
    made = {"pelvis": links.places[:, roles["pelvis"]]}
    waiting = [edge for edge in edges if edge[0] in roles]
    while waiting:
        ready = [edge for edge in waiting if edge[1] in made]
        for joint, start, carrier in ready:
            rotation = turned[SMPL_JOINTS.index(carrier)]
            bone = links.places[:, roles[joint]] - links.places[:, roles[start]]
            offset = np.einsum("tji,tj->ti", rotation, bone).mean(0)
            made[joint] = made[start] + rotation @ offset
        waiting = [edge for edge in waiting if edge not in ready]
    return {
        joint: 1000 * float(np.linalg.norm(made[joint] - links.places[:, roles[joint]], axis=-1).mean())
        for joint in made
    }
