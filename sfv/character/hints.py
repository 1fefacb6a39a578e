"""``[training]`` of character.toml: what suits this character where it differs from others."""

from dataclasses import dataclass
from typing import Annotated

from sfv.ranges import Checked, NotNegative, Range

Armature = Annotated[float, Range(0, 1000)] | None


@dataclass(frozen=True)
class TrainingHints(Checked):
    """Settings of physics and actions that suit this character."""

    armature: Armature = None
    """Rotor inertia of every joint while training, kg m^2; None (in the file: "none", or nothing) keeps the MJCF's own, joint by
    joint."""
    fine_armature: Armature = None
    """The same for measurements at 1/600 s."""
    substeps_cyclic: Annotated[int, Range(1, 1000)] = 4
    """Physics steps in a control step of 1/30 s for cyclic clips."""
    substeps_acyclic: Annotated[int, Range(1, 1000)] = 8
    """The same for clips that are not cyclic."""
    action_scale: Annotated[float, Range(0, 100, open_low=True)] = 0.5
    """Radians of servo target for an action of one, residual targets."""
    learning_rate: Annotated[float, Range(0, 1, open_low=True)] = 8e-4
    """Adam's step size at the start of a training."""
    log_std_final: Annotated[float, Range(-20, 5)] = -2.7
    """Logarithm of the action noise's standard deviation at the end of a training."""
    start_pose_noise: Annotated[float, Range(0, 10)] = 0.02
    """Disturbance of every joint's angle at the start of an episode, radians."""
    start_velocity_noise: NotNegative = 0.1
    """Disturbance of every velocity at the start, rad/s and m/s."""
    samples_cyclic: Annotated[int, Range(1, 10**12)] = 2_500_000
    """Control steps that a training of a cyclic clip takes."""
    samples_acyclic: Annotated[int, Range(1, 10**12)] = 4_000_000
    """The same for clips that are not cyclic: every moment is visited once an episode."""


def armature_words(armature: float | None) -> str:
    """Which rotor inertia counts, for a reader."""
    return "the robot's own armature" if armature is None else f"armature {armature:g}"
