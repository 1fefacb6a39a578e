"""All tests in order: what explains others comes first, and what follows from it is left out."""

from collections.abc import Callable, Mapping

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.plausible.angles import degrees, joint_limits
from sfv.motion.plausible.axes import up_axis
from sfv.motion.plausible.finding import Finding
from sfv.motion.plausible.ground import first_frames, floating, sunk
from sfv.motion.plausible.jumps import place_jumps, pose_jumps
from sfv.motion.plausible.of_clip import clip_track
from sfv.motion.plausible.of_motion import motion_track
from sfv.motion.plausible.order import quaternion_order
from sfv.motion.plausible.rate import rate
from sfv.motion.plausible.still import frozen, length, repeated
from sfv.motion.plausible.track import Track
from sfv.motion.plausible.units import length_unit, missing_place

Test = Callable[[Track], Finding | None]
CONVENTIONS: tuple[Test, ...] = (degrees, quaternion_order, up_axis, length_unit)
"""What a file means by its numbers. Where one of these finds something, heights and speeds say nothing."""
PLACES: tuple[Test, ...] = (missing_place, place_jumps)
REST: tuple[Test, ...] = (sunk, floating, first_frames, pose_jumps, joint_limits, rate, frozen, repeated, length)
ON_LEVEL_GROUND: tuple[Test, ...] = (missing_place, sunk, floating, first_frames)
"""Tests that mean nothing for a clip that was recorded on other ground than the plane z = 0."""


def check_track(track: Track, level: bool = True) -> list[Finding]:
    """Every reason not to believe a motion, the gravest first; ``level`` false: its ground is not the plane z = 0."""
    found: list[Finding] = []
    for tests in (CONVENTIONS, PLACES, REST):
        wanted = [test for test in tests if level or test not in ON_LEVEL_GROUND]
        found += [finding for finding in (test(track) for test in wanted) if finding is not None]
        if (found and tests is CONVENTIONS) or any(finding.severity == "nonsense" for finding in found):
            break
    return sorted(found, key=lambda finding: finding.severity == "doubt")


def check_clip(clip: Clip, character: Character, level: bool = True) -> list[Finding]:
    """Reasons not to believe a clip. Raises SfvError for a clip of another character."""
    return check_track(clip_track(clip, character), level)


def check_motion(motion: BodyMotion, level: bool = True) -> list[Finding]:
    """Reasons not to believe a person's motion; ``level`` false: it will be set on the ground, so that heights do not matter."""
    return check_track(motion_track(motion), level)


def believe(findings: list[Finding], what: str, trust: bool = False) -> tuple[str, ...]:
    """Warnings about ``what``, one line each. Raises SfvError for certain nonsense unless the user trusts it."""
    certain = [finding.words for finding in findings if finding.severity == "nonsense"]
    if certain and not trust:
        more = f" (also: {'; '.join(certain[1:])})" if certain[1:] else ""
        raise SfvError(f"{what} cannot be what it says: {certain[0]}{more}. If it is right all the same, say --trust")
    return tuple(f"doubtful: {finding.words}" for finding in findings)


def sift(motions: Mapping[str, BodyMotion], trust: bool = False) -> tuple[dict[str, BodyMotion], list[str]]:
    """Motions without certain nonsense, and a line for each one that was left out or is doubtful. Raises SfvError where none is left."""
    kept: dict[str, BodyMotion] = {}
    lines: list[str] = []
    for name, motion in motions.items():
        try:
            lines += [f"{name}: {warning}" for warning in believe(check_motion(motion), name, trust)]
        except SfvError as error:
            lines.append(f"left out: {error}")
        else:
            kept[name] = motion
    if not kept:
        raise SfvError(lines[0].removeprefix("left out: ") if lines else "there is no motion at all")
    return kept, lines
