"""What others reached and what we want to reach: normalised returns of the skills, figures as published.

SfV: Peng, Kanazawa, Malik, Abbeel, Levine, "SFV: Reinforcement Learning of Physical Skills from Videos", ACM TOG 37(6), 2018,
tables of the policies' performance and of the initial state distributions (learned from video, 122 to 257 million samples).
DeepMimic: Peng, Abbeel, Levine, van de Panne, "DeepMimic: Example-Guided Deep Reinforcement Learning of Physics-Based Character
Skills", ACM TOG 37(4), 2018, table of the skills' performance (from motion capture, 44 to 191 million samples).
Their clips of the same name differ in length from ours, and SfV's from DeepMimic's.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One skill of one character; None where nothing is published."""

    clip: str
    character: str
    sfv: float | None
    deepmimic: float | None
    needed: float
    """Mean NR over seeds, from motion capture."""
    minutes: float
    """Within which, on two cores."""


GOALS = (
    Goal("walk", "humanoid", 0.932, 0.985, 0.985, 5),
    Goal("run", "humanoid", 0.878, 0.951, 0.955, 10),
    Goal("jump", "humanoid", 0.653, 0.947, 0.95, 20),
    Goal("cartwheel", "humanoid", 0.824, 0.804, 0.95, 20),
    Goal("backflip", "humanoid", 0.741, 0.729, 0.90, 20),
    Goal("spinkick", "humanoid", 0.748, 0.748, 0.85, 20),
    Goal("spin", "humanoid", 0.664, 0.664, 0.80, 20),
    Goal("roll", "humanoid", 0.603, 0.735, 0.82, 20),
    Goal("kick", "humanoid", 0.761, 0.854, 0.92, 20),
    Goal("punch", "humanoid", 0.831, 0.812, 0.92, 20),
    Goal("dance_a", "humanoid", None, 0.863, 0.92, 20),
    Goal("dance_b", "humanoid", None, 0.822, 0.90, 20),
    Goal("crawl", "humanoid", None, 0.932, 0.95, 20),
    Goal("getup_facedown", "humanoid", None, 0.885, 0.92, 20),
    Goal("getup_faceup", "humanoid", None, 0.838, 0.90, 20),
    Goal("walk", "atlas", 0.926, 0.988, 0.97, 60),
    Goal("run", "atlas", None, 0.846, 0.90, 60),
    Goal("backflip", "atlas", 0.318, 0.630, 0.70, 60),
    Goal("spinkick", "atlas", None, 0.477, 0.65, 60),
)
"""In the order in which they are shown."""

SFV_STARTS = {
    "walk": {"fsi": 0.435, "rsi": 0.738, "asi": 0.932},
    "cartwheel": {"fsi": 0.122, "rsi": 0.602, "asi": 0.824},
    "backflip": {"fsi": 0.086, "rsi": 0.687, "asi": 0.741},
}
"""SfV's ablation of the start states: clip -> start mode -> NR."""

FROM_VIDEO = 0.90
"""Share of the NR from motion capture that is wanted of the NR against the true motion, learned from video."""
STEADY = 0.05
"""Largest standard deviation of the evaluations in the last quarter of training that counts as a steady curve."""


def goal_of(clip: str, character: str) -> Goal | None:
    """The goal of a skill, where it has one."""
    return next((goal for goal in GOALS if (goal.clip, goal.character) == (clip, character)), None)
