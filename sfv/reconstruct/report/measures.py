"""What no body does: jumps and flips from one frame to the next. Ground, sliding and jitter: ``sfv.metrics``."""

import numpy as np
import torch

from sfv.motion.rotations import quat_angle, rotvec_to_quat

JUMP_SPEED = 3.0
"""Change of the pelvis's velocity from one frame to the next that no body makes, m/s: ten times that of a hard landing at 30
frames a second."""
FLIP_SPEED = 25.0
"""Speed of rotation of the pelvis that no body reaches, rad/s: twice that of a spin kick."""


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
