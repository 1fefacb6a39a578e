"""Region of interest: a rotated square of the image, cut out for a network and mapped back."""

from dataclasses import dataclass

import cv2
import numpy as np

MAX_OVERSAMPLING = 2
"""A region much larger than the network's input is sampled this many times finer at most, then averaged (no aliasing)."""


@dataclass(frozen=True)
class Roi:
    """A square of ``side`` pixels around ``centre``, turned by ``angle`` radians clockwise as seen on the screen."""

    centre: np.ndarray
    """Shape (2,), pixels, continuous: the middle of the first pixel is (.5, .5)."""
    side: float
    angle: float = 0.0

    def affine(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """A (2, 2) and b (2,) with ``image = A @ crop + b``, both in continuous pixels, for a crop of ``size`` pixels."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        a = np.array([[cos, -sin], [sin, cos]]) * (self.side / size)
        return a, self.centre - a @ np.array([size / 2, size / 2])

    def crop(self, rgb: np.ndarray, size: int) -> np.ndarray:
        """The region as float32 of shape (size, size, 3), values 0 .. 255, black outside the image."""
        finer = int(np.clip(round(self.side / size), 1, MAX_OVERSAMPLING))
        a, b = self.affine(size * finer)
        shift = a @ np.array([0.5, 0.5]) + b - 0.5  # cv2 counts from the middle of the first pixel
        cut = cv2.warpAffine(
            rgb,
            np.column_stack([a, shift]),
            (size * finer, size * finer),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        return (cut if finer == 1 else cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA)).astype(np.float32)

    def to_image(self, points: np.ndarray, size: int) -> np.ndarray:
        """Points of the crop, shape (..., 2), in the image's pixels."""
        a, b = self.affine(size)
        return points @ a.T + b

    def moved(self, offset: np.ndarray) -> "Roi":
        """The same square elsewhere."""
        return Roi(self.centre + offset, self.side, self.angle)

    def near(self, other: "Roi", distance: float, ratio: float) -> bool:
        """Whether centres differ by less than ``distance`` of the mean side, and sides by a factor less than ``ratio``."""
        mean = 0.5 * (self.side + other.side)
        close = float(np.linalg.norm(self.centre - other.centre)) < distance * mean
        return close and max(self.side, other.side) < ratio * min(self.side, other.side)


def towards(centre: np.ndarray, rim: np.ndarray, scale: float) -> Roi:
    """The square whose centre and upper rim two points name, enlarged by ``scale``; upright when the rim is above."""
    dx, dy = rim - centre
    return Roi(centre, float(2 * scale * np.hypot(dx, dy)), float(np.arctan2(dx, -dy)))
