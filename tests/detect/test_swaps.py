"""Exchanged left and right are found, and only these."""

import numpy as np
import pytest

from sfv.detect.config import SwapConfig
from sfv.detect.landmarks import ARMS, LEGS, MIRROR
from sfv.detect.tracking.swaps import SOURCE, find_swaps


@pytest.fixture
def walk(figure):
    """Two seconds at 30 fps of somebody seen at an angle who swings arms and legs. Shape (60, 33, 2)."""
    rng = np.random.default_rng(0)
    frames = []
    for t in range(60):
        xy = figure((100 + 3 * t, 200))
        swing = 25 * np.sin(2 * np.pi * t / 30)
        left, right = ARMS[::2], ARMS[1::2]
        xy[left, 0] -= swing
        xy[right, 0] += swing
        xy[LEGS[::2], 0] += swing
        xy[LEGS[1::2], 0] -= swing
        frames.append(xy + rng.normal(0, 0.5, xy.shape))
    return np.array(frames)


def undo(xy):
    return np.stack(
        [frame[SOURCE[state]] for frame, state in zip(xy, find_swaps(xy, np.arange(len(xy)), SwapConfig()))]
    )


def test_a_clean_walk_is_left_alone(walk):
    assert (find_swaps(walk, np.arange(60), SwapConfig()) == 0).all()


def test_whole_body(walk):
    seen = walk.copy()
    seen[12:25] = walk[12:25][:, MIRROR]
    np.testing.assert_array_equal(undo(seen), walk)


@pytest.mark.parametrize("group", [ARMS, LEGS])
@pytest.mark.parametrize("first", [5, 13, 27])
def test_one_group(walk, group, first):
    """Also where the limbs are about to pass each other (frame 15, 30)."""
    seen = walk.copy()
    source = np.arange(33)
    source[group] = MIRROR[group]
    seen[first : first + 7] = walk[first : first + 7][:, source]
    np.testing.assert_array_equal(undo(seen), walk)


@pytest.mark.parametrize("stop", range(31, 40))
def test_end_after_the_legs_passed(walk, stop):
    """A clip that ends soon after: nothing that follows tells that they went on."""
    assert (find_swaps(walk[:stop], np.arange(stop), SwapConfig()) == 0).all()


def test_gaps_and_short_clips(walk):
    kept = np.flatnonzero((np.arange(60) < 20) | (np.arange(60) > 26))
    seen = walk[kept].copy()
    seen[:8] = seen[:8][:, MIRROR]
    states = find_swaps(seen, kept, SwapConfig())
    np.testing.assert_array_equal(states, np.where(np.arange(len(kept)) < 8, 7, 0))
    assert find_swaps(walk[:2], np.arange(2), SwapConfig()).tolist() == [0, 0]
