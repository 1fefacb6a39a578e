"""Motions from the result files of published mesh recovery systems and from motion capture archives."""

from sfv.motion.published.motion import CameraTrack, PublishedMotion
from sfv.motion.published.read import SYSTEMS, read_published
from sfv.motion.published.to_body import to_body_motion

__all__ = ["SYSTEMS", "CameraTrack", "PublishedMotion", "read_published", "to_body_motion"]
