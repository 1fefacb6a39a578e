"""Joints in the picture: how many were found, and who is upside down. Pixels."""

import numpy as np

PCK_SHARE = 0.2
"""A landmark is found when it is nearer to the truth than this share of the torso."""


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
        return (np.linalg.norm(predicted - truth, axis=-1) < PCK_SHARE * torso).mean(1)


def inverted(head: np.ndarray, pelvis: np.ndarray) -> np.ndarray:
    """Frames in which the head is below the pelvis in the image. Shapes (T, 2), (T, 2), pixels -> (T,), bool."""
    return head[:, 1] > pelvis[:, 1]
