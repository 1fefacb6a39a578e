"""Exchanged sides are found by continuity, at full confidence, and motion alone is not taken for an exchange."""

import numpy as np
import pytest

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR
from sfv.reconstruct.observe.unswap import find_swaps

TORSO = 100.0
LEGS = [
    i for i, name in enumerate(LANDMARK_NAMES) if any(part in name for part in ("knee", "ankle", "heel", "foot_index"))
]
REST = [i for i in range(19) if i not in LEGS]


@pytest.fixture
def track():
    """A person seen from the front who sways by half a torso."""
    random = np.random.default_rng(0)
    side = np.array([1.0 if "left" in name else -1.0 if "right" in name else 0.0 for name in LANDMARK_NAMES])
    height = random.uniform(-150, 150, 19)
    height = 0.5 * (height + height[list(MIRROR)])
    sway = 25 * np.sin(np.linspace(0, 6, 80))
    xy = np.stack((30 * side[None] + sway[:, None], np.broadcast_to(height, (80, 19))), -1)
    return xy + random.normal(0, 1.5, xy.shape)


def swaps(xy, seen=None):
    seen = np.ones(len(xy), dtype=bool) if seen is None else seen
    return find_swaps(xy, seen, TORSO, 30.0, ReconstructConfig())


def test_nothing_is_exchanged_without_need(track):
    assert not swaps(track).any()


def test_a_whole_body_exchange_is_found(track):
    track[30:47] = track[30:47][:, list(MIRROR)]
    expected = np.zeros(80, dtype=bool)
    expected[30:47] = True
    np.testing.assert_array_equal(swaps(track).all(1), expected)
    np.testing.assert_array_equal(swaps(track).any(1), expected)


def test_exchanged_legs_are_found_alone(track):
    mixed = list(range(19))
    for leg in LEGS:
        mixed[leg] = MIRROR[leg]
    track[10:14] = track[10:14][:, mixed]
    found = swaps(track)
    assert found[10:14][:, LEGS].all()
    assert not found[:, REST].any()
    assert not found[14:].any()


def test_frames_without_evidence_do_not_matter(track):
    seen = np.ones(80, dtype=bool)
    seen[40:45] = False
    track[40:45] = np.nan
    track[60:66] = track[60:66][:, list(MIRROR)]
    found = swaps(track, seen)
    assert found[60:66].all()
    assert not found[:60].any()
