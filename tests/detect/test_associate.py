"""Who is who: prediction, the cost of a match, the assignment."""

import numpy as np
import pytest

from sfv.detect.config import AssociationConfig
from sfv.detect.tracking.appearance import PARTS, Appearance
from sfv.detect.tracking.associate import Seen, assign, cost, predict

CONFIG = AssociationConfig()
RED, BLUE = (50.0, 60.0, 40.0), (35.0, 10.0, -50.0)


def person(x=100.0, colour=RED, bend=0.0, scale=50.0):
    joints = np.tile([0.0, bend, 0.0], (16, 1))
    lab = np.tile(np.array(colour), (len(PARTS), 1))
    return Seen(np.array([x, 100.0, np.log(scale)]), joints, Appearance(lab, np.ones(len(PARTS))))


def match(known, found, away=0.0, cut=False):
    return cost(known, known.place, found, away, cut, CONFIG)


def test_prediction_goes_on_and_dies_away():
    places = [np.array([10.0 * t, 5.0, 1.0]) for t in range(7)]
    np.testing.assert_allclose(predict(range(7), places, 7, 1e6), (70, 5, 1), rtol=1e-4)
    far = predict(range(7), places, 1000, 9.0)
    np.testing.assert_allclose(far, (60 + 10 * 9, 5, 1), rtol=1e-4)


def test_prediction_is_robust():
    places = [np.array([10.0 * t, 5.0, 1.0]) for t in range(7)]
    places[3] = np.array([900.0, 5.0, 1.0])
    np.testing.assert_allclose(predict(range(7), places, 8, 1e6), (80, 5, 1), rtol=1e-4)


@pytest.mark.parametrize("other", [person(x=300), person(colour=BLUE), person(bend=0.4), person(scale=100)])
def test_every_difference_costs(other):
    assert match(person(), other) > match(person(), person()) + 0.4


def test_place_fades_and_appearance_stays():
    near, far = match(person(), person(x=400), away=0), match(person(), person(x=400), away=30)
    assert near > CONFIG.max_cost > far
    assert match(person(), person(colour=BLUE), away=30) > CONFIG.max_cost


def test_after_a_cut_only_appearance_counts():
    moved = person(x=900, bend=0.5, scale=20)
    assert match(person(), moved, cut=True) == pytest.approx(0)
    assert match(person(), person(colour=BLUE), cut=True) > CONFIG.max_cost


def test_hidden_parts_are_not_compared():
    known, found = person(), person(colour=BLUE)
    hidden = Appearance(found.appearance.lab, np.zeros(len(PARTS)))
    assert match(known, Seen(found.place, found.joints_c, hidden)) == pytest.approx(0)


def test_assignment_is_the_best_in_all():
    """Row 0 prefers column 0, but then row 1 would have to pay far more."""
    assert assign(np.array([[1.0, 1.2], [1.1, 9.0]]), 5.0) == [(0, 1), (1, 0)]
    assert assign(np.array([[1.0], [0.5]]), 5.0) == [(1, 0)]
    assert assign(np.array([[3.0, np.inf]]), 2.0) == []
    assert assign(np.zeros((0, 3)), 2.0) == []
