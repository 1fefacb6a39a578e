"""The rules by which NR is measured: the definition's and the character's own, whatever a run was trained with."""

from dataclasses import replace

from sfv.imitate.config import ImitationConfig, NrConfig, RewardConfig
from sfv.physics.config import PhysicsConfig

_ENDS = ("termination_distance", "ground_contact", "contact_margin", "contact_window")
"""What ends an episode. Which bodies may never touch the ground is the character's (``fall_bodies``)."""
_TRAINING_ONLY = ("pose_termination", "termination_distance_end", "max_reference_distance")
"""Other ends of an episode that only training has."""
_REWARD = ("pose_weight", "velocity_weight", "end_effector_weight", "com_weight")
_SCALES = ("pose_scale", "velocity_scale", "end_effector_scale", "com_scale")
_DEFINITION, _PHYSICS = ImitationConfig(), PhysicsConfig()


def nr_task(imitation: ImitationConfig, nr: NrConfig, cyclic: bool) -> ImitationConfig:
    """The task a policy was trained on as NR measures it.

    The run's own are what the policy sees and what its actions mean. Reward, failures and starts are the definition's, and there
    is nothing of what only training adds (other reward, penalties, curricula, adaptive or failure-weighted starts).
    """
    return replace(
        imitation,
        **{name: getattr(_DEFINITION, name) for name in _ENDS},
        episode_seconds=nr.seconds,
        start="rsi" if cyclic else "first",
        failure_weight=0.0,
        start_pose_noise=nr.pose_noise,
        start_velocity_noise=nr.velocity_noise,
        start_position_noise=0.0,
        start_push_speed=0.0,
        termination_distance_end=None,
        pose_termination=None,
        max_reference_distance=None,
        reward_kind="deepmimic",
        reward=RewardConfig(),
        rewards=(),
        terminations=(),
    )


def nr_physics(physics: PhysicsConfig) -> PhysicsConfig:
    """Physics as they are, with the definition's limit of what counts as broken down."""
    return replace(physics, speed_limit=_PHYSICS.speed_limit)


def other_rules(imitation: ImitationConfig, physics: PhysicsConfig) -> list[str]:
    """What a run was trained with where NR has its own, one "name value (NR: value)" each; empty where they are the same."""
    pairs = [(name, getattr(imitation, name), getattr(_DEFINITION, name)) for name in (*_ENDS, *_TRAINING_ONLY)]
    pairs += [("speed_limit", physics.speed_limit, _PHYSICS.speed_limit)]
    pairs += [("reward", imitation.reward_kind, "deepmimic")]
    pairs += [(name, ", ".join(getattr(imitation, name)) or None, None) for name in ("rewards", "terminations")]
    if imitation.reward_kind == "deepmimic":
        usual = RewardConfig()
        pairs += [(name, getattr(imitation.reward, name), getattr(usual, name)) for name in (*_REWARD, *_SCALES)]
    return [f"{name} {_said(run)} (NR: {_said(own)})" for name, run, own in pairs if run != own]


def _said(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
