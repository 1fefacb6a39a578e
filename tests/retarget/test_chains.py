"""Chains of hinges: angles that reach an orientation, or come nearest to it."""

import numpy as np
import pytest

from sfv.retarget.robot.chains import Chain, solve_chain

LIMITS = np.array([[-1.2, 1.2], [-0.8, 1.0], [-2.0, 0.5]])


@pytest.fixture
def hip() -> Chain:
    """Yaw, roll and pitch with a fixed turn of 90 degrees about z in between."""
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    return Chain(np.eye(3)[[2, 0, 1]], np.array([np.eye(3), turn, np.eye(3), np.eye(3)]), LIMITS)


def swing(frames: int = 40) -> np.ndarray:
    """A smooth closed path of angles inside the limits."""
    phase = np.linspace(0, 2 * np.pi, frames)[:, None]
    return LIMITS.mean(1) + 0.4 * np.diff(LIMITS)[:, 0] * np.sin(phase + np.arange(3.0))


@pytest.mark.parametrize("cyclic", [False, True])
def test_reachable_orientations_are_reached(hip, cyclic):
    angles = swing()
    found = solve_chain(hip, hip.forward(angles)[0], np.eye(3), cyclic)
    np.testing.assert_allclose(found, angles, atol=1e-4)


def test_limits_hold_where_the_orientation_is_out_of_reach(hip):
    angles = swing() + np.array([0.0, 0.0, 0.9])
    found = solve_chain(hip, hip.forward(angles)[0], np.eye(3), False)
    assert (found >= LIMITS[:, 0] - 1e-12).all()
    assert (found <= LIMITS[:, 1] + 1e-12).all()
    assert np.abs(np.diff(found, axis=0)).max() < 0.35


def test_of_what_cannot_be_had_the_limbs_direction_counts():
    """Two hinges reach any direction of the limb, but not its twist."""
    chain = Chain(np.eye(3)[[0, 1]], np.stack([np.eye(3)] * 3), np.array([[-3.0, 3.0], [-1.5, 1.5]]))
    wanted = Chain(np.eye(3)[[0, 1, 2]], np.stack([np.eye(3)] * 4), np.tile([-3.0, 3.0], (3, 1))).forward(
        np.array([[0.5, 0.4, 0.9]])
    )[0]
    limb = np.array([0.0, 0.0, -1.0])
    weights = np.diag([0.01, 0.01, 1.0])
    reached = chain.forward(solve_chain(chain, wanted, weights, False))[0]
    np.testing.assert_allclose(reached @ limb, wanted @ limb, atol=1e-3)


def test_the_path_does_not_jump_between_two_ways(hip):
    """Both of an orientation's two ways are inside the limits here; neighbours take the same one."""
    wide = Chain(hip.axes, hip.fixed, np.tile([-np.pi, np.pi], (3, 1)))
    angles = swing()
    found = solve_chain(wide, wide.forward(angles)[0], np.eye(3), False)
    assert np.abs(np.diff(found, axis=0)).max() < 0.5
