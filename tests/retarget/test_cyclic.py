"""Gaits: the period, the average cycle, and motions that have none."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.cycle import heading_of
from sfv.motion.rotations import quat_angle
from sfv.retarget.config import RetargetConfig
from sfv.retarget.gait.cyclic import cycle_targets, find_cycle, wants_cycle
from sfv.retarget.targets.targets import make_targets

CONFIG = RetargetConfig()


@pytest.fixture(scope="module")
def targets(walk_motion, skeleton, body):
    made = make_targets(walk_motion, skeleton, body)
    return replace(made, contacts=np.ones((len(made), 4)))


def test_the_period_of_the_walk_is_found(targets, walk_clip):
    cycle = find_cycle(targets, CONFIG)
    assert cycle is not None
    assert wants_cycle(cycle, CONFIG)
    assert cycle.frames == pytest.approx(len(walk_clip) - 1, abs=0.2)  # both steps, not one
    assert len(cycle.bounds) == 4
    assert cycle.mismatch < 0.01


def test_averaging_takes_noise_out(targets, walk_clip):
    rng = np.random.default_rng(0)
    noisy = replace(targets, ankles=targets.ankles + rng.normal(0, 0.03, targets.ankles.shape))
    cycle = find_cycle(noisy, CONFIG)
    assert cycle is not None
    shift = round(float(cycle.bounds[0]))
    truth = targets.ankles[shift : shift + len(walk_clip) - 1]
    errors = {}
    for average in (True, False):
        mean = cycle_targets(noisy, cycle, replace(CONFIG, average_cycles=average))
        errors[average] = np.sqrt(np.square(mean.ankles[: len(truth)] - truth).mean())
    assert errors[True] < 0.75 * errors[False]


def test_the_cycle_closes_and_goes_straight_along_x(targets):
    drifted = replace(targets, hips=targets.hips + np.linspace(0, 0.4, len(targets))[:, None] * [0, 1, 0])
    cycle = find_cycle(drifted, CONFIG)
    assert cycle is not None
    made = cycle_targets(drifted, cycle, CONFIG)
    step = made.hips[-1] - made.hips[0]
    assert step[0] > 1.0
    np.testing.assert_allclose(step[1:], 0, atol=1e-9)
    assert np.mean([heading_of(quat) for quat in made.root]) == pytest.approx(0, abs=0.02)
    assert float(quat_angle(torch.from_numpy(made.root[0]), torch.from_numpy(made.root[-1]))) < 1e-6
    np.testing.assert_allclose(made.ankles[-1], made.ankles[0], atol=1e-9)


def test_a_motion_that_does_not_repeat_itself_is_no_cycle(targets):
    half = replace(targets.with_packed(targets.packed[:30]), contacts=np.ones((30, 4)))
    found = find_cycle(half, CONFIG)
    assert not wants_cycle(found, CONFIG)


def test_standing_still_is_no_cycle(targets):
    rng = np.random.default_rng(0)
    still = targets.with_packed(np.repeat(targets.packed[:1], 120, axis=0))
    still = replace(still, ankles=still.ankles + rng.normal(0, 1e-3, still.ankles.shape))
    assert not wants_cycle(find_cycle(still, CONFIG), CONFIG)


def test_wishes_are_obeyed_and_impossible_ones_refused(targets):
    cycle = find_cycle(targets, CONFIG)
    assert not wants_cycle(cycle, replace(CONFIG, cyclic="no"))
    assert wants_cycle(replace(cycle, mismatch=0.9), replace(CONFIG, cyclic="yes"))
    short = targets.with_packed(targets.packed[:10])
    assert find_cycle(short, CONFIG) is None
    with pytest.raises(SfvError, match="longer video"):
        wants_cycle(None, replace(CONFIG, cyclic="yes"))
