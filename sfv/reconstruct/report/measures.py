"""How a recovered motion behaves over time: what touches the ground, jumps, flips. Sliding and jitter: ``sfv.metrics``."""

from dataclasses import dataclass

import numpy as np
import torch

from sfv.body import Body
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion
from sfv.motion.rotations import quat_angle, rotvec_to_quat

JUMP_SPEED = 3.0
"""Change of the pelvis's velocity from one frame to the next that no body makes, m/s: ten times that of a hard landing at 30
frames a second."""
FLIP_SPEED = 25.0
"""Speed of rotation of the pelvis that no body reaches, rad/s: twice that of a spin kick."""
_CHUNK = 256  # frames whose mesh is held at a time


@dataclass(frozen=True)
class BodyOnGround:
    """The skin against the ground."""

    lowest: np.ndarray
    """Height of the lowest vertex. Shape (T,), metres."""
    feet: np.ndarray
    """CONTACT_POINTS. Shape (T, 4, 3), metres."""


def on_ground(motion: BodyMotion, body: Body) -> BodyOnGround:
    """Skin the motion and keep what touches the ground; long motions in pieces."""
    points = [body.landmark_vertices[name.replace("_", "_sole_")] for name in CONTACT_POINTS]
    lowest, feet = [], []
    for start in range(0, len(motion), _CHUNK):
        part = slice(start, start + _CHUNK)
        vertices = body.vertices(motion.poses[part], motion.betas, motion.trans[part])
        lowest.append(vertices[..., 2].min(1))
        feet.append(vertices[:, points])
    return BodyOnGround(np.concatenate(lowest), np.concatenate(feet))


def jumps(places: np.ndarray, fps: float) -> np.ndarray:
    """Whether the pelvis jumps on its way into each frame: its velocity changes by JUMP_SPEED. Shape (T, 3) -> (T,), bool."""
    jumped = np.zeros(len(places), bool)
    if len(places) > 2:
        change = np.linalg.norm(np.diff(places, 2, axis=0), axis=-1) * fps
        step = np.linalg.norm(np.diff(places, axis=0), axis=-1)
        # one jump changes the velocity twice, in and out: the longer step of the two is the jump
        jumped[1:-1] |= (change > JUMP_SPEED) & (step[:-1] >= step[1:])
        jumped[2:] |= (change > JUMP_SPEED) & (step[1:] > step[:-1])
    return jumped


def flips(rotvecs: np.ndarray, fps: float) -> np.ndarray:
    """Whether the pelvis turns faster than FLIP_SPEED on its way into each frame. Shape (T, 3) -> (T,), bool."""
    quat = rotvec_to_quat(torch.from_numpy(np.asarray(rotvecs, float)))
    turned = np.zeros(len(rotvecs), bool)
    turned[1:] = quat_angle(quat[1:], quat[:-1]).numpy() * fps > FLIP_SPEED
    return turned
