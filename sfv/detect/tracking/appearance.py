"""What a person looks like: the colours of their own pixels, part by part, sampled along the limbs."""

from dataclasses import dataclass

import cv2
import numpy as np

from sfv.detect.blazepose.geometry import inside
from sfv.detect.blazepose.networks import Pose
from sfv.detect.config import AssociationConfig
from sfv.detect.keypoints import BLAZEPOSE_NAMES

_INDEX = {name: k for k, name in enumerate(BLAZEPOSE_NAMES)}


def _ends(*segments: tuple[str, str]) -> np.ndarray:
    return np.array([[_INDEX[end] for end in segment] for segment in segments])


def _both(a: str, b: str) -> np.ndarray:
    return _ends(*((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right")))


PARTS = {
    "head": _ends(("left_ear", "right_ear"), ("nose", "left_ear"), ("nose", "right_ear")),
    "upper_arms": _both("shoulder", "elbow"),
    "trunk": np.concatenate(
        [_both("shoulder", "hip"), _ends(("left_shoulder", "right_hip"), ("right_shoulder", "left_hip"))]
    ),
    "thighs": _both("hip", "knee"),
    "shins": _both("knee", "ankle"),
}
"""Segments (landmark to landmark) along which each part is sampled. Left and right are pooled: detectors exchange them."""
_SHARES = np.linspace(0.2, 0.8, 7)[:, None]
"""Where along a segment pixels are taken: not at its ends, where other parts and the background begin."""

_MEMORY = 0.9
"""What the running mean keeps from one frame to the next."""


@dataclass(frozen=True)
class Appearance:
    """Mean colour of each of PARTS and how well it was seen."""

    lab: np.ndarray
    """CIE Lab. Shape (5, 3)."""
    weight: np.ndarray
    """0: not seen. Shape (5,)."""

    def updated(self, other: "Appearance") -> "Appearance":
        """Running mean, with what is seen better counting more."""
        old, new = _MEMORY * self.weight, (1 - _MEMORY) * other.weight
        total = np.maximum(old + new, 1e-9)
        return Appearance((old[:, None] * self.lab + new[:, None] * other.lab) / total[:, None], old + new)

    def difference(self, other: "Appearance", config: AssociationConfig) -> float:
        """Mean squared difference of the parts seen in both, in units of ``config.colour_noise``; 0 where there are none."""
        weight = np.sqrt(self.weight * other.weight)
        if weight.sum() < 1e-6:
            return 0.0
        off = (self.lab - other.lab) * np.array([config.lightness, 1, 1]) / config.colour_noise
        return float((weight * (off**2).sum(1)).sum() / weight.sum())


def appearance_of(rgb: np.ndarray, pose: Pose) -> Appearance:
    """Median colour of each part in one frame. ``rgb`` of shape (H, W, 3), uint8."""
    colours, weight = np.zeros((1, len(PARTS), 3), np.float32), np.zeros(len(PARTS))
    for k, segments in enumerate(PARTS.values()):
        ends = pose.xy_px[segments]  # (S, 2, 2)
        sure = pose.confidence[segments].min(1)
        points = (ends[:, :1] + _SHARES * (ends[:, 1:] - ends[:, :1])).reshape(-1, 2)
        usable = inside(points, (rgb.shape[1], rgb.shape[0])) & np.repeat(sure > 0, len(_SHARES))
        if usable.any():
            columns, rows = points[usable].astype(int).T
            colours[0, k] = np.median(rgb[rows, columns], axis=0)
            weight[k] = float(sure.mean())
    return Appearance(cv2.cvtColor(colours / 255, cv2.COLOR_RGB2LAB)[0].astype(float), weight)
