import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sfv.bench.recovery import detection, recover
from sfv.bench.recovery.ablations import ABLATIONS, ablated
from sfv.bench.recovery.case import Case, detection_row, nearest_person
from sfv.bench.recovery.detection import Cost, keypoints_of
from sfv.bench.recovery.kept import fingerprint, read_note, stamp_of, write_note
from sfv.bench.recovery.landmarks import BODY_NAMES, HIPS, detector_points, landmarks_of
from sfv.bench.recovery.modes import in_mode, suffix
from sfv.bench.recovery.pictures import write_sheet
from sfv.bench.recovery.recover import METHODS, Result, method_config, run_method
from sfv.bench.recovery.run import Bench, choose
from sfv.bench.recovery.score import score_motion, tilt_deg
from sfv.bench.recovery.summary import ablation_tables, mean_rows, tables, target_rows
from sfv.bench.recovery.synthetic import film, make_scene
from sfv.bench.recovery.synthetic_set import body_joints, image_truth, scene_truth
from sfv.body import load_body
from sfv.cli.bench import main
from sfv.detect.config import DetectConfig
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.errors import FileFormatError, NoPersonError, UnknownNameError
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.skeleton import DOFS, LANDMARK_NAMES, USUAL_OFFSETS, Skeleton


@pytest.fixture(scope="module")
def body():
    return load_body(name="open")


@pytest.fixture(scope="module")
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


def test_raw_landmarks_that_are_the_truth_score_zero(case, body, tmp_path):
    row = run_method(case, "raw", "", ReconstructConfig(), body, tmp_path).row
    assert row["pa_mpjpe_mm"] == pytest.approx(0, abs=1e-4)
    assert row["coverage"] == pytest.approx(1 - 4 / len(case.truth.joints_c))
    assert row["pck"] == pytest.approx(row["coverage"])  # frames that were not seen count as wrong
    assert "pck_inverted" not in row  # nobody is upside down
    assert row["seconds_everything"] == 3.0


def test_pck_picks_the_right_person(case):
    xy = np.concatenate([case.keypoints.xy_px + 200.0, case.keypoints.xy_px])
    two = replace(
        case.keypoints, xy_px=xy, confidence=np.repeat(case.keypoints.confidence, 2, 0), world_c=np.repeat(case.keypoints.world_c, 2, 0)
    )  # fmt: skip
    assert nearest_person(two, BODY_NAMES, case.image) == 1
    assert detection_row(two.select(0), BODY_NAMES, case.image)["pck"] < 0.1


def test_fits_are_kept_until_their_settings_change(case, motion, body, tmp_path, monkeypatch):
    calls = []

    def fake(keypoints, config, body):
        calls.append(config)
        return motion.slice(4, len(motion))

    monkeypatch.setattr(recover, "reconstruct", fake)
    config = ReconstructConfig()
    first = run_method(case, "ours:landmarks", "known", config, body, tmp_path)
    assert calls[0].init == "landmarks"
    assert calls[0].focal_px == case.focal_px
    np.testing.assert_allclose(calls[0].up_c, case.truth.up_c)
    again = run_method(case, "ours:landmarks", "known", config, body, tmp_path)
    assert len(calls) == 1
    assert again.row == first.row
    assert again.row["pa_mpjpe_mm"] == pytest.approx(0, abs=1e-4)
    assert again.motion.is_file()
    np.testing.assert_array_equal(again.frames, first.frames)
    run_method(case, "ours:landmarks", "known", replace(config, prior_weight=1.0), body, tmp_path)
    assert len(calls) == 2
    run_method(case, "ours:landmarks", "unknown", config, body, tmp_path)
    assert calls[2].focal_px is None
    assert calls[2].up_c is None


def test_a_failed_fit_is_a_row_without_coverage(case, body, tmp_path, monkeypatch):
    def fake(keypoints, config, body):
        raise NoPersonError("seen too briefly")

    monkeypatch.setattr(recover, "reconstruct", fake)
    for _ in range(2):  # made, and read again
        result = run_method(case, "ours", "known", ReconstructConfig(), body, tmp_path)
        assert result.row == {"coverage": 0.0, "failure": "seen too briefly"}
        assert result.motion is None


