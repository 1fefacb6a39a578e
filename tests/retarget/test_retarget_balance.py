"""Sideways balance of a gait."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.retarget.config import RetargetConfig
from sfv.retarget.gait.balance import balance_sideways, lateral_imbalance, lean_legs
from sfv.retarget.targets.start import first_guess, guess_contacts
from sfv.retarget.targets.targets import make_targets


@pytest.fixture(scope="module")
def targets(walk_motion, skeleton, body):
    made = make_targets(walk_motion, skeleton, body)
    contacts = guess_contacts(first_guess(made, skeleton), made.fps, skeleton, RetargetConfig())
    return replace(made, contacts=contacts)


def imbalance(targets, skeleton):
    return lateral_imbalance(first_guess(targets, skeleton), targets.contacts, skeleton)


def test_captured_walking_is_nearly_in_balance(targets, skeleton):
    assert abs(imbalance(targets, skeleton)) < 0.025


@pytest.mark.parametrize("lean", [-0.15, 0.12])
def test_leaning_legs_are_set_upright(targets, skeleton, lean):
    leaning = lean_legs(targets, skeleton, lean)
    moved = imbalance(leaning, skeleton) - imbalance(targets, skeleton)
    assert moved == pytest.approx(-0.8 * lean * skeleton.leg_length, rel=0.1)  # the legs' own mass goes with them
    mended = balance_sideways(leaning, skeleton, RetargetConfig().balance_rounds)
    assert abs(imbalance(mended, skeleton)) < 2e-3
    np.testing.assert_allclose(mended.ankles[..., 1].mean(), targets.ankles[..., 1].mean(), atol=0.03)


def test_without_stance_nothing_is_leaned(targets, skeleton):
    flying = replace(targets, contacts=np.zeros_like(targets.contacts))
    np.testing.assert_array_equal(balance_sideways(flying, skeleton, 2).ankles, targets.ankles)
