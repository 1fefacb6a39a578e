"""A pinhole camera in the world; camera axes are x right, y down, z forward."""

from dataclasses import dataclass

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.fields import numbers, whole

_ORTHONORMAL = 1e-3
"""Largest entry of R R^T - 1 that is rounding."""


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

    def __post_init__(self) -> None:
        """Raise FileFormatError for numbers that no camera has."""
        focal = float(numbers(self.focal_px, "the camera's focal length", ()))
        if not focal > 0:
            raise FileFormatError(f"the camera's focal length is {focal:g} pixels; it must be positive")
        rotation = numbers(self.rotation, "the camera's rotation", (3, 3))
        if np.abs(rotation @ rotation.T - np.eye(3)).max() > _ORTHONORMAL or np.linalg.det(rotation) < 0:
            raise FileFormatError("the camera's rotation is no rotation")
        width, height = (whole(size, "the camera's image size", 1) for size in self.image_size)
        for name, value in (
            ("focal_px", focal),
            ("centre_px", numbers(self.centre_px, "the camera's principal point", (2,))),
            ("rotation", rotation),
            ("translation", numbers(self.translation, "the camera's translation", (3,))),
            ("image_size", (width, height)),
        ):
            object.__setattr__(self, name, value)

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
