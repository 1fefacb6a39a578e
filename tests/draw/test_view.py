"""Cameras of pictures."""

import numpy as np
import pytest

from sfv.draw.view import azimuth_of, distance_for, front_azimuth, look_at, scaled, smooth_path, way_heading

SIZE = (200, 100)


def test_the_target_is_in_the_middle_and_up_is_up():
    target = np.array([1.0, 2.0, 0.5])
    camera = look_at(target, 30.0, 10.0, 4.0, SIZE)
    np.testing.assert_allclose(camera.project(target), [100, 50], atol=1e-9)
    assert camera.project(target + np.array([0, 0, 0.3]))[1] < 50
    assert camera.position_w[2] > target[2]
    assert np.linalg.norm(camera.position_w - target) == pytest.approx(4.0)
    np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.rotation) == pytest.approx(1)
    assert azimuth_of(camera) == pytest.approx(30.0)


def test_the_distance_makes_it_fit():
    for tall, wide in ((1.7, 0.5), (0.3, 3.0)):
        camera = look_at(np.zeros(3), 90.0, 0.0, distance_for(tall, wide, SIZE), SIZE)
        corner = camera.project(np.array([wide / 2, 0.0, tall / 2]))
        assert 0 <= corner[0] <= 200
        assert 0 <= corner[1] <= 100


def test_a_cut_and_enlarged_picture_has_the_same_points():
    camera = look_at(np.zeros(3), 90.0, 0.0, 4.0, SIZE)
    point = np.array([0.2, 0.1, 0.3])
    np.testing.assert_allclose(scaled(camera, 2.0, (30, 10)).project(point), 2 * (camera.project(point) - [30, 10]))


def test_the_front_is_shown():
    for heading in (0.0, 130.0):
        side = look_at(np.zeros(3), heading - 90.0, 0.0, 4.0, SIZE)
        for camera in (None, side):
            azimuth = front_azimuth(heading, camera, 30.0)
            assert np.cos(np.radians(azimuth - heading)) == pytest.approx(-0.5)


def test_heading_is_that_of_the_way_or_of_the_face():
    way = np.linspace([0, 0, 1], [0, 3, 1], 5)
    assert way_heading(way, np.array([1.0, 0, 0])) == pytest.approx(90)
    assert way_heading(0.01 * way, np.array([1.0, 0, 0])) == pytest.approx(0)


def test_smoothing_keeps_a_straight_way_and_takes_out_a_bump():
    way = np.linspace([0.0, 0, 1], [2.0, 0, 1], 40)
    np.testing.assert_allclose(smooth_path(way, 8), way, atol=1e-9)
    bumpy = way.copy()
    bumpy[20, 2] += 1
    assert smooth_path(bumpy, 8)[:, 2].max() < 1.2
    assert len(smooth_path(way[:2], 8)) == 2
    np.testing.assert_array_equal(smooth_path(way[:1], 8), way[:1])
