"""Two small made-up motions and a network that trains on them in seconds."""

import numpy as np
import pytest

from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.hmr.config import MotionConfig, NetworkConfig, RegressorTrainConfig

FACING_X = np.array([1.2092, 1.2092, 1.2092])  # rotation vector that carries y up, z forward to z up, x forward


def moving(phase: float, frames: int = 60) -> BodyMotion:
    time = np.arange(frames) / 30.0
    poses = np.zeros((frames, 24, 3))
    poses[:, 0] = FACING_X
    swing = np.sin(2 * np.pi * time + phase)
    for joint, axis, size in (("left_hip", 0, -0.5), ("right_hip", 0, 0.5), ("left_knee", 0, 0.4), ("left_shoulder", 2, 0.6),
                              ("right_shoulder", 2, 0.6), ("right_elbow", 1, 0.8), ("spine2", 0, 0.2)):  # fmt: skip
        poses[:, SMPL_JOINTS.index(joint), axis] = size * swing
    path = np.stack([time, 0 * time, 0 * time + 0.9], axis=1)
    return BodyMotion(poses, path, np.zeros(10), 30.0)


@pytest.fixture(scope="session")
def clips():
    return {"wave": moving(0.0), "jump": moving(1.0), "walk": moving(2.0, frames=24)}


@pytest.fixture(scope="session")
def tiny():
    network = NetworkConfig(width=32, hidden=48, blocks=1)
    motion = MotionConfig(copy_mm=0, alike_mm=0, alike_too_mm=0)  # all of these clips are one motion
    return RegressorTrainConfig(
        motion=motion,
        steps=6,
        batch=4,
        adversarial_frames=8,
        log_every=2,
        check_every=3,
        network=network,
        bfloat16=False,
    )
