"""Cases of the real set: the four balance videos, detected once, each with the reference of the other three."""

from pathlib import Path

import numpy as np

from sfv.assets import fetch, fetch_all
from sfv.bench.recovery.case import Case
from sfv.bench.recovery.detection import keypoints_of
from sfv.bench.recovery.landmarks import REAL_NAMES, columns, landmarks_of
from sfv.bench.recovery.score import Truth
from sfv.bench.recovery.sets.calibration import read_qualisys
from sfv.bench.recovery.sets.real import RealView, real_views
from sfv.body import Body
from sfv.detect.config import DetectConfig
from sfv.errors import NoPersonError
from sfv.motion.body_motion import BodyMotion

CLIP = "balance"


def real_cases(work: Path, detect: DetectConfig) -> tuple[list[Case], list[RealView]]:
    """All four cameras, and how well their references agree. Raises NoPersonError where a video shows nobody."""
    cameras = read_qualisys(fetch("balance_calibration"))
    videos = [fetch_all([f"balance_{camera.name}"])[f"balance_{camera.name}"] for camera in cameras]
    found = []
    for camera, video in zip(cameras, videos):
        keypoints = keypoints_of(video, work / f"{CLIP}_{camera.name}_keypoints.npz", detect)
        if keypoints is None:
            raise NoPersonError(f"the detector finds nobody in {video}; all four views are needed for the reference")
        found.append(keypoints)
    views = real_views(cameras, [keypoints for keypoints, _ in found])
    cases = [
        Case(
            "real", CLIP, view.camera.name, "", video, view.keypoints, view.ideal_keypoints(), view.camera.focal_px,
            Truth(view.truth_c, view.feet_c, view.keypoints.fps, view.camera.up_c), REAL_NAMES, real_points, None, cost,
            view.everybody_c,
        )
        for view, video, (_, cost) in zip(views, videos, found)
    ]  # fmt: skip
    return cases, views


def real_points(motion: BodyMotion, body: Body) -> np.ndarray:
    """REAL_NAMES of a motion, where a detector would see them. Shape (T, 14, 3), metres, world."""
    return landmarks_of(motion, body)[:, columns(REAL_NAMES)]
