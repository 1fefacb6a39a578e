import numpy as np
import pytest

from sfv import metrics
from sfv.metrics.events import matched, stances

FPS = 100.0


def steps(frames=300, shift=0):
    """Left stands in 50-129 and 200-259, right from the start to 79 and from 150 to the end; all later by ``shift`` frames."""
    time = np.arange(frames) - shift
    left = ((time >= 50) & (time < 130)) | ((time >= 200) & (time < 260))
    right = (time < 80) | (time >= 150)
    return np.stack([left, right], 1)


def test_the_same_contacts_score_one():
    score = metrics.event_score(steps(), steps(), FPS)
    assert (score.landing, score.takeoff, score.stance) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(("shift", "f1"), [(4, 1.0), (-4, 1.0), (6, 0.0), (-6, 0.0)])
def test_events_within_50_ms_count_and_later_ones_do_not(shift, f1):
    score = metrics.event_score(steps(shift=shift), steps(), FPS)
    assert (score.landing, score.takeoff, score.stance) == (f1, f1, f1)


def test_an_end_that_is_late_spoils_its_stance_only():
    late = steps()
    late[130:136, 0] = True
    score = metrics.event_score(late, steps(), FPS)
    assert score.landing == 1.0
    assert score.takeoff == pytest.approx(2 / 3)  # 2 of 3 on both sides
    assert score.stance == pytest.approx(3 / 4)


def test_a_step_too_many_costs_precision():
    more = steps()
    more[150:180, 0] = True
    score = metrics.event_score(more, steps(), FPS)
    assert score.landing == pytest.approx(2 * 3 / (4 + 3))
    assert score.stance == pytest.approx(2 * 4 / (5 + 4))


def test_left_is_not_right():
    assert metrics.event_score(steps()[:, ::-1], steps(), FPS).stance == 0.0


def test_flicker_is_no_event():
    noisy = steps()
    noisy[[90, 91, 220], 0] = False
    noisy[[100, 120], 1] = True
    score = metrics.event_score(noisy, steps(), FPS)
    assert (score.landing, score.takeoff, score.stance) == (1.0, 1.0, 1.0)


def test_without_any_event_there_is_no_score():
    air = np.zeros((50, 2), bool)
    score = metrics.event_score(air, air, FPS)
    assert (score.landing, score.takeoff, score.stance) == (None, None, None)
    assert metrics.event_score(~air, air, FPS).stance == 0.0
    assert metrics.event_score(~air, ~air, FPS).landing is None


def test_ends_of_the_clip_are_no_events():
    left, right = (stances(foot, FPS) for foot in steps().T)
    assert [(one.landing, one.takeoff) for one in left] == [(0.495, 1.295), (1.995, 2.595)]
    assert right[0].landing == -np.inf
    assert right[1].takeoff == np.inf


def test_every_event_is_used_once():
    assert matched([1.0, 1.02, 1.04], [1.01]) == 1
    assert matched([1.0, 1.06], [1.04, 1.1]) == 2
    assert matched([1.0], []) == 0


def test_feet_stand_on_heel_or_toe():
    points = np.array([[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]], bool)
    assert metrics.feet_stand(points).tolist() == [[True, False], [True, True], [False, False]]


def test_low_and_slow_soles_stand():
    feet = np.zeros((60, 3, 3))
    feet[:, 1, 2] = 0.05  # too high
    feet[:, 2, 0] = np.arange(60) * 0.006  # 0.6 m/s
    assert metrics.soles_stand(feet, FPS).all(0).tolist() == [True, False, False]
    assert metrics.soles_stand(feet, FPS, level=0.02).all(0).tolist() == [True, True, False]
    assert metrics.soles_stand(feet[:1], FPS)[0].tolist() == [True, False, True]  # one frame: no speed


def test_a_sole_that_shakes_or_rolls_goes_on_standing():
    feet = np.zeros((70, 2, 3))
    feet[:, :, 2] = 0.055  # too high to begin with
    feet[:20, 0, 2] = np.linspace(0.055, 0.041, 20)
    feet[20:60, 0, 2] = 0.02 + 0.02 * np.exp(-0.3 * np.arange(40))
    feet[40:50, 0, 0] = np.arange(10) * 0.012  # 1.2 m/s
    feet[50:, 0, 0] = 0.108
    feet[60:, 0, 2] = 0.5
    stands = metrics.soles_stand(feet, FPS)
    assert stands[:20, 0].all()  # rolls onto the point that stands later
    assert stands[20:59, 0].all()
    assert not stands[60:, 0].any()
    assert not stands[:, 1].any()


def test_flight_height_is_that_of_the_lowest_point():
    time = np.arange(101) / FPS
    lowest = np.maximum(0.0, 3.0 * (time - 0.2) - 4.905 * (time - 0.2) ** 2) * (time > 0.2)
    assert metrics.flight_height(lowest) == pytest.approx(9.0 / (2 * 9.81), abs=2e-3)
    assert metrics.flight_height(lowest + 0.5, level=0.5) == pytest.approx(9.0 / (2 * 9.81), abs=2e-3)
    spike = np.zeros(50)
    spike[20] = 1.0
    assert metrics.flight_height(spike) == 0.0
    assert metrics.flight_height(np.full(4, -0.1)) == 0.0
