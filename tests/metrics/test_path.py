import numpy as np
import pytest

from sfv import metrics


def straight(length, frames=200):
    path = np.zeros((frames, 3))
    path[:, 0] = np.linspace(0, length, frames)
    return path


def test_a_way_that_is_a_tenth_too_long_is_ten_per_cent_off():
    truth = straight(10.0)
    assert metrics.path_error(1.1 * truth, truth) == pytest.approx(0.1)
    assert metrics.path_error(truth + np.array([5.0, -2.0, 1.0]), truth) == pytest.approx(0.0, abs=1e-12)


def test_a_short_way_is_judged_as_a_whole_and_a_shorter_one_is_not():
    truth = straight(2.0)
    assert metrics.path_error(1.1 * truth, truth) == pytest.approx(0.1)
    assert metrics.path_error(straight(0.5), straight(0.9)) is None


def test_the_direction_counts():
    truth = straight(6.0)
    c, s = np.cos(0.2), np.sin(0.2)
    turned = truth @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    assert metrics.path_error(turned, truth) == pytest.approx(2 * np.sin(0.1))


def test_a_way_round_and_back_is_as_long_as_what_is_walked():
    angle = np.linspace(0, 2 * np.pi, 400)
    circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)
    chord = 2 * np.sin(1.5)  # after 3 m on a circle of radius 1
    assert metrics.path_error(1.1 * circle, circle) == pytest.approx(0.1 * chord / 3, rel=0.01)


def test_spread_leaves_the_offset_out():
    truth = straight(2.0, 4)
    path = truth + np.array([1.0, 0, 0])
    path[:, 1] += [0.1, -0.1, 0.1, -0.1]
    assert metrics.root_spread(path, truth) == pytest.approx(0.1)
