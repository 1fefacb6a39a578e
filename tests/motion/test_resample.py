"""Frames between frames."""

import numpy as np

from sfv.motion.resample import ball_columns, sample_frames


def yaw(angle: float) -> list[float]:
    return [np.cos(angle / 2), 0.0, 0.0, np.sin(angle / 2)]


def test_ball_columns_name_the_root_and_every_ball_joint():
    assert ball_columns((1, 4, 1, 4)) == [slice(3, 7), slice(8, 12), slice(13, 17)]


def test_halfway_is_half_the_rotation_and_half_the_way():
    qpos = np.array([[0, 0, 1, *yaw(0.0), 0.0], [2, 0, 1, *yaw(1.0), 4.0]])
    (middle,) = sample_frames(qpos, (1,), np.array([0.5]))
    np.testing.assert_allclose(middle, [1, 0, 1, *yaw(0.5), 2.0], atol=1e-12)


def test_ends_are_held_and_frames_are_met_exactly():
    qpos = np.array([[0, 0, 1, *yaw(0.1), 0.0], [1, 0, 1, *yaw(0.2), 1.0], [2, 0, 1, *yaw(0.7), 3.0]])
    np.testing.assert_allclose(
        sample_frames(qpos, (1,), np.array([-1.0, 0, 1, 2, 9])), qpos[[0, 0, 1, 2, 2]], atol=1e-12
    )
