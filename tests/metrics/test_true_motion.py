from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv import metrics
from sfv.body import load_body
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS

FPS = 50.0
UPRIGHT = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@pytest.fixture(scope="module")
def body():
    return load_body(name="open")


def matrices(rotvecs):
    return rotvec_to_rotmat(torch.as_tensor(np.asarray(rotvecs, float))).numpy()


def rotvecs(rotations):
    return rotmat_to_rotvec(torch.as_tensor(rotations)).numpy()


@pytest.fixture(scope="module")
def truth(body):
    """Goes 4 m along x in 3 s while it flips backwards once, feet said to stand now and then."""
    frames = 151
    poses = np.random.default_rng(0).normal(0, 0.2, (24, 3)) * np.ones((frames, 1, 1))
    turn = np.clip((np.arange(frames) - 40) / 40, 0, 1) * -2 * np.pi
    poses[:, 0] = rotvecs(UPRIGHT @ matrices(turn[:, None] * np.array([1.0, 0, 0])))
    trans = np.zeros((frames, 3))
    trans[:, 0] = np.linspace(0, 4, frames)
    trans[:, 2] = 1.5
    contacts = np.zeros((frames, 4))
    contacts[20:60, :2] = contacts[80:120, 2:] = 1.0
    camera = Camera(
        900.0,
        np.array([480.0, 270.0]),
        np.array([[0.0, -1, 0], [0, 0, -1], [1, 0, 0]]),
        np.array([0, 1.0, 6]),
        (960, 540),
    )
    return BodyMotion(poses, trans, np.zeros(body.num_betas), FPS, contacts=contacts, camera=camera)


def test_the_truth_scores_nothing_off(truth, body):
    score = metrics.score_true_motion(truth, truth, body)
    figures = score.figures()
    for name in (
        "pa_mpjpe_mm",
        "mpjpe_mm",
        "angle_deg",
        "swing_deg",
        "twist_deg",
        "root_deg",
        "flight_mm",
        "path_percent",
        "root_mm",
    ):
        assert figures[name] == pytest.approx(0.0, abs=1e-4), name
    for name in ("coverage", "turns_right", "landing_f1", "takeoff_f1", "stance_f1"):
        assert figures[name] == 1.0, name
    np.testing.assert_allclose(score.true_turns, [-1, 0, 0], atol=0.01)
    assert "turns: 1 flip backwards" in score.words()


def test_the_world_of_the_recovery_does_not_count_with_a_camera_or_without(truth, body):
    """One turn about the vertical and a move: the camera goes along, or nobody knows it."""
    turn = matrices([[0, 0, 1.1]])[0]
    shift = np.array([3.0, -2.0, 0.0])
    pelvis = body.rest_joints(truth.betas)[0]
    poses = truth.poses.copy()
    poses[:, 0] = rotvecs(turn @ matrices(truth.poses[:, 0]))
    trans = (truth.trans + pelvis) @ turn.T + shift - pelvis
    camera = replace(
        truth.camera, rotation=truth.camera.rotation @ turn.T,
        translation=truth.camera.translation - truth.camera.rotation @ turn.T @ shift,
    )  # fmt: skip
    for one in (camera, None):
        moved = replace(truth, poses=poses, trans=trans, camera=one)
        figures = metrics.score_true_motion(moved, truth, body).figures()
        for name in ("mpjpe_mm", "root_deg", "path_percent", "root_mm", "angle_deg"):
            assert figures[name] == pytest.approx(0.0, abs=1e-4), (name, one)


def test_a_tilted_camera_tilts_the_root_but_no_joint(truth, body):
    tilt = matrices([[0.1, 0, 0]])[0]
    camera = replace(truth.camera, rotation=tilt @ truth.camera.rotation)
    figures = metrics.score_true_motion(replace(truth, camera=camera), truth, body).figures()
    assert figures["root_deg"] == pytest.approx(np.degrees(0.1))
    assert figures["angle_deg"] == pytest.approx(0.0, abs=1e-4)
    assert figures["pa_mpjpe_mm"] == pytest.approx(0.0, abs=1e-3)


