from dataclasses import replace

import numpy as np
import pytest

from sfv.bench.recovery.sets.backdrop import backdrop
from sfv.bench.recovery.sets.synthetic import CLIPS, FPS, IMAGE_SIZE, LEAPS, film, make_scene, repeated
from sfv.bench.recovery.sets.synthetic_set import image_truth, scene_truth
from sfv.motion.body_motion import BodyMotion
from sfv.video import open_video


@pytest.fixture(scope="module")
def scenes(body):
    return {clip: make_scene(clip, view, body) for clip, view in zip(CLIPS, ("front", "side", "oblique") * 3)}


def vertices_of(scene, body):
    return body.vertices(scene.motion.poses, scene.motion.betas, scene.motion.trans)


def test_scenes_last_long_enough_at_one_rate(scenes):
    for clip, scene in scenes.items():
        assert scene.motion.fps == FPS
        assert 1.2 < scene.motion.seconds <= 3.0, clip


def test_nobody_is_under_the_ground_and_those_who_do_not_leap_are_on_it(scenes, body):
    for clip, scene in scenes.items():
        lowest = vertices_of(scene, body)[..., 2].min(1)
        assert lowest.min() > -1e-3, clip
        if clip in LEAPS:
            assert lowest.max() > 0.12, clip
        else:
            assert lowest.max() < 0.12, clip


def test_the_whole_motion_is_in_the_picture_and_large_enough(scenes, body):
    for clip, scene in scenes.items():
        pixels = scene.camera.project(vertices_of(scene, body))
        assert (pixels > 0).all(), clip
        assert (pixels < IMAGE_SIZE).all(), clip
        assert np.ptp(pixels[..., 1], axis=1).max() > 0.25 * IMAGE_SIZE[1], clip


def test_same_seed_same_scene_and_another_seed_another_body(scenes, body):
    first = scenes["walk"]
    again = make_scene("walk", "front", body)
    np.testing.assert_array_equal(first.motion.poses, again.motion.poses)
    np.testing.assert_array_equal(first.motion.betas, again.motion.betas)
    assert first.camera.focal_px == again.camera.focal_px
    np.testing.assert_array_equal(first.figure.rgb, again.figure.rgb)
    assert np.abs(make_scene("walk", "side", body).motion.betas - first.motion.betas).max() > 0.1


def test_views_see_the_person_from_where_they_say(body):
    for view, sign in (("front", -1.0), ("side", 0.0)):
        scene = make_scene("dance_a", view, body)
        facing = scene.camera.rotation[2] @ [1.0, 0.0, 0.0]  # she faces +x
        assert facing == pytest.approx(sign, abs=0.15)


def test_repeated_cycle_goes_on_where_it_ended():
    poses, trans = np.zeros((11, 24, 3)), np.zeros((11, 3))
    poses[:, 1, 0] = np.sin(np.linspace(0, 2 * np.pi, 11))
    trans[:, 0] = np.linspace(0, 1, 11)
    long = repeated(BodyMotion(poses, trans, np.zeros(10), 10.0), least=1.5, most=3.0)
    assert len(long) == 21
    np.testing.assert_allclose(np.diff(long.trans[:, 0]), 0.1)
    np.testing.assert_allclose(long.poses[10:], poses, atol=1e-12)
    assert len(repeated(BodyMotion(poses, trans, np.zeros(10), 10.0), least=5.0, most=3.0)) == 31


def test_truth_is_in_the_cameras_axes_and_picture(scenes, body):
    scene = scenes["cartwheel"]
    truth, image = scene_truth(scene.motion, body), image_truth(scene.motion, body)
    assert truth.joints_c[..., 2].min() > 2.0  # in front of the camera
    projected = truth.joints_c[..., :2] / truth.joints_c[..., 2:] * scene.camera.focal_px + scene.camera.centre_px
    np.testing.assert_allclose(projected, image.xy_px)
    assert truth.up_c[1] < -0.9  # y is down in the picture
    assert 0.1 < image.inverted.mean() < 0.6
    assert 50 < image.torso < 200
    assert not image_truth(scenes["walk"].motion, body).inverted.any()


@pytest.mark.parametrize("background", ["plain", "cluttered"])
def test_film_shows_the_person_where_the_truth_is(scenes, tmp_path, background):
    scene = replace(scenes["walk"], motion=scenes["walk"].motion.slice(0, 3))
    film(scene, background, tmp_path / "a.mp4")
    film(scene, background, tmp_path / "b.mp4")
    frames = list(open_video(tmp_path / "a.mp4"))
    assert len(frames) == 3
    again = list(open_video(tmp_path / "b.mp4"))[1]
    assert (
        np.abs(frames[1].astype(int) - again).mean() < 0.3
    )  # software GL was seen to differ by a few pixels once in ten
    rng = np.random.default_rng([0, CLIPS.index("walk"), 0, ("plain", "cluttered").index(background)])
    empty = backdrop(background, scene.camera, rng)
    different = np.abs(frames[0].astype(int) - empty).sum(-1) > 60
    rows, columns = np.nonzero(different)
    joints = image_truth(scene.motion, scene.figure.body).xy_px[0]
    assert np.abs([columns.mean(), rows.mean()] - joints.mean(0)).max() < 40


def test_clutter_is_busier_than_the_plain_background(scenes):
    camera = scenes["roll"].camera
    plain, cluttered = (backdrop(name, camera, np.random.default_rng(0)) for name in ("plain", "cluttered"))
    busy = [np.abs(np.diff(picture.astype(float), axis=1)).mean() for picture in (plain, cluttered)]
    assert busy[1] > 2 * busy[0]
    np.testing.assert_array_equal(cluttered, backdrop("cluttered", camera, np.random.default_rng(0)))
