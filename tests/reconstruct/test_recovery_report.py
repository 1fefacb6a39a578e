"""Each sentence about a recovered motion, on motions made by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.metrics.runs import runs
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR
from sfv.reconstruct.report.agreement import agreement_words
from sfv.reconstruct.report.report import describe_recovery, recovery_report
from sfv.reconstruct.report.reprojection import frame_errors, landmarks_px, matching_person, reprojection_px
from sfv.reconstruct.report.runs import frames_in_words, seconds_in_words

FRAMES, FPS, FIRST = 60, 30.0, 10
ARM = [SMPL_JOINTS.index(name) for name in ("left_elbow", "left_wrist", "left_hand")]


@pytest.fixture(scope="module")
def standing(body):
    """Somebody who stands still on the ground and is filmed from the front."""
    poses = np.zeros((FRAMES, 24, 3))
    poses[:, 0] = [2 * np.pi / 3 / np.sqrt(3)] * 3  # y-up facing z to z-up facing x
    trans = np.zeros((FRAMES, 3))
    trans[:, 2] -= body.vertices(poses[:1], np.zeros(10), trans[:1])[..., 2].min()
    rotation = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])
    camera = Camera(600.0, np.array([320.0, 240.0]), rotation, np.array([0.0, 1.0, 5.0]), (640, 480))
    return BodyMotion(
        poses,
        trans,
        np.zeros(10),
        FPS,
        contacts=np.ones((FRAMES, len(CONTACT_POINTS))),
        confidence=np.ones((FRAMES, 24)),
        camera=camera,
        first_frame=FIRST,
    )


@pytest.fixture(scope="module")
def seen(standing, body):
    """What a perfect detector sees of him."""
    xy = landmarks_px(standing, body)[None]
    shape = xy.shape[:3]
    return Keypoints(
        xy, np.ones(shape), np.full((*shape, 3), np.nan), FPS, (640, 480), LANDMARK_NAMES, first_frame=FIRST
    )


def about(lines, words):
    return [line for line in lines if words in line]


def test_nothing_is_said_where_nothing_is_wrong(standing, seen, body):
    lines = describe_recovery(standing, seen, body)
    for words in ("unseen", "exchanged", "moves", "leave the ground", "penetration", "jumps", "turns over", "no "):
        assert not about(lines, words)
    assert "feet slide 0.0 mm in 1/30 s of contact" in lines
    assert "focal length: 600 px" in lines
    assert about(lines, "0.0 px from the 2D landmarks")


def test_unseen_parts_are_named_with_the_frames_of_the_video(standing, body):
    confidence = np.ones((FRAMES, 24))
    confidence[31:51, ARM] = 0.1
    confidence[5:10, SMPL_JOINTS.index("right_ankle")] = 0.0
    lines = describe_recovery(replace(standing, confidence=confidence), None, body)
    assert "the left arm is unseen in frames 41-60" in lines
    assert "the right lower leg is unseen in frames 15-19" in lines
    assert not about(lines, "forearm")


def test_a_person_out_of_sight_is_said_once(standing, body):
    confidence = np.ones((FRAMES, 24))
    confidence[20:30] = 0.0
    lines = about(describe_recovery(replace(standing, confidence=confidence), None, body), "seen")
    assert lines == ["nothing of the body was seen in frames 30-39"]


def test_a_moving_camera_is_said(standing, seen, body):
    moving = replace(seen, background_px=np.append(np.full(FRAMES - 1, 3.1), np.nan))
    lines = describe_recovery(replace(standing, grounded=False, notes=("the camera moves: so and so",)), moving, body)
    assert about(lines, "moves") == ["the camera moves (median 3.1 px a frame): no ground, the body stays in place"]
    assert not about(lines, "no ground was found")
    lines = describe_recovery(standing, moving, body)
    assert about(lines, "moves (median 3.1 px a frame): the way over the ground is not to be trusted")
    still = replace(seen, background_px=np.full(FRAMES, 0.05))
    assert not about(describe_recovery(standing, still, body), "moves")


def test_cuts_inside_the_motion_are_said(standing, seen, body):
    lines = describe_recovery(standing, replace(seen, cuts=(0, 25)), body)
    assert about(lines, "cuts") == ["the video cuts to another shot at frame 35"]


@pytest.mark.parametrize(("parts", "words"), [
    (("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index", "ear"), "left and right were exchanged"),
    (("elbow", "wrist"), "left and right of the arms were exchanged"),
    (("knee", "ankle", "heel", "foot_index"), "left and right of the legs were exchanged"),
])  # fmt: skip
def test_exchanged_sides_are_found(standing, seen, body, parts, words):
    xy = seen.xy_px.copy()
    columns = [index for index, name in enumerate(LANDMARK_NAMES) if name.split("_", 1)[-1] in parts]
    xy[:, 2:9, columns] = xy[:, 2:9][:, :, [MIRROR[column] for column in columns]]
    lines = describe_recovery(standing, replace(seen, xy_px=xy), body)
    assert about(lines, "exchanged") == [f"{words} in frames 12-18, and put right"]


def test_a_flight_is_told_in_seconds(standing, body):
    contacts, trans = np.ones((FRAMES, 4)), standing.trans.copy()
    contacts[20:27] = 0.0
    trans[20:27, 2] += 0.3 * np.sin(np.linspace(0, np.pi, 9)[1:-1])
    lines = describe_recovery(replace(standing, contacts=contacts, trans=trans), None, body)
    assert "both feet leave the ground from 1.0 to 1.2 s" in lines
    fall = replace(standing, contacts=contacts, grounded=False, trans=2 * standing.trans - trans)
    assert "both feet leave the ground from 1.0 to 1.2 s" in describe_recovery(fall, None, body)
    missed = describe_recovery(replace(standing, contacts=contacts), None, body)
    assert not about(missed, "leave the ground")


def test_penetration_and_slide_are_measured(standing, body):
    trans = standing.trans.copy()
    trans[:, 0] += 0.0004 * np.arange(FRAMES)
    lines = describe_recovery(replace(standing, trans=trans), None, body)
    assert "feet slide 0.4 mm in 1/30 s of contact" in lines
    trans[7, 2] -= 0.008
    assert "deepest penetration 8 mm, in frame 17" in describe_recovery(replace(standing, trans=trans), None, body)


def test_without_ground_nothing_is_said_about_it(standing, body):
    trans = standing.trans - np.array([0, 0, 1.0])
    lines = describe_recovery(replace(standing, trans=trans, grounded=False), None, body)
    assert not about(lines, "penetration")
    assert about(lines, "no ground was found")
    roof = replace(
        standing, trans=trans + np.array([0, 0, 3.0]), grounded=False, notes=("stands 2.0 m above the common ground",)
    )
    lines = describe_recovery(roof, None, body)
    assert not about(lines, "no ground was found")
    assert about(lines, "feet slide 0.0 mm")
    never = replace(standing, contacts=np.zeros((FRAMES, 4)))
    assert "no foot was found standing on the ground" in describe_recovery(never, None, body)


def test_jumps_and_flips_are_found(standing, body):
    trans, poses = standing.trans.copy(), standing.poses.copy()
    trans[40:, 1] += 0.5
    poses[:, 0] = [0.0, 0.0, 0.0]
    poses[25:, 0] = [0.0, 2.5, 0.0]
    report = recovery_report(replace(standing, trans=trans, poses=poses), None, body)
    assert report.jumps == [40]
    assert report.flips == [25]
    assert "the root jumps at frame 50" in report.words()
    assert "the body turns over at once at frame 35" in report.words()


def test_jitter_of_a_known_motion(standing, body):
    trans = standing.trans.copy()
    trans[:, 0] += np.arange(FRAMES) ** 3 * 1e-6
    report = recovery_report(replace(standing, trans=trans), None, body)
    assert report.jitter == pytest.approx(6e-6 * FPS**3 / 10)


def test_reprojection_is_the_distance_in_pixels(standing, seen, body):
    xy = seen.xy_px + np.array([3.0, 4.0])
    xy[0, 5] += [3.0, 4.0]
    confidence = seen.confidence.copy()
    confidence[0, :, 2] = 0.0
    shifted = replace(seen, xy_px=xy, confidence=confidence)
    errors = reprojection_px(standing, shifted, body)
    assert np.isnan(errors[:, 2]).all()
    assert np.nanmax(np.abs(np.delete(errors[6:], 2, 1) - 5.0)) < 1e-6
    assert frame_errors(errors, confidence[0])[5] == pytest.approx(10.0)
    report = recovery_report(standing, shifted, body)
    assert (report.worst_frame, report.worst_px) == (5, pytest.approx(10.0))


def test_frames_outside_of_the_keypoints_count_as_unseen(standing, seen, body):
    early = replace(standing, first_frame=FIRST - 5)
    errors = reprojection_px(early, seen, body)
    assert np.isnan(errors[:5]).all()
    assert np.isfinite(errors[5:]).all()


def test_notes_and_numbers_are_kept(standing, seen, body):
    motion = replace(standing, notes=("focal length assumed: 600 px",))
    report = recovery_report(motion, seen, body)
    assert report.words()[0] == "focal length assumed: 600 px"
    assert len(about(report.words(), "focal length")) == 1
    assert json.loads(json.dumps(report.as_dict()))["words"] == report.words()


def test_wrong_persons_are_refused(standing, seen, body):
    with pytest.raises(SfvError, match="no person 3"):
        describe_recovery(standing, seen, body, person=3)
    with pytest.raises(SfvError, match="no camera"):
        reprojection_px(replace(standing, camera=None), seen, body)
    assert describe_recovery(replace(standing, camera=None), seen, body)


def test_runs_and_their_words():
    holds = np.zeros(50, bool)
    holds[[3, 4, 6, 20, 30, 31, 32]] = True
    assert runs(holds) == [(3, 4), (6, 6), (20, 20), (30, 32)]
    assert runs(holds, shortest=2, bridge=1) == [(3, 6), (30, 32)]
    assert frames_in_words(runs(holds), 10) == "frames 13-14, 16, 30 and 40-42"
    assert frames_in_words([(7, 7)]) == "frame 7"
    many = [(10 * k, 10 * k + k) for k in range(6)]
    assert frames_in_words(many) == "frames 20-22, 30-33, 40-44, 50-55 and 3 more"
    assert seconds_in_words([(0, 30), (60, 75)], 30.0, 30) == "from 1.0 to 2.0 s and from 3.0 to 3.5 s"


def test_a_body_that_does_not_lie_on_the_person_is_said(standing, seen, body):
    """Off by 3 % of the size is said as a number, off by 8 % in words; with another program's keypoints the causes are theirs."""
    size = float(np.linalg.norm(np.ptp(seen.xy_px[0, 0], axis=0)))
    little, much = (replace(seen, xy_px=seen.xy_px + np.array([share * size, 0])) for share in (0.03, 0.08))
    assert about(describe_recovery(standing, little, body), "3.0 % of the person's size in the picture, median")
    assert not about(describe_recovery(standing, little, body), "DOES NOT LIE")
    assert recovery_report(standing, much, body).reprojection_share == pytest.approx(0.08, rel=0.01)
    (said,) = about(describe_recovery(standing, much, body), "DOES NOT LIE")
    assert "left and right" in said
    (said,) = about(describe_recovery(standing, replace(much, notes=("keypoints of OpenPose",)), body), "DOES NOT LIE")
    assert "--layout" in said
    away = replace(seen, xy_px=seen.xy_px + np.array([2 * size, 0]))
    assert about(
        describe_recovery(standing, away, body), "DOES NOT LIE ON THE PERSON (nobody in the keypoints is where it is)"
    )
    assert about(agreement_words(standing, away, body, 0), "200.")


def test_why_it_was_not_measured(standing, seen, body):
    assert "the camera moves" in agreement_words(replace(standing, camera=None), seen, body)[0]
    later = replace(standing, first_frame=10_000)
    assert "nobody in these frames" in agreement_words(later, seen, body)[0]


def test_the_person_who_is_there_all_the_time_is_matched(standing, seen, body):
    """A fragment of the same body in two frames lies nearer, but is not who was recovered."""
    both = replace(
        seen,
        xy_px=np.concatenate([seen.xy_px, seen.xy_px + 2.0])[::-1],
        confidence=np.concatenate([seen.confidence * (np.arange(FRAMES) < 2)[None, :, None], seen.confidence]),
        world_c=np.concatenate([seen.world_c] * 2),
    )
    assert matching_person(standing, both, body) == 1
