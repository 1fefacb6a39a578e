"""What the character should do in every frame: SMPL's joint orientations and positions, carried over to its own proportions."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from sfv.body.model import Body
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import (
    continuous_quat,
    heading_quat,
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    quat_rotate_inverse,
    quat_to_rotmat,
    rotmat_to_quat,
    rotvec_to_quat,
)
from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.robot.anatomy import Anatomy

SMPL_TO_X_FORWARD = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""SMPL's rest axes (x left, y up, z forward) in the world of a character that faces x (x forward, y left, z up)."""


@dataclass(frozen=True)
class Targets:
    """Goals of one clip. ``packed`` lays them out like a qpos, so that cycles are closed by the same code as clips."""

    hips: np.ndarray
    """Middle of the hips. Shape (T, 3), metres, world."""
    root: np.ndarray
    """World orientation of the first body of the skeleton. Shape (T, 4)."""
    bodies: np.ndarray
    """Orientation of the other bodies relative to the root. Shape (T, B - 1, 4)."""
    ankles: np.ndarray
    """Left and right ankle from the middle of the hips, in the root's heading frame. Shape (T, 2, 3), metres."""
    contacts: np.ndarray
    """Probability that each of CONTACT_POINTS stands. Shape (T, 4)."""
    touch: np.ndarray
    """How surely the lowest point of what each SMPL joint moves is on the ground, whether it moves or not. Shape (T, 24)."""
    hold: np.ndarray
    """How surely that point also stays where it is. Shape (T, 24)."""
    airborne: np.ndarray
    """How surely nothing at all touches the ground. Shape (T, 1)."""
    fps: float

    def __len__(self) -> int:
        return len(self.hips)

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths of the columns of ``packed`` after the first seven."""
        return (4,) * self.bodies.shape[1] + (1,) * (
            6 + self.contacts.shape[1] + self.touch.shape[1] + self.hold.shape[1] + 1
        )

    @property
    def packed(self) -> np.ndarray:
        """All of them in one array, in the order of the fields. Shape (T, 7 + sum(widths))."""
        parts = (self.hips, self.root, self.bodies, self.ankles, self.contacts, self.touch, self.hold, self.airborne)
        flat = [value.reshape(len(self), -1) for value in parts]
        return np.concatenate(flat, axis=1)

    def with_packed(self, packed: np.ndarray) -> "Targets":
        """The same layout with other frames."""
        count, bodies = len(packed), self.bodies.shape[1]
        cuts = np.cumsum([3, 4, 4 * bodies, 6, self.contacts.shape[1], self.touch.shape[1], self.hold.shape[1]])
        hips, root, rest, ankles, contacts, touch, hold, airborne = np.split(packed, cuts, axis=1)
        return replace(
            self, hips=hips, root=root, bodies=rest.reshape(count, bodies, 4), ankles=ankles.reshape(count, 2, 3),
            contacts=np.clip(contacts, 0.0, 1.0), touch=np.clip(touch, 0.0, 1.0), hold=np.clip(hold, 0.0, 1.0),
            airborne=np.clip(airborne, 0.0, 1.0),
        )  # fmt: skip

    def world_bodies(self) -> np.ndarray:
        """World orientation of every body of the skeleton. Shape (T, B, 4)."""
        root = torch.from_numpy(self.root)[:, None]
        rest = quat_multiply(root.expand(-1, self.bodies.shape[1], -1), torch.from_numpy(self.bodies))
        return torch.cat((root, rest), 1).numpy()

    def world_ankles(self) -> np.ndarray:
        """Left and right ankle. Shape (T, 2, 3), metres, world."""
        heading = heading_quat(torch.from_numpy(self.root))[:, None].expand(-1, 2, -1)
        return self.hips[:, None] + quat_rotate(heading, torch.from_numpy(self.ankles)).numpy()


def make_targets(motion: BodyMotion, skeleton: Anatomy, body: Body) -> Targets:
    """Carry ``motion`` over to the proportions of ``skeleton``.

    Orientation: R_body = G_joint M^T A C, with G the joint's world rotation, M SMPL's rest axes in the world, C the body's
    orientation in the T-pose and A the smallest rotation that lays the character's limb along SMPL's. Position: scaled by
    the ratio of leg lengths, with the height of the ankle above the sole kept apart. Contacts are as recorded, NaN where
    the motion has none; it records none but those of the feet, so nothing is known to be airborne.
    """
    rest = body.rest_joints(motion.betas) @ SMPL_TO_X_FORWARD.T
    sole = float((body.rest_vertices(motion.betas) @ SMPL_TO_X_FORWARD.T)[:, 2].min())
    joint = {name: SMPL_JOINTS.index(name) for name in SMPL_JOINTS}
    legs = [[joint[f"{side}_{part}"] for part in ("hip", "knee", "ankle")] for side in ("left", "right")]
    leg_length = float(np.mean([np.linalg.norm(np.diff(rest[leg], axis=0), axis=1).sum() for leg in legs]))
    if leg_length < 0.1:
        raise SfvError(
            f"the body's legs are {leg_length:.2f} m long; the betas of the motion belong to another body model"
        )
    scale = skeleton.leg_length / leg_length
    ankle_height = float(np.mean([rest[leg[2], 2] for leg in legs])) - sole

    rotations, positions = body.joint_transforms(motion.poses, motion.betas, motion.trans)
    offsets = np.stack([SMPL_TO_X_FORWARD.T @ aligned(skeleton, row, rest) for row in range(len(skeleton.bodies))])
    world = rotmat_to_quat(torch.from_numpy(rotations[:, skeleton.smpl] @ offsets))
    world = continuous_quat(world)
    hips = positions[:, [leg[0] for leg in legs]].mean(1)
    ankles = positions[:, [leg[2] for leg in legs]] - hips[:, None]
    origin = np.array([hips[0, 0], hips[0, 1], ankle_height])
    lifted = (hips - origin) * scale + [0.0, 0.0, skeleton.ankle_height]
    heading = heading_quat(world[:, 0])[:, None].expand(-1, 2, -1)
    relative = quat_multiply(quat_conjugate(world[:, :1]).expand(-1, world.shape[1] - 1, -1), world[:, 1:])
    return Targets(
        hips=lifted,
        root=world[:, 0].numpy(),
        bodies=continuous_quat(relative).numpy(),
        ankles=quat_rotate_inverse(heading, torch.from_numpy(ankles * scale)).numpy(),
        contacts=np.full((len(motion), 4), np.nan) if motion.contacts is None else motion.contacts.astype(float),
        touch=np.zeros((len(motion), len(SMPL_JOINTS))),
        hold=np.zeros((len(motion), len(SMPL_JOINTS))),
        airborne=np.zeros((len(motion), 1)),
        fps=motion.fps,
    )


def aligned(skeleton: Anatomy, row: int, rest: np.ndarray) -> np.ndarray:
    """A C of one body: its T-pose orientation, turned so that its limb lies along SMPL's rest limb. Shape (3, 3)."""
    t_pose = quat_to_rotmat(torch.from_numpy(skeleton.t_pose[row])).numpy()
    if skeleton.limb_child[row] < 0:
        return t_pose
    theirs = rest[skeleton.limb_child[row]] - rest[skeleton.smpl[row]]
    theirs = theirs / np.linalg.norm(theirs)
    ours = t_pose @ skeleton.limb[row]
    axis = np.cross(ours, theirs)
    sine = float(np.linalg.norm(axis))
    angle = np.arctan2(sine, float(ours @ theirs))
    rotvec = torch.from_numpy(axis / max(sine, 1e-9) * angle)
    return quat_to_rotmat(rotvec_to_quat(rotvec)).numpy() @ t_pose
