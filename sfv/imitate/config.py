"""What the imitation task is: targets, reward, termination, starts."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class RewardConfig:
    """Weights and scales of DeepMimic's reward (Peng et al., SIGGRAPH 2018, equations 6 to 9)."""

    pose_weight: float = 0.65
    """Share of the joint-rotation term."""
    velocity_weight: float = 0.10
    """Share of the joint-velocity term."""
    end_effector_weight: float = 0.15
    """Share of the hands' and feet's position term."""
    com_weight: float = 0.10
    """Share of the centre-of-mass term."""
    pose_scale: float = 2.0
    """Sharpness of the pose term, 1/rad^2."""
    velocity_scale: float = 0.1
    """Sharpness of the velocity term, s^2/rad^2."""
    end_effector_scale: float = 40.0
    """Sharpness of the end-effector term, 1/m^2."""
    com_scale: float = 10.0
    """Sharpness of the centre-of-mass term, 1/m^2."""


@dataclass(frozen=True)
class ImitationConfig:
    """The task of imitating one clip."""

    targets: Literal["residual", "absolute"] = "residual"
    """Servo targets: the coming reference pose plus the action, or the action alone around the zero pose."""
    lead_servos: bool = True
    """Residual targets look ahead by each servo's lag kv/kp (0.1 s with DeepMimic's gains), so that the reference is followed
    without delay; off: by one control step."""
    action_scale: float = 0.5
    """Radians of servo target for an action of one (0.5 for residual targets, 1.0 is usual for absolute ones)."""
    observe_reference: bool = True
    """Show the policy how far it is from the reference, so that it can come back; off: phase only, as DeepMimic."""
    episode_seconds: float = 20.0
    """Length of an episode of a cyclic clip; other clips end with the clip."""
    start: Literal["rsi", "first"] = "rsi"
    """Where episodes start: at a random time of the clip (reference state initialisation), or at its first frame."""
    start_pose_noise: float = 0.02
    """Standard deviation of the disturbance of every joint's angle at the start, radians."""
    start_velocity_noise: float = 0.1
    """Standard deviation of the disturbance of every velocity at the start, rad/s and m/s."""
    min_remaining_seconds: float = 0.3
    """Clips that are not cyclic: no episode starts closer than this to the end."""
    termination_distance: float = 1.0
    """The episode ends when the root or the centre of mass is further than this from the reference's, metres."""
    ground_contact: Literal["reference", "feet", "any"] = "reference"
    """Which bodies may touch the ground: the feet and what the reference brings near it at about that time (a cartwheel's
    hands, a roll's back); only what the character's fall_bodies leave out; or any, as DeepMimic has it for rolls."""
    contact_margin: float = 0.1
    """With "reference": a body whose lowest point is lower than this is near the ground, metres."""
    contact_window: float = 0.4
    """With "reference": how long before and after it may touch, seconds."""
    table_hz: float = 240.0
    """Rate of the reference table and so the resolution of start times, a multiple of the control rate."""
    reward: RewardConfig = field(default_factory=RewardConfig)
    """Weights and scales of the reward."""


@dataclass(frozen=True)
class NrConfig:
    """How the normalised return (NR) is measured: deterministic policy, many disturbed starts, failures count zero from there on."""

    starts: int = 32
    """Start states: random phases of a cyclic clip, the first frame of others."""
    seconds: float = 20.0
    """Length of an episode of a cyclic clip; others are played to their end."""
    pose_noise: float = 0.02
    """Standard deviation of every joint angle's disturbance at the start, radians."""
    velocity_noise: float = 0.1
    """Standard deviation of every velocity's disturbance at the start, rad/s and m/s."""
    seed: int = 1000
    """Seed of the start states."""
