"""Measures of motions, the same for product, report and benchmark: errors of joints, smoothness, feet, ground, image.

Everything here takes plain arrays in metres (or pixels) and returns metres (or pixels), one value a frame where that makes
sense, so that the worst frames can be looked at; the tables turn them into millimetres and means.
"""

import numpy as np

STANCE_SPEED = 0.3
"""A foot of the truth stands while it moves slower than this, m/s: 1 cm a frame at 30 fps (WHAM, GVHMR)."""
RATE_HZ = 30.0
"""Accelerations, jitter and foot sliding are measured between frames of this rate, as in the tables they are compared with; of a
faster video every second (third, ...) frame is taken."""
PCK_SHARE = 0.2
"""A landmark is found when it is nearer to the truth than this share of the torso."""
_JITTER_UNIT = 10.0  # GVHMR's tables give jitter in 10 m/s^3


def stride(fps: float) -> int:
    """Every how many-th frame makes a video of ``fps`` one of about RATE_HZ."""
    return max(1, round(fps / RATE_HZ))


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


def stance(feet: np.ndarray, fps: float) -> np.ndarray:
    """Where points of the true feet stand: slower than STANCE_SPEED from frame to frame. Shape (T, F, 3) -> (T - 1, F), bool."""
    return np.linalg.norm(np.diff(feet, axis=0), axis=-1) * fps < STANCE_SPEED


def foot_slide(feet: np.ndarray, standing: np.ndarray, fps: float) -> float | None:
    """Mean way of the standing points of the feet, metres per frame of a 30 fps video; None where nothing ever stands.

    Args:
        feet: predicted points. Shape (T, F, 3), world.
        standing: which of them stand between frames t and t + 1. Shape (T - 1, F), bool.
        fps: rate of both.
    """
    every = stride(fps)
    steps = np.linalg.norm(feet[every:] - feet[:-every], axis=-1) * (fps / every / RATE_HZ)
    windows = np.stack([standing[lag : lag + len(steps)] for lag in range(every)]).all(0)
    return float(steps[windows].mean()) if windows.any() else None


def deepest_penetration(points: np.ndarray) -> float:
    """How far the lowest point of all frames lies under the ground z = 0, metres, 0 where none does. Shape (T, V, 3)."""
    return float(max(0.0, -points[..., 2].min()))


def torso_px(shoulders: np.ndarray, hips: np.ndarray) -> float:
    """Median over the clip of the distance from mid-shoulders to mid-hips in the image, pixels. Shapes (T, 2, 2), (T, 2, 2).

    The clip's and not each frame's, because a torso seen along its axis has no length.
    """
    return float(np.median(np.linalg.norm(shoulders.mean(1) - hips.mean(1), axis=-1)))


def pck(predicted: np.ndarray, truth: np.ndarray, torso: float) -> np.ndarray:
    """Share of landmarks in each frame that lie within PCK_SHARE of the torso of the truth; unseen (NaN) ones do not.

    Shapes (T, J, 2), (T, J, 2) -> (T,).
    """
    with np.errstate(invalid="ignore"):
        return (_distance(predicted, truth) < PCK_SHARE * torso).mean(1)


def inverted(head: np.ndarray, pelvis: np.ndarray) -> np.ndarray:
    """Frames in which the head is below the pelvis in the image. Shapes (T, 2), (T, 2), pixels -> (T,), bool."""
    return head[:, 1] > pelvis[:, 1]


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a - b, axis=-1)
