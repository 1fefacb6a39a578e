import numpy as np
import pytest

from sfv.assets import fetch
from sfv.bench.recovery.sets.calibration import CalibratedCamera, read_qualisys
from sfv.bench.recovery.sets.real import choose_people, real_views
from sfv.bench.recovery.sets.triangulate import View, clock_offsets, low_pass, robust_points, triangulate, view_of
from sfv.detect.keypoints import Keypoints
from sfv.errors import FileFormatError, SfvError
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR

FPS, FRAMES = 60.0, 60


def camera(name, degrees):
    angle = np.radians(degrees)
    eye = np.array([4 * np.cos(angle), 4 * np.sin(angle), 1.5])
    forward = np.array([0, 0, 1.0]) - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    rotation = np.stack((right, np.cross(forward, right), forward))
    matrix = np.array([[1500.0, 0, 545], [0, 1500, 950], [0, 0, 1]])
    return CalibratedCamera(name, matrix, np.array([-0.05, 0.12, 0, 0]), rotation, -rotation @ eye)


@pytest.fixture(scope="module")
def cameras():
    return [camera(f"cam{index}", degrees) for index, degrees in enumerate((0, 80, 170, 260))]


@pytest.fixture(scope="module")
def truth():
    """19 landmarks that swing slowly about places of their own. Shape (T, 19, 3)."""
    rng = np.random.default_rng(0)
    time = np.arange(FRAMES)[:, None, None] / FPS
    base = rng.normal(0, 0.35, (1, 19, 3)) + np.array([0, 0, 1.0])
    return base + 0.15 * np.sin(2 * np.pi * time + rng.uniform(0, 6, (1, 19, 3)))


def seen_by(camera, points):
    """Pixels through the lens, by the textbook's formula of k1, k2."""
    flat = camera.to_camera(points)
    flat = flat[..., :2] / flat[..., 2:]
    r2 = (flat**2).sum(-1, keepdims=True)
    k1, k2 = camera.distortion[:2]
    return flat * (1 + k1 * r2 + k2 * r2**2) * 1500 + [545, 950]


def keypoints_of(camera, *people, confidence=1.0):
    xy = np.stack([seen_by(camera, points) for points in people])
    return Keypoints(
        xy, np.full(xy.shape[:-1], confidence), np.full((*xy.shape[:-1], 3), np.nan), FPS, (1090, 1900), LANDMARK_NAMES
    )


def views_of(cameras, truth):
    return [view_of(keypoints_of(camera, truth), 0, camera) for camera in cameras]


def test_distorted_pixels_come_back_as_points(cameras, truth):
    points, loss = robust_points(views_of(cameras, truth))
    np.testing.assert_allclose(points, truth, atol=2e-4)
    assert loss.max() < 0.1


def test_one_wild_view_does_not_count(cameras, truth):
    views = views_of(cameras, truth)
    views[2].rays[:, 7] += 0.3
    points, _ = robust_points(views)
    assert np.abs(points - truth).max() < 0.01


def test_left_and_right_are_put_right(cameras, truth):
    views = views_of(cameras, truth)
    views[1].rays[20:40] = views[1].rays[20:40][:, list(MIRROR)]
    reference = triangulate(views, FPS)
    assert np.abs(reference.landmarks_w - low_pass(truth, FPS)).max() < 0.01
    assert reference.swapped["cam1"] == pytest.approx(20 / FRAMES, abs=0.03)
    assert reference.swapped["cam0"] == 0.0
    assert reference.residual_px["cam1"] < 2.0


