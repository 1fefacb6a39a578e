"""Landmarks made ready: weights, bridged gaps, frames whose legs are hidden, the acceleration that sets the smoothness."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.detect.keypoints import BLAZEPOSE_NAMES
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.starts.initial import landmark_lean
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES
from sfv.reconstruct.observe.observations import observe


def change(keypoints, frames, landmarks, **values):
    arrays = {name: getattr(keypoints, name).copy() for name in values}
    rows = [BLAZEPOSE_NAMES.index(name) for name in landmarks]
    for name, value in values.items():
        part = arrays[name][:, frames]
        part[:, :, rows] = value
        arrays[name][:, frames] = part
    return replace(keypoints, **arrays)


def test_pixels_are_about_the_principal_point_and_weights_follow_confidence(scene):
    seen = observe(scene.keypoints, ReconstructConfig())
    rows = [BLAZEPOSE_NAMES.index(name) for name in LANDMARK_NAMES]
    np.testing.assert_allclose(seen.xy.numpy() + np.array([640.0, 360.0]), scene.keypoints.xy_px[0][:, rows], rtol=1e-5)
    weights = dict(zip(LANDMARK_NAMES, seen.weight[0].tolist()))
    assert weights["left_knee"] == pytest.approx(0.95**2)
    assert weights["nose"] == pytest.approx(0.3 * 0.95**2)
    assert weights["left_heel"] == pytest.approx(0.6 * 0.95**2)
    assert seen.focal_px == pytest.approx(1.2 * 1280)
    assert not seen.swapped.any()


def test_landmarks_outside_the_picture_do_not_count(scene):
    seen = observe(change(scene.keypoints, slice(5, 9), ["left_wrist"], xy_px=(-40.0, 300.0)), ReconstructConfig())
    assert seen.weight[5:9, LANDMARK_NAMES.index("left_wrist")].max() == 0
    assert seen.weight[9:, LANDMARK_NAMES.index("left_wrist")].min() > 0


def test_gaps_are_bridged_in_a_straight_line(scene):
    gap = change(scene.keypoints, slice(30, 40), BLAZEPOSE_NAMES, xy_px=np.nan, world_c=np.nan, confidence=0.0)
    seen = observe(gap, ReconstructConfig())
    assert not seen.seen[30:40].any()
    assert seen.seen[:30].all()
    middle = seen.xy[29] + (seen.xy[40] - seen.xy[29]) * (5 / 11)
    np.testing.assert_allclose(seen.xy[34].numpy(), middle.numpy(), rtol=1e-4)


def test_first_and_last_frames_without_a_leg_are_left_out(scene):
    leg = ["right_knee", "right_ankle", "right_heel", "right_foot_index"]
    hidden = change(change(scene.keypoints, slice(0, 12), leg, confidence=0.2), slice(70, 75), leg, confidence=0.2)
    seen = observe(replace(hidden, first_frame=100), ReconstructConfig())
    assert (seen.first_frame, len(seen.xy)) == (112, 58)
    everything = observe(hidden, ReconstructConfig(trim_confidence=0.0))
    assert len(everything.xy) == 75


def test_a_layout_without_feet_is_trimmed_by_knees_and_ankles(scene):
    feet = ["left_heel", "right_heel", "left_foot_index", "right_foot_index"]
    coco = change(scene.keypoints, slice(None), feet, confidence=0.0)
    assert len(observe(coco, ReconstructConfig()).xy) == 75
    hidden = change(coco, slice(0, 12), ["right_knee", "right_ankle"], confidence=0.2)
    seen = observe(hidden, ReconstructConfig())
    assert (seen.first_frame - coco.first_frame, len(seen.xy)) == (12, 63)


def test_somebody_without_visible_legs_is_kept_whole(scene):
    leg = ["right_knee", "right_ankle", "right_heel", "right_foot_index"]
    assert len(observe(change(scene.keypoints, slice(None), leg, confidence=0.1), ReconstructConfig()).xy) == 75


def test_livelier_motion_has_greater_acceleration(scene):
    calm = observe(scene.keypoints, ReconstructConfig()).acceleration
    lively = observe(replace(scene.keypoints, fps=60.0), ReconstructConfig()).acceleration
    assert 2 < calm < 20
    assert lively > 2 * calm


def test_the_detectors_lean_is_told_from_the_cameras_pitch(scene):
    seen = observe(scene.keypoints, ReconstructConfig(focal_px=1300.0))
    assert landmark_lean(seen, ReconstructConfig()) == pytest.approx(0.1, abs=0.06)
