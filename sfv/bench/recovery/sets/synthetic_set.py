"""Cases of the synthetic set: scenes are filmed and looked at once, and kept in the work folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sfv import metrics
from sfv.bench.recovery.case import Case, ImageTruth, detection_row, nearest_person
from sfv.bench.recovery.detection import keypoints_of
from sfv.bench.recovery.landmarks import smpl_columns
from sfv.bench.recovery.modes import in_mode, suffix
from sfv.bench.recovery.score import Truth
from sfv.bench.recovery.sets.synthetic import film, make_scene
from sfv.bench.results import Row
from sfv.body import Body
from sfv.detect.config import DetectConfig, Mode
from sfv.metrics import BODY_NAMES
from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS


def film_case(clip: str, view: str, background: str, body: Body, work: Path) -> Path:
    """The video of a scene, with its truth beside it; made where it is not there."""
    video = work / f"{clip}_{view}_{background}.mp4"
    if not video.is_file() or not video.with_suffix(".npz").is_file():
        scene = make_scene(clip, view, body)
        scene.motion.save(video.with_suffix(".npz"))
        film(scene, background, video)
    return video


def synthetic_case(clip: str, view: str, background: str, body: Body, work: Path, detect: DetectConfig) -> Case | None:
    """One video with its keypoints; None where the detector finds nobody."""
    video = film_case(clip, view, background, body, work)
    truth = BodyMotion.load(video.with_suffix(".npz"))
    image = image_truth(truth, body)
    found = keypoints_of(video, video.with_name(f"{video.stem}_keypoints.npz"), detect)
    if found is None:
        return None
    keypoints, cost = found
    person = keypoints.select(nearest_person(keypoints, BODY_NAMES, image))
    assert truth.camera is not None  # film_case wrote it
    return Case(
        "synthetic", clip, view, background, video, person, person, truth.camera.focal_px, scene_truth(truth, body),
        BODY_NAMES, body_joints, image, cost,
    )  # fmt: skip


def mode_row(clip: str, view: str, background: str, body: Body, work: Path, usual: DetectConfig, mode: Mode) -> Row:
    """PCK of one detection mode on one video; 0 where nobody is found. ``usual``: settings of ``synthetic_case``."""
    video = film_case(clip, view, background, body, work)
    image = image_truth(BodyMotion.load(video.with_suffix(".npz")), body)
    out = video.with_name(f"{video.stem}{suffix(mode, usual)}_keypoints.npz")
    found = keypoints_of(video, out, in_mode(mode, usual))
    if found is None:
        return {"pck": 0.0} | ({"pck_inverted": 0.0} if image.inverted.any() else {})
    keypoints, cost = found
    row = detection_row(keypoints.select(nearest_person(keypoints, BODY_NAMES, image)), BODY_NAMES, image)
    return row | {"seconds_everything": cost.processor}


def scene_truth(truth: BodyMotion, body: Body) -> Truth:
    """The exact body joints of a scene in its camera's axes."""
    assert truth.camera is not None
    joints = body_joints(truth, body)
    return Truth(
        truth.camera.to_camera(joints),
        metrics.on_ground(truth, body).feet,
        truth.fps,
        truth.camera.rotation[:, 2],
        truth,
    )


def image_truth(truth: BodyMotion, body: Body) -> ImageTruth:
    """The exact body joints in the picture."""
    assert truth.camera is not None
    joints = body.joints(truth.poses, truth.betas, truth.trans)
    pixels = truth.camera.project(joints)
    xy = pixels[:, smpl_columns(BODY_NAMES)]
    torso = metrics.torso_px(xy[:, :2], xy[:, 6:8])
    return ImageTruth(xy, metrics.inverted(pixels[:, SMPL_JOINTS.index("head")], pixels[:, 0]), torso)


def body_joints(motion: BodyMotion, body: Body) -> np.ndarray:
    """BODY_NAMES of a motion: SMPL's own joints. Shape (T, 12, 3), metres, world."""
    return body.joints(motion.poses, body.pad_betas(motion.betas), motion.trans)[:, smpl_columns(BODY_NAMES)]


def scenes(clips: Sequence[str], views: Sequence[str], backgrounds: Sequence[str]) -> list[tuple[str, str, str]]:
    """All combinations."""
    return [(clip, view, background) for clip in clips for view in views for background in backgrounds]
