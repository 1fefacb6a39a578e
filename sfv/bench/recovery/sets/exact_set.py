"""Cases of the exact set: the scenes of the synthetic set whose landmarks are the truth's own, so that only the fit is measured.

The landmarks are where a detector would put them on the true body, in the picture and in 3D, all of them certain. No film is made.
"""

from pathlib import Path

import numpy as np

from sfv.bench.recovery.case import Case
from sfv.bench.recovery.detection import Cost
from sfv.bench.recovery.landmarks import landmarks_of
from sfv.bench.recovery.sets.synthetic import make_scene
from sfv.bench.recovery.sets.synthetic_set import body_joints, image_truth, scene_truth
from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.metrics import BODY_NAMES
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

SET = "exact"


def exact_case(clip: str, view: str, body: Body) -> Case:
    """One scene."""
    truth = make_scene(clip, view, body).motion
    assert truth.camera is not None  # every scene is filmed
    keypoints = true_keypoints(truth, body)
    return Case(
        SET, clip, view, "", Path(), keypoints, keypoints, truth.camera.focal_px, scene_truth(truth, body),
        BODY_NAMES, body_joints, image_truth(truth, body), Cost(0.0, 0.0),
    )  # fmt: skip


def true_keypoints(truth: BodyMotion, body: Body) -> Keypoints:
    """The 19 landmarks of the fit as the truth's camera sees them; sides are right, nothing is hidden."""
    assert truth.camera is not None
    points = landmarks_of(truth, body)
    world = truth.camera.to_camera(points)
    hips = [LANDMARK_NAMES.index(f"{side}_hip") for side in ("left", "right")]
    world = world - world[:, hips].mean(1, keepdims=True)
    xy = truth.camera.project(points)
    return Keypoints(
        xy[None], np.ones((1, *xy.shape[:2])), world[None], truth.fps, truth.camera.image_size, LANDMARK_NAMES,
        sides_checked=True,
    )  # fmt: skip
