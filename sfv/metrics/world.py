"""A recovered motion laid into the true one's world, so that directions and ways can be compared."""

from dataclasses import dataclass

import numpy as np
import torch

from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import rotvec_to_rotmat


@dataclass(frozen=True)
class Placing:
    """``point_true = rotation @ point + shift``."""

    rotation: np.ndarray
    """Shape (3, 3)."""
    shift: np.ndarray
    """Shape (3,), metres."""

    def points(self, points: np.ndarray) -> np.ndarray:
        """Shape (..., 3), metres."""
        return points @ self.rotation.T + self.shift


def placing(motion: BodyMotion, truth: BodyMotion, roots: tuple[np.ndarray, np.ndarray]) -> Placing:
    """How ``motion`` lies in the world of ``truth``; both have the same frames.

    Where both have a camera, it is the same one: what the recovery thinks of the camera's tilt counts. Else one turn about the vertical
    and one move in the plane fit best, and heights stay. ``roots``: pelvis of both, (T, 3) each, metres.
    """
    if motion.camera is not None and truth.camera is not None:
        rotation = truth.camera.rotation.T @ motion.camera.rotation
        return Placing(rotation, truth.camera.rotation.T @ (motion.camera.translation - truth.camera.translation))
    mine, true = (rotvec_to_rotmat(torch.as_tensor(one.poses[:, 0])).numpy() for one in (motion, truth))
    both = np.einsum("tik,tjk->ij", true, mine)  # the turn about z with the largest trace of turn^T both
    angle = np.arctan2(both[1, 0] - both[0, 1], both[0, 0] + both[1, 1])
    c, s = np.cos(angle), np.sin(angle)
    rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    shift = (roots[1] - roots[0] @ rotation.T).mean(0) * [1.0, 1.0, 0.0]
    return Placing(rotation, shift)
