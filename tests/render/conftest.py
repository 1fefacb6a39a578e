"""A short standing motion with a camera, for pictures."""

import numpy as np
import pytest

from sfv.body.model import Body, load_body
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.draw.view import look_at
from sfv.motion.body_motion import BodyMotion
from sfv.render.config import RenderConfig

FRAMES = 8
IMAGE_SIZE = (320, 240)


@pytest.fixture(scope="session")
def body() -> Body:
    return load_body(name="open")


@pytest.fixture(scope="session")
def small() -> RenderConfig:
    return RenderConfig(height=120, world_width=100, max_input_width=200, samples=0, tail_seconds=0.2)


@pytest.fixture(scope="session")
def standing_motion(body: Body) -> BodyMotion:
    """Somebody who faces x, glides along it at 0.3 m/s, and is filmed from his left."""
    poses = np.zeros((FRAMES, 24, 3))
    poses[:, 0] = [2 * np.pi / 3 / np.sqrt(3)] * 3  # y-up facing z to z-up facing x
    trans = np.zeros((FRAMES, 3))
    trans[:, 0] = 0.01 * np.arange(FRAMES)
    trans[:, 2] -= body.vertices(poses[:1], np.zeros(10), trans[:1])[..., 2].min()
    camera = look_at(np.array([0.0, 0.0, 0.8]), -90.0, 5.0, 5.0, IMAGE_SIZE)
    return BodyMotion(poses, trans, np.zeros(10), 30.0, camera=camera, first_frame=3)


@pytest.fixture(scope="session")
def seen(standing_motion: BodyMotion, body: Body) -> Keypoints:
    """Shoulders and hips of that person, where the camera sees them."""
    motion = standing_motion
    assert motion.camera is not None
    joints = body.joints(motion.poses, motion.betas, motion.trans)
    xy = np.full((1, FRAMES, len(BLAZEPOSE_NAMES), 2), np.nan)
    confidence = np.zeros(xy.shape[:3])
    for name, joint in (("left_shoulder", 16), ("right_shoulder", 17), ("left_hip", 1), ("right_hip", 2)):
        xy[0, :, BLAZEPOSE_NAMES.index(name)] = motion.camera.project(joints[:, joint])
        confidence[0, :, BLAZEPOSE_NAMES.index(name)] = 0.9
    return Keypoints(xy, confidence, np.full((*xy.shape[:3], 3), np.nan), 30.0, IMAGE_SIZE, first_frame=3)
