import numpy as np
import pytest

from sfv import metrics
from sfv.motion.contact import stays_in_stance

HIPS = (0, 1)


@pytest.fixture
def truth():
    return np.random.default_rng(0).normal(size=(20, 12, 3))


def rotation(rng):
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return q * np.sign(np.linalg.det(q))


def test_known_rotation_scale_and_shift_give_no_pa_error(truth):
    rng = np.random.default_rng(1)
    moved = np.stack([rng.uniform(0.3, 3) * frame @ rotation(rng).T + rng.normal(size=3) for frame in truth])
    assert metrics.pa_mpjpe(moved, truth).max() < 1e-9
    assert metrics.mpjpe(moved, truth, HIPS).mean() > 0.5
    np.testing.assert_allclose(metrics.procrustes(moved, truth), truth, atol=1e-9)


def test_a_mirror_image_is_no_rotation(truth):
    assert metrics.pa_mpjpe(truth * [-1, 1, 1], truth).min() > 0.1


def test_procrustes_takes_the_best_scale():
    # a segment of length 2 against one of length 1, plus one off-axis pair that only the truth has
    truth = np.array([[[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]])
    stretched = truth * [2.0, 1, 1]
    # s minimises sum |s x - y|^2: s = sum x.y / sum x.x = (2*2 + 2 + 2) / (2*4 + 2 + 2)
    scale = 8 / 12
    expected = (2 * abs(2 * scale - 1) + 4 * abs(scale - 1)) / 6
    assert metrics.pa_mpjpe(stretched, truth)[0] == pytest.approx(expected)


def test_mpjpe_ignores_the_place_only(truth):
    assert metrics.mpjpe(truth + np.array([3.0, -2, 1]), truth, HIPS).max() < 1e-12
    one_off = truth.copy()
    one_off[:, 5, 2] += 0.12
    np.testing.assert_allclose(metrics.mpjpe(one_off, truth, HIPS), 0.01)
    hip_off = truth.copy()
    hip_off[:, 0, 0] += 0.12  # the pelvis moves by half of it: 11 joints by 6 cm, the hip itself by 6 cm
    np.testing.assert_allclose(metrics.mpjpe(hip_off, truth, HIPS), 0.06)


def test_acceleration_error_is_in_metres_per_second_squared():
    time = np.arange(60) / 30.0
    falling = np.zeros((60, 4, 3))
    falling[..., 2] = -0.5 * 9.81 * time[:, None] ** 2
    assert metrics.acceleration_error(falling, np.zeros_like(falling), 30.0) == pytest.approx(9.81)
    assert metrics.acceleration_error(falling, falling, 30.0) == 0.0


def test_a_faster_video_of_the_same_motion_scores_alike():
    def motion(fps):
        time = np.arange(int(2 * fps)) / fps
        path = np.zeros((len(time), 24, 3))
        path[..., 0] = time[:, None] ** 3
        return path

    assert metrics.jitter(motion(30.0), 30.0) == pytest.approx(6.0 / 10.0)  # third derivative 6 m/s^3, in units of 10
    assert metrics.jitter(motion(60.0), 60.0) == pytest.approx(6.0 / 10.0)
    still = np.zeros((120, 24, 3))
    assert metrics.acceleration_error(motion(60.0), still, 60.0) == pytest.approx(
        metrics.acceleration_error(motion(30.0), still[:60], 30.0), rel=0.05
    )


def test_foot_slides_only_where_the_truth_stands():
    truth = np.zeros((31, 2, 3))
    truth[:, 1, 0] = np.arange(31) * 0.02  # 0.6 m/s: swings
    standing = metrics.stance(truth, 30.0)
    assert standing[:, 0].all()
    assert not standing[:, 1].any()
    predicted = truth.copy()
    predicted[:, 0, 1] = np.arange(31) * 0.003
    predicted[:, 1, 1] = np.arange(31) * 0.5
    assert metrics.foot_slide(predicted, standing, 30.0) == pytest.approx(0.003)
    assert metrics.foot_slide(predicted, np.zeros_like(standing), 30.0) is None


def test_foot_slide_is_told_per_frame_of_a_30_fps_video():
    feet = np.zeros((61, 1, 3))
    feet[:, 0, 0] = np.arange(61) * 0.001  # 6 cm/s at 60 fps: 2 mm in a thirtieth of a second
    assert metrics.foot_slide(feet, np.ones((60, 1), bool), 60.0) == pytest.approx(0.002)


def test_contacts_hold_between_two_frames_that_both_stand():
    contacts = np.array([[0.9], [0.8], [0.2], [0.9]])
    assert stays_in_stance(contacts).ravel().tolist() == [True, False, False]


def test_deepest_penetration_is_the_lowest_point_below_zero():
    points = np.zeros((3, 5, 3))
    assert metrics.deepest_penetration(points[..., 2] + 0.2) == 0.0
    points[1, 3, 2] = -0.017
    assert metrics.deepest_penetration(points[..., 2]) == pytest.approx(0.017)


def test_pck_counts_landmarks_within_a_fifth_of_the_torso():
    truth = np.zeros((2, 4, 2))
    predicted = truth.copy()
    predicted[0, 0] = [19.9, 0]
    predicted[0, 1] = [20.1, 0]
    predicted[1, 2] = np.nan
    np.testing.assert_allclose(metrics.pck(predicted, truth, 100.0), [0.75, 0.75])


def test_torso_is_the_median_over_the_clip():
    shoulders = np.zeros((3, 2, 2))
    hips = np.zeros((3, 2, 2))
    hips[:, :, 1] = np.array([100.0, 90.0, 0.0])[:, None]  # seen along its axis in the last frame
    assert metrics.torso_px(shoulders, hips) == 90.0


def test_inverted_is_the_head_below_the_pelvis_in_the_picture():
    head, pelvis = np.array([[0.0, 10], [0, 50]]), np.array([[0.0, 30], [0, 30]])
    assert metrics.inverted(head, pelvis).tolist() == [False, True]
