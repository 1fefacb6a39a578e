"""Warnings about what is only looked at: nothing is refused there."""

from sfv.character import Character
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.plausible import believe, check_clip, check_motion
from sfv.system.progress import console


def warn_clip(clip: Clip, character: Character) -> None:
    """Print why ``clip`` may not be what it says."""
    _print(believe(check_clip(clip, character), clip.name, trust=True))


def warn_motion(motion: BodyMotion) -> None:
    """Print why ``motion`` may not be what it says."""
    _print(believe(check_motion(motion), "the motion", trust=True))


def _print(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        console.print(warning, soft_wrap=True)
