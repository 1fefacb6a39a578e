"""Clips meet the ground where they are supported, and fly where they fly."""

import mujoco
import numpy as np
import pytest

from sfv.motion.ground import lowest_points
from sfv.motion.support import find_flights, meet_ground, slow_correction

FPS, RADIUS = 60.0, 0.1


@pytest.fixture(scope="module")
def ball() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(
        f"<mujoco><worldbody><body><freejoint/><geom size='{RADIUS}'/></body></worldbody></mujoco>"
    )


def poses(clearance: np.ndarray) -> np.ndarray:
    return np.column_stack(
        [np.zeros((len(clearance), 2)), clearance + RADIUS, np.ones(len(clearance)), np.zeros((len(clearance), 3))]
    )


def hop(seconds: float = 0.4) -> np.ndarray:
    """Stand for a second, fly for ``seconds``, stand for a second."""
    times = np.arange(0, 2 + seconds, 1 / FPS) - 1.0
    return np.where((times > 0) & (times < seconds), 0.5 * 9.81 * times * (seconds - times), 0.0)


def test_a_drifting_recording_is_brought_to_the_ground(ball):
    drift = 0.04 * np.sin(2 * np.pi * 0.5 * np.arange(240) / FPS)
    lowest = lowest_points(ball, meet_ground(ball, poses(drift), FPS, cyclic=False)).min(1)
    assert lowest.min() >= -1e-12
    assert lowest.max() < 0.004


def test_a_hop_stays_a_hop(ball):
    clearance = hop()
    flown = lowest_points(ball, meet_ground(ball, poses(clearance), FPS, cyclic=False)).min(1)
    assert flown.max() == pytest.approx(clearance.max(), abs=0.01)
    falling = np.diff(flown[66:78], 2) * FPS**2  # well inside the flight
    np.testing.assert_allclose(falling, -9.81, atol=1.0)


def test_flight_is_found_although_the_recording_drifts(ball):
    clearance = hop()
    flight = find_flights(ball, poses(clearance + np.linspace(0, 0.05, len(clearance))), FPS, cyclic=False)
    assert flight[clearance > 0.1].all()
    assert not flight[:50].any()
    assert not flight[-50:].any()


def test_bending_the_knees_fast_is_no_flight(ball):
    """The centre of mass falls, but a second sphere stays on the ground."""
    model = mujoco.MjModel.from_xml_string(
        "<mujoco><worldbody><body><freejoint/><geom size='.1' mass='1'/><body pos='0 0 -1'>"
        "<joint type='slide' axis='0 0 1'/><geom size='.1' mass='.01'/></body></body></worldbody></mujoco>"
    )
    sink = np.concatenate([np.zeros(60), -0.5 * 8.0 * (np.arange(15) / FPS) ** 2])
    qpos = np.column_stack([poses(sink + 1.0), -sink])
    assert not find_flights(model, qpos, FPS, cyclic=False).any()


def test_nothing_sinks_and_a_cycle_stays_closed(ball):
    clearance = 0.05 * np.sin(4 * np.pi * np.arange(61) / 60)
    clearance[[0, 20, 60]] -= 0.06, 0.06, 0.06
    met = meet_ground(ball, poses(clearance), FPS, cyclic=True)
    assert lowest_points(ball, met).min() >= -1e-12
    np.testing.assert_allclose(met[-1], met[0], atol=1e-12)


def test_correction_is_slow():
    """A slow wave is taken out, a fast one left alone."""
    times, flight = np.arange(240) / FPS, np.zeros(240, dtype=bool)
    slow = slow_correction(0.02 * np.sin(2 * np.pi * 0.5 * times) + 1.0, flight, FPS, cyclic=False) + 1.0
    assert np.ptp(slow) == pytest.approx(0.04, abs=0.004)
    fast = slow_correction(0.02 * np.sin(2 * np.pi * 15.0 * times) + 1.0, flight, FPS, cyclic=False)
    assert np.ptp(fast[60:-60]) < 0.001
