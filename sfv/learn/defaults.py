"""Training settings that suit a clip and its character, measured on the humanoid (docs/results)."""

from dataclasses import replace

from sfv.character import load_character
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip

_NR_INTERVAL_CYCLIC = 262_144
"""Evaluations of 20 s each would take an eighth of the training time at the usual interval."""
_EPISODE_SECONDS_CYCLIC = 5.0
"""Recovering from a start is learned at starts: with episodes of 20 s only one step in seven was within 3 s of one."""
_START_POSITION_NOISE_CYCLIC = 0.15
"""A gait drifts from its reference by centimetres a second; starts beside it teach the way back. Metres."""


def defaults_for(clip: Clip, run: RunConfig | None = None) -> RunConfig:
    """``run`` with the settings for ``clip``: a gait learns on coarse physics; what happens once needs finer ones.

    Physics step, rotor inertia, size of an action, step size, noise and number of samples are the character's own
    (``[training]`` in character.toml).
    """
    run = run or RunConfig()
    hints = load_character(run.character).training
    samples = hints.samples_cyclic if clip.cyclic else hints.samples_acyclic
    learner = replace(
        run.learner, learning_rate=hints.learning_rate, total_samples=samples, log_std_final=hints.log_std_final
    )
    imitation = replace(
        run.imitation,
        action_scale=hints.action_scale,
        start_pose_noise=hints.start_pose_noise,
        start_velocity_noise=hints.start_velocity_noise,
    )
    if clip.cyclic:
        learner = replace(learner, nr_interval=_NR_INTERVAL_CYCLIC)
        imitation = replace(
            imitation,
            episode_seconds=_EPISODE_SECONDS_CYCLIC,
            start_position_noise=_START_POSITION_NOISE_CYCLIC,
        )
    substeps = hints.substeps_cyclic if clip.cyclic else hints.substeps_acyclic
    return replace(
        run,
        physics=replace(run.physics, substeps=substeps, armature=hints.armature),
        imitation=imitation,
        learner=learner,
    )
