"""Closing a cycle: the last frame becomes the first one moved by the displacement, without a jump in pose or velocity."""

import numpy as np
import torch

from sfv.motion.resample import ball_columns
from sfv.motion.rotations import (
    continuous_quat,
    heading_quat,
    quat_conjugate,
    quat_multiply,
    quat_to_rotvec,
    rotvec_to_quat,
)

SEAM_FRAMES = 5
"""Frames on either side of the seam over which velocities are smoothed into each other."""
SEAM_SIGMA = 1.5
"""Width of that smoothing, frames."""
STRAIGHT_RAD = 0.3
"""A cycle that turns by less than this (17 degrees) is made to go straight; more is taken for a turn on purpose."""


def close_cycle(qpos: np.ndarray, widths: tuple[int, ...]) -> np.ndarray:
    """Spread the gap between the last frame and the moved first one evenly over the cycle, then smooth the seam.

    The displacement keeps the ground-plane path and, where the cycle turns by more than ``STRAIGHT_RAD``, the change of
    heading; height, tilt and every joint return to where they began. Shape (T, nq) -> (T, nq): the last frame is the image
    of the first.
    """
    turn = _turn(qpos)
    closed = _spread(qpos, widths, turn)
    return _smooth_seam(closed, widths, turn)


def repeat_cycle(qpos: np.ndarray, cycles: int) -> np.ndarray:
    """Frames of ``cycles`` periods in a row. Shape (T, nq) -> (cycles * (T - 1) + 1, nq)."""
    period = qpos[:-1]
    parts = [_advance(period, qpos, count) for count in range(cycles)]
    return np.concatenate([*parts, _advance(qpos[:1], qpos, cycles)])


def _advance(frames: np.ndarray, cycle: np.ndarray, count: int) -> np.ndarray:
    """Frames moved forward by ``count`` periods of a closed cycle (backward where it is negative)."""
    turn, origin = heading_of(cycle[-1, 3:7]) - heading_of(cycle[0, 3:7]), cycle[0, :2]
    step = cycle[-1, :2] - origin
    moved = frames.copy()
    for _ in range(abs(count)):
        moved = _move(moved, origin, step, turn) if count > 0 else _move_back(moved, origin, step, turn)
    return moved


def _move(frames: np.ndarray, origin: np.ndarray, step: np.ndarray, turn: float) -> np.ndarray:
    out = frames.copy()
    out[:, :2] = (frames[:, :2] - origin) @ _rotation(turn).T + origin + step
    out[:, 3:7] = yawed(frames[:, 3:7], turn)
    return out


def _move_back(frames: np.ndarray, origin: np.ndarray, step: np.ndarray, turn: float) -> np.ndarray:
    out = frames.copy()
    out[:, :2] = (frames[:, :2] - origin - step) @ _rotation(turn) + origin
    out[:, 3:7] = yawed(frames[:, 3:7], -turn)
    return out


def _turn(qpos: np.ndarray) -> float:
    """Change of heading over the cycle that is kept, radians; zero for a path that is nearly straight."""
    turn = heading_of(qpos[-1, 3:7]) - heading_of(qpos[0, 3:7])
    turn = float((turn + np.pi) % (2 * np.pi) - np.pi)
    return turn if abs(turn) > STRAIGHT_RAD else 0.0


def _spread(qpos: np.ndarray, widths: tuple[int, ...], turn: float) -> np.ndarray:
    share = np.linspace(-0.5, 0.5, len(qpos))
    out = qpos + share[:, None] * (qpos[0] - qpos[-1])  # hinges, slides and the root's height; the rest follows below
    out[:, :2] = qpos[:, :2]
    last = torch.from_numpy(qpos[-1])
    for cut in ball_columns(widths):
        quats = torch.from_numpy(qpos[:, cut])
        goal = torch.from_numpy(yawed(qpos[:1, cut], turn))[0] if cut.start == 3 else quats[0]
        gap = quat_to_rotvec(quat_multiply(quat_conjugate(last[cut]), goal))
        fix = rotvec_to_quat(torch.from_numpy(share)[:, None] * gap)
        out[:, cut] = continuous_quat(quat_multiply(quats, fix)).numpy()
    out[-1] = _moved_first(out, turn)
    return out


def _moved_first(qpos: np.ndarray, turn: float) -> np.ndarray:
    """The first frame, moved by the displacement: what the last frame of a closed cycle is."""
    last = qpos[0].copy()
    last[:2] = qpos[-1, :2]
    last[3:7] = yawed(qpos[:1, 3:7], turn)[0]
    return last


def _smooth_seam(qpos: np.ndarray, widths: tuple[int, ...], turn: float) -> np.ndarray:
    """Average neighbours across the seam with a Gaussian whose influence fades out within SEAM_FRAMES."""
    reach = min(SEAM_FRAMES, (len(qpos) - 1) // 4)
    if reach < 1:
        return qpos
    long = np.concatenate([_advance(qpos[:-1], qpos, -1), qpos[:-1], _advance(qpos, qpos, 1)])
    for cut in ball_columns(widths):
        long[:, cut] = continuous_quat(torch.from_numpy(long[:, cut])).numpy()
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (offsets / SEAM_SIGMA) ** 2)
    kernel /= kernel.sum()
    period, seam = len(qpos) - 1, 2 * (len(qpos) - 1)
    out = long.copy()
    for k in offsets:
        weight = 0.5 * (1 + np.cos(np.pi * k / (reach + 1)))
        window = long[seam + k - reach : seam + k + reach + 1]
        out[seam + k] = (1 - weight) * long[seam + k] + weight * (kernel @ window)
    for cut in ball_columns(widths):
        out[:, cut] /= np.linalg.norm(out[:, cut], axis=1, keepdims=True)
    # the frames after the seam belong to the next period: bring them back to the start of this one
    result = out[period : seam + 1].copy()
    result[: reach + 1] = _advance(out[seam : seam + reach + 1], qpos, -1)
    result[-1] = _moved_first(result, turn)
    for cut in ball_columns(widths):
        result[:, cut] = continuous_quat(torch.from_numpy(result[:, cut])).numpy()
    return result


def heading_of(quat: np.ndarray) -> float:
    """Yaw of a quaternion's x axis, radians. Shape (4,)."""
    q = heading_quat(torch.from_numpy(np.ascontiguousarray(quat)))
    return float(2 * torch.atan2(q[3], q[0]))


def yaw_quat(yaw: float) -> np.ndarray:
    """Rotation about world z. Shape (4,)."""
    return np.array([np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)])


def yawed(quats: np.ndarray, yaw: float) -> np.ndarray:
    """Orientations turned about world z. Shape (T, 4)."""
    turn = torch.from_numpy(yaw_quat(yaw))
    return quat_multiply(turn.expand(len(quats), 4), torch.from_numpy(np.ascontiguousarray(quats))).numpy()


def _rotation(yaw: float) -> np.ndarray:
    return np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
