"""Why a skill fails where it does, as far as its clip tells: what the reference stands on, and what is wrong with it."""

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.contact import TOUCHES_NOT
from sfv.motion.ground import lowest_points
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model
from sfv.retarget.clip_to_clip import report_clip
from sfv.retarget.report import RetargetReport

_MANY = 3
"""More standing bodies than these are not named one by one."""


def support(clip: Clip, character: Character) -> list[str]:
    """What the reference stands on in each frame, in words."""
    model = build_model(character, None, PhysicsConfig())
    heights = lowest_points(model, clip.qpos)
    names = [model.body(int(body)).name for body in model.geom_bodyid]
    return [_words(sorted({name for name, near in zip(names, row) if near})) for row in heights < TOUCHES_NOT]


def _words(bodies: list[str]) -> str:
    if not bodies:
        return "in flight"
    return "on " + (" and ".join(bodies) if len(bodies) <= _MANY else f"{len(bodies)} bodies")


def clip_findings(clip: Clip, character: Character) -> list[str]:
    """What is wrong with the clip, by the report of its retargeting, which is made anew where the clip remembers none.

    Empty where there is nothing worth a word.
    """
    try:
        return findings(report_clip(clip, character) if clip.report is None else RetargetReport.from_dict(clip.report))
    except SfvError as error:
        return [f"the clip could not be judged: {error}"]


def findings(report: RetargetReport) -> list[str]:
    """Figures of a clip's report that are large enough to make a motion impossible to follow, in words."""
    r = report
    limits = {joint: share for joint, share in r.limit_hits.items() if share > _LIMIT_SHARE}
    said = {
        f"its flights are {r.free_fall_error or 0.0:.1f} g from free fall: no body can move so": (
            r.free_fall_error is not None and r.free_fall_error > _FREE_FALL
        ),
        f"standing feet slide {r.foot_slide_mm:.0f} mm a frame": r.foot_slide_mm > _SLIDE_MM,
        f"standing feet float {r.stance_gap_mm:.0f} mm above the ground": r.stance_gap_mm > _GAP_MM,
        f"it sinks {r.penetration_mm:.0f} mm into the ground": r.penetration_mm > _DEEP_MM,
        f"joints rest on their limits: {', '.join(limits)}": bool(limits),
        f"joints jump: {r.speed_spikes} frames, up to {r.max_joint_speed:.0f} rad/s ({r.fastest_joint})": r.speed_spikes
        > 0,
        f"limbs pass through each other in {r.self_collision_share:.0%} of the frames": (
            r.self_collision_share > _COLLISION_SHARE
        ),
    }
    return [words for words, wrong in said.items() if wrong]


_FREE_FALL = 0.5  # of gravity; captured flights have about 0.3
_SLIDE_MM, _GAP_MM, _DEEP_MM = 8.0, 20.0, 20.0
_LIMIT_SHARE = 0.2  # of the frames
_COLLISION_SHARE = 0.1  # of the frames
