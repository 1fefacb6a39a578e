"""A person's motion as a Track: joints of the mean body, soles under the feet."""

import numpy as np
import torch

from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.rest import REST_JOINTS as OPEN
from sfv.motion.mocap.rest import SOLES
from sfv.motion.plausible.track import Track
from sfv.motion.rest import REST_JOINTS
from sfv.motion.rotations import quat_angle, rotmat_to_quat, rotvec_to_quat, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

_TO_ZUP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Axes of the rest pose (y up, facing z) to a frame with x forward and z up."""
_THICK = {"pelvis": 0.1, "spine1": 0.1, "spine2": 0.1, "spine3": 0.1, "neck": 0.05, "head": 0.12}
_THIN = 0.04
_HEAVY = {"pelvis": 4.0, "spine1": 4.0, "spine2": 4.0, "spine3": 5.0, "head": 3.0, "left_hip": 2.0, "right_hip": 2.0,
          "left_knee": 2.0, "right_knee": 2.0}  # fmt: skip
"""Weight of a joint in the centre of mass; the others' is one."""

_ANKLE = SMPL_JOINTS.index("left_ankle")
_ANKLE_HEIGHT = float(OPEN[_ANKLE, 1] - SOLES["left_ankle"][1])


def motion_track(motion: BodyMotion) -> Track:
    """What the tests look at. Betas are left out: they change lengths by a tenth."""
    rest = REST_JOINTS["smpl"] if motion.body == "smpl" else OPEN
    turns = rotvec_to_rotmat(torch.from_numpy(motion.poses)).numpy()
    rotations, places = np.empty_like(turns), np.empty((len(motion), 24, 3))
    for joint, parent in enumerate(SMPL_PARENTS):
        if parent < 0:
            rotations[:, joint], places[:, joint] = turns[:, joint], rest[joint] + motion.trans
        else:
            rotations[:, joint] = rotations[:, parent] @ turns[:, joint]
            places[:, joint] = places[:, parent] + rotations[:, parent] @ (rest[joint] - rest[parent])
    soles = []
    for name, point in SOLES.items():
        joint = SMPL_JOINTS.index(name)
        soles.append(places[:, joint] + rotations[:, joint] @ (point - OPEN[joint]))
    world = np.concatenate([places, np.stack(soles, axis=1)], axis=1)
    own = rotations[:, 0] @ _TO_ZUP.T
    weights = np.array([_HEAVY.get(name, 1.0) for name in SMPL_JOINTS])
    quats = rotvec_to_quat(torch.from_numpy(motion.poses))
    return Track(
        fps=motion.fps,
        root=places[:, 0],
        quat=rotmat_to_quat(torch.from_numpy(own)).numpy(),
        outline=np.einsum("tji,tpj->tpi", own, world - places[:, :1]),
        radii=np.array([_THICK.get(name, _THIN) for name in SMPL_JOINTS] + [0.0] * len(SOLES)),
        com=np.einsum("tjk,j->tk", places, weights / weights.sum()),
        turns=quat_angle(quats[:-1], quats[1:]).numpy(),
        joints=SMPL_JOINTS,
        stand=float(rest[0, 1] - rest[_ANKLE, 1]) + _ANKLE_HEIGHT,
        angles=np.linalg.norm(motion.poses[:, 1:], axis=-1),
        angle_names=SMPL_JOINTS[1:],
        limits=np.tile([-np.inf, np.inf], (23, 1)),
        balls=np.zeros((len(motion), 0, 4)),
        stored="trans",
        quaternions=False,
        grounded=motion.grounded,
    )
