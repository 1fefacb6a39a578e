"""Closing and repeating cycles."""

import numpy as np
import pytest

from sfv.motion.cycle import close_cycle, heading_of, repeat_cycle, yaw_quat

FRAMES = 31


def open_cycle(turn: float) -> np.ndarray:
    """A hinge that swings, on a root that walks along x and turns; it does not quite come back to where it began."""
    phase = np.linspace(0, 2 * np.pi, FRAMES)
    yaw = np.linspace(0, turn, FRAMES)
    return np.stack([
        np.linspace(0, 1.2, FRAMES), 0.02 * np.sin(phase), 0.9 + 0.03 * phase / 6, np.cos(yaw / 2), 0 * yaw, 0 * yaw, np.sin(yaw / 2),
        0.5 * np.sin(phase) + 0.1 * phase / 6,
    ], axis=1)  # fmt: skip


def test_last_frame_is_the_first_one_moved():
    closed = close_cycle(open_cycle(0.1), (1,))
    np.testing.assert_allclose(closed[-1, 2:], closed[0, 2:], atol=1e-12)
    assert closed[-1, 0] - closed[0, 0] == pytest.approx(1.2, abs=0.02)


def test_a_turn_on_purpose_is_kept():
    closed = close_cycle(open_cycle(1.0), (1,))
    assert heading_of(closed[-1, 3:7]) - heading_of(closed[0, 3:7]) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("turn", [0.1, 1.0])
def test_no_jump_in_velocity_at_the_seam(turn):
    closed = close_cycle(open_cycle(turn), (1,))
    steps = np.diff(repeat_cycle(closed, 2)[:, [0, 1, 2, 7]], axis=0)
    change = np.abs(np.diff(steps, axis=0)).max(1)
    assert change[FRAMES - 4 : FRAMES + 2].max() < 2.0 * np.median(change) + 0.01


def test_repeated_cycles_go_on_in_place_and_heading():
    closed = close_cycle(open_cycle(1.0), (1,))
    long = repeat_cycle(closed, 4)
    assert len(long) == 4 * (FRAMES - 1) + 1
    headings = [heading_of(quat) for quat in long[:: FRAMES - 1, 3:7]]
    np.testing.assert_allclose(np.diff(np.unwrap(headings)), headings[1] - headings[0], atol=1e-9)
    lengths = np.linalg.norm(np.diff(long[:: FRAMES - 1, :2], axis=0), axis=1)
    np.testing.assert_allclose(lengths, lengths[0], atol=1e-9)


def test_yaw_quat_and_heading_are_inverse():
    assert heading_of(yaw_quat(-2.3)) == pytest.approx(-2.3)
