"""A pinhole camera in the world; camera axes are x right, y down, z forward."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """Static camera. ``point_c = rotation @ point_w + translation``; pixels have their origin at the top left corner."""

    focal_px: float
    """Focal length, pixels (square pixels)."""
    centre_px: np.ndarray
    """Principal point. Shape (2,), pixels."""
    rotation: np.ndarray
    """World to camera. Shape (3, 3)."""
    translation: np.ndarray
    """World to camera. Shape (3,), metres."""
    image_size: tuple[int, int]
    """Width and height, pixels."""

    def to_camera(self, points_w: np.ndarray) -> np.ndarray:
        """World points in camera axes. Shape (..., 3), metres."""
        return points_w @ self.rotation.T + self.translation

    def project(self, points_w: np.ndarray) -> np.ndarray:
        """Pixels of world points. Shape (..., 3) -> (..., 2). Points behind the camera give NaN."""
        points_c = self.to_camera(points_w)
        depth = np.where(points_c[..., 2:] > 1e-6, points_c[..., 2:], np.nan)
        return points_c[..., :2] / depth * self.focal_px + self.centre_px

    @property
    def position_w(self) -> np.ndarray:
        """Where the camera stands. Shape (3,), metres."""
        return -self.rotation.T @ self.translation