def test_known_changes_are_found_one_by_one(truth, body):
    axis = metrics.bone_axes(body.rest_joints(truth.betas))[SMPL_JOINTS.index("right_shoulder")]
    poses = truth.poses.copy()
    joint = SMPL_JOINTS.index("right_shoulder")
    poses[:, joint] = rotvecs(matrices(truth.poses[:, joint]) @ matrices(np.radians(34.0) * axis))
    twisted = metrics.score_true_motion(replace(truth, poses=poses), truth, body)
    assert twisted.figures()["twist_deg"] == pytest.approx(34.0 / 17, abs=1e-4)
    assert twisted.figures()["swing_deg"] == pytest.approx(0.0, abs=1e-4)
    assert twisted.figures()["shoulder_deg"] == pytest.approx(17.0, abs=1e-4)
    longer = metrics.score_true_motion(replace(truth, trans=truth.trans * [1.1, 1, 1]), truth, body)
    assert longer.figures()["path_percent"] == pytest.approx(10.0, abs=0.01)
    higher = metrics.score_true_motion(replace(truth, trans=truth.trans + np.array([0, 0, 0.2])), truth, body)
    assert higher.figures()["flight_mm"] == pytest.approx(200.0, abs=1e-3)
    for frames, f1 in ((2, 1.0), (3, 0.0)):  # 40 and 60 ms
        late = metrics.score_true_motion(replace(truth, contacts=np.roll(truth.contacts, frames, 0)), truth, body)
        assert late.figures()["stance_f1"] == late.figures()["landing_f1"] == f1
    mirrored = truth.poses.copy()
    mirrored[:, 0] = rotvecs(
        UPRIGHT @ matrices(np.clip((np.arange(151)[:, None] - 40) / 40, 0, 1) * [[2 * np.pi, 0, 0]])
    )
    wrong = metrics.score_true_motion(replace(truth, poses=mirrored), truth, body)
    assert not wrong.turned_right
    assert "turns: 1 flip forwards, in truth 1 flip backwards" in wrong.words()


def test_frames_are_those_of_the_video_and_a_flip_that_was_cut_away_is_missing(truth, body):
    score = metrics.score_true_motion(truth.slice(100, 151), truth, body)
    assert score.frames.tolist() == list(range(100, 151))
    assert score.coverage == pytest.approx(51 / 151)
    assert score.figures()["mpjpe_mm"] == pytest.approx(0.0, abs=1e-6)
    assert not score.turned_right
    with pytest.raises(SfvError, match="no frame in common"):
        metrics.score_true_motion(replace(truth, first_frame=151), truth, body)
    with pytest.raises(SfvError, match="frames a second"):
        metrics.score_true_motion(replace(truth, fps=30.0), truth, body)


def test_without_contacts_low_and_slow_soles_stand(body):
    """A body that stands still on the ground, one foot lifted in the middle second."""
    frames = 151
    poses = np.zeros((frames, 24, 3))
    poses[:, 0] = rotvecs(UPRIGHT)
    hip, knee = SMPL_JOINTS.index("left_hip"), SMPL_JOINTS.index("left_knee")
    lift = np.interp(np.arange(frames), [49, 52, 98, 101], [0, 1, 1, 0])
    poses[:, hip, 0], poses[:, knee, 0] = -1.0 * lift, 1.8 * lift
    still = BodyMotion(poses, np.zeros((frames, 3)), np.zeros(body.num_betas), FPS)
    ground = metrics.on_ground(still.slice(0, 1), body)
    truth = replace(still, trans=np.array([[0, 0, -ground.lowest[0]]]) * np.ones((frames, 1)))
    stands = np.zeros((frames, 4))
    stands[:, 2:] = 1.0
    stands[:50, :2] = stands[101:, :2] = 1.0
    figures = metrics.score_true_motion(replace(truth, contacts=stands), truth, body).figures()
    assert (figures["landing_f1"], figures["takeoff_f1"], figures["stance_f1"]) == (1.0, 1.0, 1.0)
    stands[:, :2] = 1.0
    figures = metrics.score_true_motion(replace(truth, contacts=stands), truth, body).figures()
    assert figures["landing_f1"] == 0.0
    assert figures["stance_f1"] == pytest.approx(2 / 5)
