from dataclasses import replace

import cv2
import numpy as np
import pytest

from sfv.bench.recovery.case import detection_row, nearest_person
from sfv.bench.recovery.landmarks import detector_points, landmarks_of
from sfv.bench.recovery.means import mean_rows
from sfv.bench.recovery.pictures import write_sheet
from sfv.bench.recovery.recover import Result
from sfv.bench.recovery.score import score_motion, tilt_deg
from sfv.bench.recovery.sets.synthetic import film, make_scene
from sfv.bench.recovery.sets.synthetic_set import body_joints, scene_truth
from sfv.bench.recovery.summary import ablation_tables, certainty_rows, tables
from sfv.bench.recovery.targets import target_rows
from sfv.metrics import BODY_NAMES
from sfv.reconstruct.model.skeleton import DOFS, LANDMARK_NAMES, USUAL_OFFSETS, Skeleton


def test_the_truth_scores_zero(motion, body):
    score = score_motion(motion, body_joints(motion, body), scene_truth(motion, body), body)
    for figure in ("pa_mpjpe_mm", "mpjpe_mm", "accel", "tilt_deg", "root_mm"):
        assert score.row[figure] == pytest.approx(0.0, abs=1e-4), figure
    assert score.row["coverage"] == 1.0
    assert score.row["penetration_mm"] < 1.0
    assert score.row["jitter"] > 0.1


def test_world_axes_and_place_do_not_count_but_missing_frames_do(motion, body):
    truth = scene_truth(motion, body)
    camera = motion.camera
    shift = np.array([2.0, -1.0, 0.0])
    moved = replace(
        motion.slice(5, 25), trans=motion.trans[5:25] + shift,
        camera=replace(camera, translation=camera.translation - camera.rotation @ shift),
    )  # fmt: skip
    score = score_motion(moved, body_joints(moved, body), truth, body)
    assert score.row["pa_mpjpe_mm"] == pytest.approx(0.0, abs=1e-4)
    assert score.row["mpjpe_mm"] == pytest.approx(0.0, abs=1e-4)
    assert score.row["coverage"] == pytest.approx(20 / len(motion))
    assert score.frames.tolist() == list(range(5, 25))


def test_a_motion_that_slides_and_sinks_is_found_out(motion, body):
    trans = motion.trans - [0, 0, 0.03]
    trans[:, 0] += np.arange(len(motion)) * 0.02
    wrong = replace(motion, trans=trans)
    row = score_motion(wrong, body_joints(wrong, body), scene_truth(motion, body), body).row
    right = score_motion(motion, body_joints(motion, body), scene_truth(motion, body), body).row
    assert row["penetration_mm"] == pytest.approx(right["penetration_mm"] + 30, abs=3)
    assert row["foot_slide_mm"] > right["foot_slide_mm"] + 10.0
    assert row["root_mm"] > 10


def test_tilt_is_the_angle_between_two_ups():
    assert tilt_deg(np.array([0, -1.0, 0]), np.array([0, -np.cos(0.1), np.sin(0.1)])) == pytest.approx(np.degrees(0.1))


def test_landmarks_are_those_of_the_fit(body):
    dofs = np.zeros((1, DOFS))
    dofs[0, 3:9] = [1, 0, 0, 0, 1, 0]
    import torch

    from sfv.motion.body_motion import BodyMotion

    betas = np.linspace(-1, 1, body.num_betas)
    posed = Skeleton(body).pose(
        torch.as_tensor(dofs, dtype=torch.float32),
        torch.as_tensor(betas, dtype=torch.float32),
        torch.tensor(USUAL_OFFSETS),
    )
    rest = BodyMotion(np.zeros((1, 24, 3)), -body.rest_joints(betas)[:1], betas, 30.0)
    np.testing.assert_allclose(landmarks_of(rest, body), posed.landmarks.numpy(), atol=1e-5)
    assert len(LANDMARK_NAMES) == posed.landmarks.shape[1]


def test_detector_points_leave_out_frames_without_3d(case):
    world = case.keypoints.world_c.copy()
    world[0, 10:13] = np.nan
    keypoints = replace(case.keypoints, world_c=world)
    points, frames = detector_points(keypoints, BODY_NAMES, smooth=False)
    assert len(points) == keypoints.num_frames - 3
    assert not {10, 11, 12} & set(frames.tolist())
    smooth, all_frames = detector_points(keypoints, BODY_NAMES, smooth=True)
    assert len(all_frames) == keypoints.num_frames
    assert np.isfinite(smooth).all()


def test_pck_picks_the_right_person(case):
    xy = np.concatenate([case.keypoints.xy_px + 200.0, case.keypoints.xy_px])
    two = replace(
        case.keypoints, xy_px=xy, confidence=np.repeat(case.keypoints.confidence, 2, 0), world_c=np.repeat(case.keypoints.world_c, 2, 0)
    )  # fmt: skip
    assert nearest_person(two, BODY_NAMES, case.image) == 1
    assert detection_row(two.select(0), BODY_NAMES, case.image)["pck"] < 0.1


