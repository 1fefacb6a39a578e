"""Made-up people: a stick figure's landmarks, and a network that sees scripted figures."""

import numpy as np
import pytest

from sfv.detect.blazepose.networks import Detection, Pose
from sfv.detect.blazepose.roi import Roi
from sfv.detect.keypoints import BLAZEPOSE_NAMES

HALF = {"eye": 4, "ear": 8, "mouth": 4, "shoulder": 20, "elbow": 28, "wrist": 32, "pinky": 34, "index": 35, "thumb": 31,
        "hip": 12, "knee": 13, "ankle": 14, "heel": 13, "foot": 20}  # fmt: skip
DROP = {"foot": 97, "nose": -75, "eye": -80, "ear": -78, "mouth": -68, "shoulder": -50, "elbow": -20, "wrist": 5, "pinky": 15,
        "index": 15, "thumb": 12, "hip": 0, "knee": 45, "ankle": 90, "heel": 95}  # fmt: skip


def stick_figure(centre, size=1.0):
    """Somebody who faces the camera, mid-hips at ``centre``, 50 px from hips to shoulders. Shape (33, 2)."""
    rows = []
    for name in BLAZEPOSE_NAMES:
        side = 1 if "left" in name else -1 if "right" in name else 0  # her left is on the right of the picture
        part = next(part for part in DROP if part in name)
        rows.append((side * HALF.get(part, 0), DROP[part]))
    return np.asarray(centre, float) + size * np.array(rows, float)


def stick_pose(centre, size=1.0, confidence=0.95, xy_px=None):
    xy = stick_figure(centre, size) if xy_px is None else xy_px
    roi = Roi(xy[[23, 24]].mean(0), 250.0 * size)
    return Pose(xy, np.full(33, confidence), np.zeros((33, 3)), 1.0, np.full(33, 0.9), roi)


class ScriptedNet:
    """Stands in for BlazePose: sees the figures of the frame whose number is the first pixel's value."""

    def __init__(self, people):
        self.people = people
        """One function for each person: frame -> mid-hips, or None when out of sight."""

    def poses(self, rgb):
        places = [person(int(rgb[0, 0, 0])) for person in self.people]
        return [stick_pose(place) for place in places if place is not None]

    def detect(self, rgb, region, min_score):
        return [
            Detection(pose.roi, 0.9)
            for pose in self.poses(rgb)
            if np.abs(pose.roi.centre - region.centre).max() < region.side / 2
        ]

    def detect_in(self, rgb, regions, min_score):
        return [self.detect(rgb, region, min_score) for region in regions]

    def landmarks_in(self, rgb, looks):
        return [self.landmarks(rgb, roi, mirrored) for roi, mirrored in looks]

    def landmarks(self, rgb, roi, mirrored=False):
        near = [pose for pose in self.poses(rgb) if np.linalg.norm(pose.roi.centre - roi.centre) < 0.5 * roi.side]
        if near:
            return min(near, key=lambda pose: np.linalg.norm(pose.roi.centre - roi.centre))
        return Pose(stick_figure(roi.centre), np.ones(33), np.zeros((33, 3)), 0.1, np.full(33, 0.1), roi)


@pytest.fixture
def scripted_net():
    return ScriptedNet


@pytest.fixture
def figure():
    return stick_figure


@pytest.fixture
def pose():
    return stick_pose
