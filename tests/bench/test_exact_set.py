"""The synthetic scenes with their own landmarks in the place of a detector's."""

import numpy as np
import pytest

from sfv.bench.recovery import run
from sfv.bench.recovery.landmarks import landmarks_of
from sfv.bench.recovery.recover import Result
from sfv.bench.recovery.run import Bench
from sfv.bench.recovery.sets.exact_set import exact_case, true_keypoints
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES


def test_the_landmarks_are_those_of_the_true_body(motion, body):
    keypoints = true_keypoints(motion, body)
    points = landmarks_of(motion, body)
    np.testing.assert_allclose(keypoints.xy_px[0], motion.camera.project(points), atol=1e-4)
    hips = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]
    assert np.abs(keypoints.world_c[0][:, hips].mean(1)).max() < 1e-6
    length = np.linalg.norm(np.diff(keypoints.world_c[0][:, hips], axis=1), axis=-1)
    np.testing.assert_allclose(length, np.linalg.norm(np.diff(points[:, hips], axis=1), axis=-1), atol=1e-6)
    assert keypoints.confidence.min() == 1.0
    assert keypoints.sides_checked


def test_only_what_is_fitted_is_scored_and_no_film_is_made(body, tmp_path, monkeypatch):
    asked = []

    def scored(case, method, camera, *rest):
        asked.append((case.set, case.clip, case.view, method, camera))
        return Result({"coverage": 1.0, "pa_mpjpe_mm": 1.0, "mpjpe_mm": 2.0}, np.arange(1), np.ones(1), None)

    monkeypatch.setattr(run, "run_method", scored)
    bench = Bench(tmp_path, body, lambda text: None)
    cases, empty = bench.cases(("exact",), ("walk",), ("front", "side"), ("plain", "cluttered"))
    rows, shown = bench.score(cases, ("raw", "smoothed", "ours"))
    assert asked == [
        ("exact", "walk", view, "ours", camera) for view in ("front", "side") for camera in ("known", "unknown")
    ]
    assert (empty, shown) == ([], [])
    assert len(rows) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["motions"]


def test_a_case_knows_the_whole_true_motion(body):
    case = exact_case("walk", "side", body)
    assert case.truth.motion is not None
    assert len(case.truth.motion) == case.keypoints.num_frames
    assert case.focal_px == pytest.approx(case.truth.motion.camera.focal_px)
