"""A short scene of the synthetic set, and a case whose keypoints are the truth itself."""

from pathlib import Path

import numpy as np
import pytest

from sfv.bench.recovery.case import Case
from sfv.bench.recovery.detection import Cost
from sfv.bench.recovery.sets.synthetic import make_scene
from sfv.bench.recovery.sets.synthetic_set import body_joints, image_truth, scene_truth
from sfv.body import load_body
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.metrics import BODY_NAMES, HIPS


@pytest.fixture(scope="session")
def body():
    return load_body(name="open")


@pytest.fixture(scope="session")
def motion(body):
    return make_scene("dance_a", "front", body).motion


@pytest.fixture
def case(motion, body):
    """Keypoints that are the truth itself, seen from frame 4 on."""
    joints = body_joints(motion, body)
    columns = [BLAZEPOSE_NAMES.index(name) for name in BODY_NAMES]
    xy, world = np.zeros((1, len(motion), 33, 2)), np.zeros((1, len(motion), 33, 3))
    xy[0][:, columns] = motion.camera.project(joints)
    in_camera = motion.camera.to_camera(joints)
    world[0][:, columns] = in_camera - in_camera[:, list(HIPS)].mean(1, keepdims=True)
    keypoints = Keypoints(
        xy[:, 4:], np.ones((1, len(motion) - 4, 33)), world[:, 4:], motion.fps, motion.camera.image_size, first_frame=4
    )
    return Case(
        "synthetic", "dance_a", "front", "plain", Path("none.mp4"), keypoints, keypoints, motion.camera.focal_px,
        scene_truth(motion, body), BODY_NAMES, body_joints, image_truth(motion, body), Cost(3.0, 4.0),
    )  # fmt: skip