def test_every_method_and_ablation_names_settings_that_exist():
    for method in METHODS[2:]:
        method_config(method, ReconstructConfig())
    plain = ReconstructConfig()
    changed = [ablated(name, plain) for name in ABLATIONS]
    assert changed[0] == plain
    assert all(config != plain for config in changed[1:])
    with pytest.raises(UnknownNameError, match="everything"):
        ablated("nothing", plain)


def test_choice_is_all_or_what_is_asked_for():
    clips, views, backgrounds = choose(("walk",), (), ())
    assert clips == ("walk",)
    assert views == ("front", "side", "oblique")
    assert backgrounds == ("plain", "cluttered")
    with pytest.raises(UnknownNameError, match="cartwheel"):
        choose(("wlak",), (), ())


def test_means_and_targets():
    rows = [
        {"set": "real", "clip": "balance", "view": f"cam{n}", "camera": "known", "method": "ours", "pa_mpjpe_mm": value, "mpjpe_mm": 60.0}
        for n, value in enumerate((40.0, 44.0))
    ]  # fmt: skip
    rows += [
        {"set": "synthetic", "clip": "roll", "view": "side", "method": "raw", "pck_inverted": 0.8},
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
    assert ablation_tables([{"set": "real", "change": "everything", "pa_mpjpe_mm": 1.0}])[0][1] == [
        {"change": "everything", "pa_mpjpe_mm": 1.0}
    ]


def test_videos_without_anybody_count_as_uncovered(body, tmp_path):
    bench = Bench(tmp_path, body, lambda text: None)
    rows = bench.nothing(
        [{"set": "synthetic", "clip": "crawl", "view": "front", "background": "plain"}], ("raw", "ours")
    )
    assert [(row["method"], row.get("camera", "")) for row in rows] == [
        ("raw", ""),
        ("ours", "known"),
        ("ours", "unknown"),
    ]
    assert all(row["coverage"] == 0.0 for row in rows)
    assert json.dumps(rows)


def test_keypoints_are_kept_until_the_settings_change(case, tmp_path, monkeypatch):
    calls = []

    def fake(video, config):
        calls.append(config.mode)
        if config.mode == "tracker":
            raise NoPersonError("nobody")
        return case.keypoints

    monkeypatch.setattr(detection, "detect", fake)
    out = tmp_path / "a_keypoints.npz"
    first = keypoints_of(Path("a.mp4"), out, DetectConfig())
    again = keypoints_of(Path("a.mp4"), out, DetectConfig())
    assert len(calls) == 1
    assert first[1] == again[1]
    np.testing.assert_allclose(again[0].xy_px, case.keypoints.xy_px, rtol=1e-6)
    for _ in range(2):
        assert keypoints_of(Path("a.mp4"), out, in_mode("tracker", DetectConfig())) is None
    assert calls[1:] == ["tracker"]
    assert suffix("tracker", DetectConfig()) == "_tracker"
    assert suffix(DetectConfig().mode, DetectConfig()) == ""


def test_notes_hold_for_the_same_code_settings_and_data_only(tmp_path):
    note = tmp_path / "a.json"
    assert read_note(note, stamp_of("x")) is None
    write_note(note, stamp_of("x", b"1"), {"cost": 2.0})
    assert read_note(note, stamp_of("x", b"1")) == {"cost": 2.0}
    assert read_note(note, stamp_of("x", b"2")) is None
    assert fingerprint("reconstruct") != fingerprint("detect")
    assert fingerprint("video.py") != fingerprint("errors.py")
    note.write_text("[]")
    with pytest.raises(FileFormatError, match="delete it"):
        read_note(note, stamp_of("x"))


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


@pytest.mark.parametrize("words", [["reconstruct", "--clips", "wlak"], ["ablation", "--changes", "nothing"]])
def test_unknown_names_are_told_before_anything_is_made(tmp_path, words):
    with pytest.raises(UnknownNameError):
        main([*words, "--work", str(tmp_path / "work"), "--out", str(tmp_path)])
    assert not list(tmp_path.iterdir())
