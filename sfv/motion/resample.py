"""Frames between frames: linear for positions and angles, spherical for quaternions."""

import numpy as np
import torch

from sfv.motion.rotations import continuous_quat, quat_slerp


def ball_columns(widths: tuple[int, ...]) -> list[slice]:
    """Columns of qpos that hold a quaternion: the root's and every ball joint's."""
    starts = 7 + np.concatenate([[0], np.cumsum(widths)[:-1]]).astype(int)
    return [slice(3, 7), *(slice(start, start + 4) for start, width in zip(starts, widths) if width == 4)]


def sample_frames(qpos: np.ndarray, widths: tuple[int, ...], at: np.ndarray) -> np.ndarray:
    """Frames at the fractional indices ``at``, held constant beyond the ends. Shape (T, nq), (N,) -> (N, nq)."""
    at = np.clip(at, 0.0, len(qpos) - 1.0)
    before = np.minimum(at.astype(int), len(qpos) - 2)
    share = at - before
    out = qpos[before] + share[:, None] * (qpos[before + 1] - qpos[before])
    for cut in ball_columns(widths):
        pair = torch.from_numpy(qpos[before][:, cut]), torch.from_numpy(qpos[before + 1][:, cut])
        out[:, cut] = continuous_quat(quat_slerp(*pair, torch.from_numpy(share))).numpy()
    return out
