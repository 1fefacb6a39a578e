"""Free fall, and what the ground can push."""

import numpy as np
import pytest
import torch

from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import GRAVITY, Flight, free_fall_error, true_flights

FPS, CONFIG = 30.0, RetargetConfig()
TIME = np.arange(20) / FPS


def path(acceleration: float, forward: float = 1.5) -> np.ndarray:
    return np.stack((forward * TIME, 0 * TIME, 2.0 * TIME + 0.5 * acceleration * TIME**2), axis=1)


def penalty(acceleration: float, airborne: float) -> float:
    flight = Flight(np.full(20, airborne), FPS, CONFIG, cyclic=False)
    return float(flight(torch.from_numpy(path(acceleration))))


def test_in_flight_only_free_fall_is_free():
    assert penalty(-GRAVITY, 1.0) == pytest.approx(0, abs=1e-20)
    expected = 18 * ((GRAVITY - 4.0) / FPS**2) ** 2
    assert penalty(-4.0, 1.0) == pytest.approx(expected)
    assert penalty(-4.0, 0.5) == pytest.approx(0.5 * expected)


def test_the_ground_pushes_but_neither_pulls_nor_throws():
    for acceleration in (-GRAVITY + 0.1, 0.0, (CONFIG.max_push - 1) * GRAVITY - 0.1):
        assert penalty(acceleration, 0.0) == pytest.approx(0, abs=1e-20)
    assert penalty(-GRAVITY - 2.0, 0.0) == pytest.approx(18 * (2.0 / FPS**2) ** 2)
    assert penalty((CONFIG.max_push - 1) * GRAVITY + 2.0, 0.0) == pytest.approx(18 * (2.0 / FPS**2) ** 2)


def test_a_frame_falls_with_both_neighbours_only_and_a_cycle_goes_round():
    airborne = np.zeros(10)
    airborne[[0, 1, 8, 9]] = 1.0
    assert not Flight(airborne, FPS, CONFIG, cyclic=False).happens
    round_it = Flight(airborne, FPS, CONFIG, cyclic=True)
    assert round_it.happens
    assert round_it.falling.nonzero().flatten().tolist() == [
        8,
        9,
    ]  # second differences about frames 9 and 10, which is 0


def test_error_of_a_clip_counts_flights_alone():
    flying = np.ones(20, dtype=bool)
    assert free_fall_error(path(-GRAVITY), FPS, flying) == pytest.approx(0, abs=1e-9)
    assert free_fall_error(path(0.0), FPS, flying) == pytest.approx(1.0)
    flying[::3] = False
    assert free_fall_error(path(0.0), FPS, flying) is None


def test_what_floats_or_sinks_slowly_does_not_fly():
    airborne = np.ones((20, 1))
    airborne[:2] = 0.0
    for acceleration, flies in (
        (-GRAVITY, True),
        (-0.6 * GRAVITY, True),
        (0.0, False),
        (-1.0, False),
        (GRAVITY, False),
    ):
        found = true_flights(airborne, path(acceleration)[:, 2], FPS)
        assert found.sum() == (18 if flies else 0)
    airborne[5:] = 0.0
    assert not true_flights(airborne, path(-GRAVITY)[:, 2], FPS).any()  # three frames are on some parabola always
