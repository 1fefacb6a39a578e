import numpy as np
import pytest

from sfv import metrics


def test_honest_certainties_lie_on_the_diagonal():
    rng = np.random.default_rng(0)
    sigma = rng.uniform(0.01, 0.1, 60000)
    error = np.linalg.norm(rng.normal(size=(60000, 3)) * sigma[:, None], axis=1)
    found = metrics.calibration(metrics.sure_within(sigma), error)
    assert found.worst < 0.02
    assert found.count.sum() == 60000
    over = metrics.calibration(metrics.sure_within(0.5 * sigma), error)
    assert over.worst > 0.3


def test_each_class_holds_what_was_said_against_what_came_true():
    found = metrics.calibration(np.array([0.9, 0.95, 0.92, 1.0, 0.15]), np.array([0.01, 0.02, 0.2, 0.049, 0.051]))
    assert found.rows() == [
        {"from": 0.1, "said": pytest.approx(0.15), "right": 0.0, "points": 1},
        {"from": 0.9, "said": pytest.approx(3.77 / 4), "right": 0.75, "points": 4},
    ]
    assert found.worst == pytest.approx(3.77 / 4 - 0.75)


def test_what_is_unknown_is_left_out():
    found = metrics.calibration(np.array([[0.5, np.nan], [0.5, 0.5]]), np.array([[0.01, 0.01], [np.nan, 0.2]]))
    assert found.count.sum() == 2
    assert metrics.calibration(np.empty(0), np.empty(0)).worst == 0.0


def test_films_are_put_together_by_their_points():
    one = metrics.calibration(np.full(3, 0.85), np.array([0.0, 0.0, 1.0]))
    two = metrics.calibration(np.full(1, 0.85), np.array([0.0]))
    assert metrics.together([one, two]).rows()[0]["right"] == 0.75
    assert metrics.together([]).rows() == []


def test_sure_within_is_the_share_of_a_normal_error_in_the_ball():
    assert metrics.sure_within(np.array([0.05]))[0] == pytest.approx(0.19875, abs=1e-4)  # chi-squared of 3 below 1
    assert metrics.sure_within(np.array([0.0, 10.0])).round(6).tolist() == [1.0, 0.0]
