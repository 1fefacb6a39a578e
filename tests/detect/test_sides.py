"""Exchanged left and right are found, and only these, in any layout of landmarks."""

import numpy as np
import pytest

from sfv.detect.config import SwapConfig
from sfv.detect.keypoints import BLAZEPOSE_NAMES
from sfv.detect.landmarks import ARMS, LEGS, MIRROR
from sfv.detect.sides import Sides, find_swaps

SIDES = Sides.of(BLAZEPOSE_NAMES)


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
        [
            frame[SIDES.source[state]]
            for frame, state in zip(xy, find_swaps(xy, np.arange(len(xy)), SIDES, SwapConfig()))
        ]
    )


def test_a_clean_walk_is_left_alone(walk):
    assert (find_swaps(walk, np.arange(60), SIDES, SwapConfig()) == 0).all()


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
    assert (find_swaps(walk[:stop], np.arange(stop), SIDES, SwapConfig()) == 0).all()


def test_gaps_and_short_clips(walk):
    kept = np.flatnonzero((np.arange(60) < 20) | (np.arange(60) > 26))
    seen = walk[kept].copy()
    seen[:8] = seen[:8][:, MIRROR]
    states = find_swaps(seen, kept, SIDES, SwapConfig())
    np.testing.assert_array_equal(states, np.where(np.arange(len(kept)) < 8, 7, 0))
    assert find_swaps(walk[:2], np.arange(2), SIDES, SwapConfig()).tolist() == [0, 0]


PARTS = ("nose", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
FEW = [k for k, name in enumerate(BLAZEPOSE_NAMES) if any(part in name for part in PARTS)]


def test_a_layout_of_thirteen_points_with_gaps(walk):
    """As other programs write: few points, some of them missing for a while."""
    sides = Sides.of([BLAZEPOSE_NAMES[k] for k in FEW])
    truth = walk[:, FEW]
    seen = truth.copy()
    seen[30:41] = seen[30:41][:, sides.mirror]
    seen[8:12, 3] = np.nan
    seen[35:38, sides.trunk[0]] = np.nan  # a shoulder, and with it the torso's length
    states = find_swaps(seen, np.arange(60), sides, SwapConfig(), np.isfinite(seen).all(-1).astype(float))
    np.testing.assert_array_equal(states == 7, (np.arange(60) >= 30) & (np.arange(60) < 41))
    assert set(states) == {0, 7}


def test_groups_of_blazepose():
    """Fingers go with arms, toes with legs, although both have an index."""
    assert set(np.flatnonzero(SIDES.source[2] != np.arange(33))) == set(ARMS)
    assert set(np.flatnonzero(SIDES.source[4] != np.arange(33))) == set(LEGS)
