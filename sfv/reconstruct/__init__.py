"""Keypoints in, a body motion in one metric z-up world out."""

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.reconstruct import reconstruct

__all__ = ["ReconstructConfig", "reconstruct"]
