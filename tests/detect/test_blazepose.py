"""Decoding of the two networks, and the networks themselves on a real frame."""

import numpy as np
import pytest

from sfv.assets import fetch
from sfv.detect.blazepose.geometry import pose_distance
from sfv.detect.blazepose.networks import BlazePose, Detection, anchors, refine, suppress
from sfv.detect.blazepose.roi import Roi
from sfv.video import open_video


def test_anchors_are_the_cells_middles():
    grid = anchors()
    assert grid.shape == (2254, 2)
    np.testing.assert_allclose(grid[0], grid[1])
    np.testing.assert_allclose(grid[2], (1.5 / 28, 0.5 / 28))  # x runs first
    np.testing.assert_allclose(grid[28 * 28 * 2], (0.5 / 14, 0.5 / 14))
    np.testing.assert_allclose(grid[-1], (6.5 / 7, 6.5 / 7))


def test_suppress_keeps_the_best_of_near_ones():
    near = [Detection(Roi(np.array([x, 0.0]), 100.0), score) for x, score in ((0, 0.6), (10, 0.9), (300, 0.7))]
    assert [person.score for person in suppress(near)] == [0.9, 0.7]


def test_refine_moves_a_landmark_to_its_peak():
    heatmaps = np.full((64, 64, 3), -20.0)
    heatmaps[20, 30, 0] = heatmaps[20, 32, 0] = 2.0  # two cells apart: between them
    heatmaps[20, 30, 1] = -1.0  # too low a peak
    heatmaps[20, 30, 2] = 2.0  # out of the window
    xy, peaks = refine(np.array([[120.0, 82.0], [120.0, 82.0], [200.0, 82.0]]), heatmaps)
    np.testing.assert_allclose(xy[0], (31 * 4, 20 * 4), atol=1e-5)
    np.testing.assert_allclose(xy[1:], ((120, 82), (200, 82)))
    np.testing.assert_allclose(peaks, (0.881, 0.269, 0), atol=1e-3)


@pytest.fixture(scope="module")
def man():
    """A frame of one of the balance videos, and where the man is in it."""
    net = BlazePose()
    rgb = next(iter(open_video(fetch("balance_cam04"), start=0.5)))
    height, width = rgb.shape[:2]
    best = net.detect(rgb, Roi(np.array([width / 2, height / 2]), height), 0.5)[0]
    return net, rgb, best.roi


def test_mirror_image_agrees(man):
    net, rgb, roi = man
    roi = net.landmarks(rgb, roi).roi
    straight, mirrored = net.landmarks(rgb, roi), net.landmarks(rgb, roi, mirrored=True)
    assert straight.flag > 0.9
    assert straight.quality > 0.8
    assert np.median(np.linalg.norm(straight.xy_px - mirrored.xy_px, axis=-1)) < 0.015 * roi.side
    assert np.median(np.linalg.norm(straight.world_c - mirrored.world_c, axis=-1)) < 0.08


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_turns_the_landmarks(man, quarters):
    """2D and 3D landmarks of the picture turned by 90 degrees are those of the picture, turned."""
    net, rgb, roi = man
    upright = net.landmarks(rgb, net.landmarks(rgb, roi).roi)
    turned = np.ascontiguousarray(np.rot90(rgb, quarters))  # counter-clockwise
    middle, angle = np.array([rgb.shape[1] / 2, rgb.shape[0] / 2]), -np.pi / 2 * quarters
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    new_middle = np.array([turned.shape[1] / 2, turned.shape[0] / 2])
    best = net.detect(turned, Roi(new_middle, max(turned.shape)), 0.3)[0]
    found = net.landmarks(turned, net.landmarks(turned, best.roi).roi)
    expected = (upright.xy_px - middle) @ turn.T + new_middle
    assert pose_distance(found.xy_px, expected) < 0.1
    world = upright.world_c.copy()
    world[:, :2] = world[:, :2] @ turn.T
    assert np.median(np.linalg.norm(found.world_c - world, axis=-1)) < 0.08