def test_means_and_targets():
    rows = [
        {"set": "real", "clip": "balance", "view": f"cam{n}", "camera": "known", "method": "ours", "pa_mpjpe_mm": value, "mpjpe_mm": 60.0}
        for n, value in enumerate((40.0, 44.0))
    ]  # fmt: skip
    rows += [
        {"set": "synthetic", "clip": "roll", "view": "side", "method": "ours", "pck_inverted": 0.8},
        {
            "set": "synthetic",
            "clip": "roll",
            "view": "side",
            "method": "detect:tracker",
            "pck_inverted": 0.5,
            "pck": 0.7,
        },
    ]
    measured = {row["what"]: row for row in target_rows(rows)}
    first = measured["real, focal length and gravity known: PA-MPJPE, mm"]
    assert (first["measured"], first["needed"], first["met"]) == (42.0, "<= 45", "yes")
    assert measured["synthetic: PCK of inverted frames, roll"]["met"] == "no"
    assert len(measured) == 3  # what was not measured is not in the table
    real = mean_rows(rows, ("set", "method"))[0]
    assert real["videos"] == 2
    assert real["pa_mpjpe_mm"] == 42.0
    assert real["pck"] is None  # a column of the table, but not measured here
    assert "Detection modes: means" in dict(tables(rows))
    assert "Synthetic set: the motion, means" not in dict(tables(rows))
    assert ablation_tables([{"set": "real", "change": "everything", "pa_mpjpe_mm": 1.0}])[0][1] == [
        {"change": "everything", "pa_mpjpe_mm": 1.0}
    ]


def test_sheet_shows_best_and_worst_frames(case, motion, body, tmp_path):
    scene = replace(make_scene("dance_a", "front", body), motion=motion.slice(0, 3))
    film(scene, "plain", tmp_path / "a.mp4")
    motion.slice(0, 3).save(tmp_path / "a.npz")
    shown = replace(case, video=tmp_path / "a.mp4")
    result = Result({}, np.arange(3), np.array([30.0, 10.0, 50.0]), tmp_path / "a.npz")
    failed = Result({"coverage": 0.0}, np.empty(0, int), np.empty(0), None)
    write_sheet([(shown, result), (shown, failed)], body, tmp_path / "sheet.png")
    picture = cv2.imread(str(tmp_path / "sheet.png"))
    best, worst = picture[: len(picture) // 2], picture[-(len(picture) // 2) :]
    assert picture.shape[0] > 1.9 * picture.shape[1]  # one video: one column, two rows
    for tile in (best, worst):
        blue = (tile[..., 0].astype(int) - tile[..., 2] > 40).mean()
        assert 0.03 < blue < 0.6  # the body in its colour
    write_sheet([(shown, failed)], body, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def scored(name, pa_mpjpe_mm, worse, clip="a", **figures):
    return (
        {"set": name, "clip": clip, "view": "", "camera": "known", "method": "ours", "pa_mpjpe_mm": pa_mpjpe_mm}
        | ({"worse_than_landmarks": worse} if name == "parkour" else {})
        | figures
    )


def test_the_worst_clip_is_the_worst_of_the_means():
    rows = [
        scored("synthetic", value, 0.0, clip) for clip, value in (("a", 30.0), ("a", 90.0), ("b", 65.0), ("b", 67.0))
    ]
    measured = {row["what"]: row for row in target_rows(rows)}
    assert measured["synthetic: PA-MPJPE, mm"]["measured"] == pytest.approx(63.0)
    assert measured["synthetic: PA-MPJPE of the worst clip, mm"]["measured"] == pytest.approx(66.0)


def test_films_worse_than_the_landmarks_are_a_target():
    rows = [scored("parkour", 60.0, 0.0, coverage=1.0), scored("parkour", 70.0, 1.0, coverage=0.9)]
    measured = {row["what"]: row for row in target_rows(rows)}
    worse = measured["parkour: films worse than the detector's landmarks of the same frames, share"]
    assert (worse["measured"], worse["met"]) == (0.5, "no")
    assert measured["parkour: PA-MPJPE, mm"]["met"] == "yes"
    each = dict(tables(rows))["Parkour films: each"]
    assert each[0] == {
        "clip": "a",
        "method": "ours",
        "videos": 2,
        "pa_mpjpe_mm": 65.0,
        "worse_than_landmarks": 0.5,
        "coverage": 0.95,
    }


def test_the_motion_has_tables_of_its_own(motion, body):
    row = score_motion(motion, body_joints(motion, body), scene_truth(motion, body), body).row
    assert row["angle_deg"] == pytest.approx(0.0, abs=1e-4)
    assert row["turns"] == row["turns_true"]
    shown = dict(
        tables([{"set": "exact", "clip": "dance_a", "view": "front", "camera": "known", "method": "ours"} | row])
    )
    assert shown["Exact landmarks: the motion, by clip"][0]["stance_f1"] == 1.0
    assert "angle_deg" not in shown["Exact landmarks: by clip"][0]


def test_certainties_are_put_together_over_the_films_of_a_set(motion, body):
    joints, truth = body_joints(motion, body), scene_truth(motion, body)
    wrong = joints.copy()
    wrong[:, 0] += np.array([0.0, 0.0, 0.3])
    sure = np.full(joints.shape[:2], 0.95)
    rows = [
        {"set": "synthetic", "method": "ours"} | score_motion(motion, points, truth, body, sure).row
        for points in (joints, wrong)
    ]
    (found,) = certainty_rows(rows)
    count = 2 * joints.shape[0] * joints.shape[1]
    assert (found["from"], found["points"]) == (0.9, count)
    assert found["right"] == pytest.approx(23 / 24)
    assert found["worst"] == pytest.approx(23 / 24 - 0.95, abs=1e-6)
    assert "calibration" not in score_motion(motion, joints, truth, body).row