def test_clocks_are_found(cameras, truth):
    long = np.concatenate([truth, truth[::-1]])  # room to shift in

    def late(camera, frames):
        where = np.clip(np.arange(len(long)) - frames, 0, len(long) - 1)
        low = np.floor(where).astype(int).clip(0, len(long) - 2)
        share = (where - low)[:, None, None]
        return View(camera, *_rays(camera, (1 - share) * long[low] + share * long[low + 1]))

    offsets = clock_offsets(
        [late(cameras[0], 0), late(cameras[1], 2.0), late(cameras[2], -1.5), late(cameras[3], 0.25)]
    )
    np.testing.assert_allclose(offsets, [0, 2, -1.5, 0.25], atol=0.25)


def _rays(camera, points):
    view = view_of(keypoints_of(camera, points), 0, camera)
    return view.rays, view.weight


def test_each_camera_is_judged_without_itself(cameras, truth):
    # the last camera is bent: its own error must not enter its truth
    keypoints = [keypoints_of(camera, truth) for camera in cameras]
    keypoints[3].xy_px[..., 0] += 25.0
    judged = real_views(cameras, keypoints)[3]
    expected = cameras[3].to_camera(low_pass(truth, FPS))
    assert np.abs(judged.truth_c[:, 0] - expected[:, LANDMARK_NAMES.index("left_shoulder")]).max() < 0.01
    assert judged.residual_px > 15.0
    assert max(judged.reference.residual_px.values()) < 2.0
    assert np.abs(judged.everybody_c - judged.truth_c).mean() > 0.002


def test_the_same_person_is_chosen_in_all_views(cameras, truth):
    bystander = truth + np.array([1.0, 0.6, 0.0])
    people = [(truth, bystander), (bystander, truth), (truth,), (bystander, truth)]
    keypoints = [keypoints_of(camera, *who) for camera, who in zip(cameras, people)]
    assert choose_people(cameras, keypoints) == (0, 1, 0, 1)


def test_too_few_cameras_are_told(cameras, truth):
    with pytest.raises(SfvError, match="three or more"):
        real_views(cameras[:2], [keypoints_of(camera, truth) for camera in cameras[:2]])
    with pytest.raises(SfvError, match="two or more"):
        triangulate(views_of(cameras, truth)[:1], FPS)


def test_low_pass_keeps_slow_motion_and_drops_fast_motion():
    time = np.arange(240) / FPS
    slow, fast = np.sin(2 * np.pi * 1.0 * time), np.sin(2 * np.pi * 20.0 * time)
    middle = slice(60, 180)
    assert np.abs(low_pass(slow, FPS) - slow)[middle].max() < 0.01
    assert np.abs(low_pass(fast, FPS))[middle].max() < 0.02


def test_the_balance_cameras_stand_around_the_man_and_look_down_at_him():
    cameras = read_qualisys(fetch("balance_calibration"))
    assert [camera.name for camera in cameras] == ["cam01", "cam02", "cam03", "cam04"]
    for camera in cameras:
        np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-6)
        assert np.linalg.det(camera.rotation) == pytest.approx(1.0)
        eye = -camera.rotation.T @ camera.translation
        assert 1.5 < eye[2] < 2.5
        ahead = camera.rotation[2]
        assert ahead[2] < -0.2  # looks down
        assert ahead[:2] @ (np.array([-1.0, 0.0]) - eye[:2]) > 0  # towards the middle of the four
        assert 1600 < camera.focal_px < 1750


def test_ideal_pixels_have_their_centre_in_the_picture_and_no_distortion(cameras, truth):
    lens = cameras[0]
    seen = lens.to_camera(truth)
    expected = seen[..., :2] / seen[..., 2:] * 1500 + [500, 900]
    np.testing.assert_allclose(lens.ideal_px(seen_by(lens, truth), (1000, 1800)), expected, atol=0.05)


@pytest.mark.parametrize("content", ["not xml", "<calibration/>", '<calibration><camera serial="a"/></calibration>'])
def test_wrong_calibration_is_told(tmp_path, content):
    path = tmp_path / "calibration.txt"
    path.write_text(content)
    with pytest.raises(FileFormatError):
        read_qualisys(path)
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_qualisys(tmp_path / "none.txt")
