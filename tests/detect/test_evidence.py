"""Landmarks that jump to and fro lose confidence; those that move, however fast, do not."""

import numpy as np
import pytest

from sfv.detect.config import ChoiceConfig
from sfv.detect.tracking.evidence import steadiness

FRAMES = np.arange(20)


def steady(xy, frames=FRAMES):
    return steadiness(xy[:, None], frames, np.full(len(xy), 50.0), ChoiceConfig())[:, 0]


def line(step=5.0):
    return np.column_stack([step * FRAMES, np.full(20, 100.0)])


@pytest.mark.parametrize("step", [0.0, 5.0, 80.0])
def test_even_motion(step):
    np.testing.assert_allclose(steady(line(step)), 1)


def test_a_real_jerk():
    """Somebody stops dead."""
    xy = line(60.0)
    xy[10:] = xy[10]
    np.testing.assert_allclose(steady(xy), 1)


def test_an_outlier_and_not_its_neighbours():
    xy = line()
    xy[10] += (0, 60)
    found = steady(xy)
    assert found[10] < 0.15
    np.testing.assert_allclose(np.delete(found, 10), 1)


def test_gaps():
    """Frame numbers count, and what stands alone is not judged."""
    kept = np.array([0, 1, 2, 5, 6, 7, 15])
    xy = line()[kept]
    np.testing.assert_allclose(steady(xy, kept), 1)
    xy[4] += (0, 60)
    assert steady(xy, kept)[4] < 0.3
