"""The background's motion and cuts."""

import numpy as np
import pytest

from sfv.detect.background import BackgroundMeter
from sfv.detect.config import BackgroundConfig

NOBODY = np.zeros((0, 4))


@pytest.fixture(scope="module")
def wall():
    """A large textured picture. Shape (360, 1200, 3)."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(40, 215, (45, 150, 3))
    return np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8)


def measure(frames, boxes=NOBODY, fps=30.0):
    meter = BackgroundMeter(BackgroundConfig(), fps)
    cuts = [index for index, frame in enumerate(frames) if meter.add(frame, boxes)]
    assert cuts == meter.cuts
    return meter.speeds(), cuts


def noisy(frame, seed):
    noise = np.random.default_rng(seed).normal(0, 3, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


def test_a_camera_that_stands_still(wall):
    speeds, cuts = measure([noisy(wall[:, :640], t) for t in range(12)])
    assert speeds.max() < 0.15
    assert cuts == []


@pytest.mark.parametrize("step", [2, 9])
def test_a_pan_in_source_pixels(wall, step):
    speeds, cuts = measure([noisy(wall[:, step * t : step * t + 640], t) for t in range(20)])
    np.testing.assert_allclose(speeds, step, rtol=0.08)
    assert cuts == []


def test_people_are_no_background(wall):
    """Somebody in a checked shirt who fills half of the picture walks; the camera stands still."""
    shirt = np.kron(np.random.default_rng(1).integers(0, 255, (40, 40, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    frames = []
    for t in range(12):
        frame = wall[:, :640].copy()
        frame[20:340, 100 + 6 * t : 420 + 6 * t] = shirt[:320, :320]
        frames.append(frame)
    speeds, _ = measure(frames, boxes=np.array([[90.0, 10.0, 500.0, 350.0]]))
    assert speeds.max() < 0.15


def test_a_blank_wall_tells_nothing():
    speeds, cuts = measure([np.full((240, 320, 3), 90, np.uint8)] * 8)
    assert np.isnan(speeds).all()
    assert cuts == []


def test_cuts(wall):
    """Two shots; in the first a lamp is slowly turned on, which is no cut."""
    first = [np.clip(wall[:, :640].astype(int) + 3 * t, 0, 255).astype(np.uint8) for t in range(15)]
    second = [wall[::-1, 500:1140]] * 10
    _, cuts = measure(first + second)
    assert cuts == [15]
