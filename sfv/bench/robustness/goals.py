"""What others reached, and what we want to reach, under pushes and on other ground.

DeepMimic: Peng, Abbeel, Levine, van de Panne, ACM TOG 37(4), 2018, table of the greatest forward and sideways pushes of 0.2 s on the
pelvis before a fall, policies trained without pushes. Its character weighs 45 kg like ours. SfV shows other ground without figures.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PushGoal:
    """Newtons."""

    skill: str
    forward: float
    sideways: float
    needed_forward: float
    needed_sideways: float


PUSHES = (
    PushGoal("walk", 240, 300, 300, 350),
    PushGoal("run", 720, 300, 720, 300),
    PushGoal("cartwheel", 200, 470, 200, 470),
    PushGoal("backflip", 440, 100, 440, 100),
    PushGoal("spinkick", 690, 600, 690, 600),
)


PUSHED_FACTOR = 1.5
"""So much more is needed of who was pushed in training."""


@dataclass(frozen=True)
class GroundGoal:
    """Share of the starts that must come to the end."""

    character: str
    skill: str
    setting: str
    """Environment."""
    completion: float


_SLOPES = ("slope", "slope_down", "slope_side", "slope_side:direction=right")
GROUNDS = (
    *(
        GroundGoal("humanoid", skill, setting, 0.9)
        for skill in ("walk", "cartwheel")
        for setting in ("rough", *_SLOPES, "gaps")
    ),
    GroundGoal("humanoid", "backflip", "slope", 0.8),
    GroundGoal("atlas", "walk", "rough", 0.8),
    *(GroundGoal("atlas", "walk", setting, 0.8) for setting in _SLOPES),
    GroundGoal("humanoid", "demo_leap", "ledge", 0.8),
)
