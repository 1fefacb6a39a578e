"""Errors and smoothness of joints.

Plain arrays in metres, and metres back, one value a frame where that makes sense, so that the worst frames can be looked at.
"""

import numpy as np

from sfv.metrics.rate import stride

BODY_NAMES = tuple(
    f"{side}_{part}" for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for side in ("left", "right")
)
"""The 12 joints that whole motions are scored on; they are SMPL joints as well as landmarks of every detector."""
HIPS = (BODY_NAMES.index("left_hip"), BODY_NAMES.index("right_hip"))
"""Columns of the hips among them."""
_JITTER_UNIT = 10.0  # GVHMR's tables give jitter in 10 m/s^3


def centred(points: np.ndarray, hips: tuple[int, int]) -> np.ndarray:
    """Points relative to the middle of both hips, which EMDB's protocol calls the pelvis. Shape (T, J, 3)."""
    return points - points[:, list(hips)].mean(1, keepdims=True)


def mpjpe(predicted: np.ndarray, truth: np.ndarray, hips: tuple[int, int]) -> np.ndarray:
    """Mean distance of joints in each frame after both pelvises are put together, nothing turned or scaled.

    Shapes (T, J, 3), (T, J, 3) -> (T,), metres. ``hips``: columns of the left and right hip.
    """
    return _distance(centred(predicted, hips), centred(truth, hips)).mean(1)


def procrustes(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """``predicted`` moved onto ``truth`` by the similarity (rotation of det +1, scale, shift) of least squares, frame by frame.

    Shapes (T, J, 3), (T, J, 3) -> (T, J, 3), metres. Umeyama, PAMI 1991.
    """
    centre_p, centre_t = predicted.mean(1, keepdims=True), truth.mean(1, keepdims=True)
    x, y = predicted - centre_p, truth - centre_t
    u, values, vt = np.linalg.svd(np.swapaxes(y, 1, 2) @ x)
    sign = np.ones_like(values)
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * sign[:, None]) @ vt
    spread = (x**2).sum((1, 2))
    scale = (values * sign).sum(1) / np.maximum(spread, 1e-12)
    return scale[:, None, None] * x @ np.swapaxes(rotation, 1, 2) + centre_t


def pa_mpjpe(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean distance of joints in each frame after ``procrustes``. Shapes (T, J, 3), (T, J, 3) -> (T,), metres."""
    return _distance(procrustes(predicted, truth), truth).mean(1)


def acceleration_error(predicted: np.ndarray, truth: np.ndarray, fps: float) -> float:
    """Mean distance of the accelerations x[t-1] - 2 x[t] + x[t+1] times fps^2, m/s^2, over all frames but the ends (GVHMR)."""
    every = stride(fps)
    difference = np.diff((predicted - truth)[::every], 2, axis=0)
    return float(np.linalg.norm(difference, axis=-1).mean() * (fps / every) ** 2) if len(difference) else 0.0


def jitter(joints: np.ndarray, fps: float) -> float:
    """Mean norm of the third difference times fps^3, divided by 10 as in GVHMR: unit 10 m/s^3. Shape (T, 24, 3), world."""
    every = stride(fps)
    third = np.diff(joints[::every], 3, axis=0)
    return float(np.linalg.norm(third, axis=-1).mean() * (fps / every) ** 3 / _JITTER_UNIT) if len(third) else 0.0


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a - b, axis=-1)
