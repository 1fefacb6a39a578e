"""How often a body turned, and which way: flips, spins and cartwheels of a clip, counted about the body's own axes."""

import numpy as np
import torch

from sfv.motion.rotations import rotmat_to_rotvec

TURNS = ("flips", "spins", "cartwheels")
"""What whole turns about SMPL's axes of the pelvis are called: x to the left, y along the trunk, z to the front. Positive are a flip
forwards, a spin to the left and a cartwheel to the right."""
SAME_TURNS = 0.5
"""Turns by which two counts may differ to be the same: the nearest whole number of their difference is none."""
_SMOOTHING = 0.05  # seconds: standard deviation of the window; a spin kick turns by 40 degrees in that time


def count_turns(rotations: np.ndarray, fps: float) -> np.ndarray:
    """Turns about the body's axes over the clip, signed, one for each of TURNS. Shape (T, 3, 3), body to world -> (3,).

    The angular velocity in body axes is integrated over the clip. Rotations are smoothed over time first, so that single frames
    that are turned round do not count and noise of neighbours cancels. What wobbles about two axes at once drifts about the third,
    as every such integral: a turn in some 200 strides of a walk.
    """
    smooth = smoothed(rotations, fps)
    steps = rotmat_to_rotvec(torch.as_tensor(np.swapaxes(smooth[:-1], 1, 2) @ smooth[1:], dtype=torch.float64))
    return steps.numpy().sum(0) / (2 * np.pi)


def same_turns(turns: np.ndarray, truth: np.ndarray) -> bool:
    """Whether a motion turned as often as the true one and the same way, about every axis. Shapes (3,), (3,)."""
    return bool((np.abs(turns - truth) < SAME_TURNS).all())


def turns_in_words(turns: np.ndarray) -> str:
    """As in "1 flip backwards"; empty where nothing turned once."""
    ways = (("forwards", "backwards"), ("to the left", "to the right"), ("to the right", "to the left"))
    parts = []
    for count, name, (plus, minus) in zip(np.round(turns).astype(int), TURNS, ways):
        if count:
            parts.append(f"{abs(count)} {name if abs(count) > 1 else name[:-1]} {plus if count > 0 else minus}")
    return " and ".join(parts)


def smoothed(rotations: np.ndarray, fps: float) -> np.ndarray:
    """Weighted means of neighbouring rotations in the sense of least squares of matrices (Moakher 2002). Shape (T, 3, 3)."""
    reach = int(np.ceil(3 * _SMOOTHING * fps))
    lags = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (lags / (_SMOOTHING * fps)) ** 2)
    total = np.zeros_like(rotations, dtype=float)
    for lag, weight in zip(lags, weights):
        first, last = max(0, -lag), min(len(rotations), len(rotations) - lag)
        if first < last:
            total[first:last] += weight * rotations[first + lag : last + lag]
    u, _, vt = np.linalg.svd(total)
    u[..., :, 2] *= np.sign(np.linalg.det(u) * np.linalg.det(vt))[..., None]
    return u @ vt
