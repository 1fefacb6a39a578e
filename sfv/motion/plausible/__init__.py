"""Whether a motion can be what it says: cheap tests, each with the likely cause and what mends it in words."""

from sfv.motion.plausible.check import believe, check_clip, check_motion, sift
from sfv.motion.plausible.finding import Finding

__all__ = ["Finding", "believe", "check_clip", "check_motion", "sift"]
