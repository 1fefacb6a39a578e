"""Training settings that suit a clip and its character, measured on the humanoid (docs/results)."""

from dataclasses import replace

from sfv.character import load_character
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip

_NR_INTERVAL_CYCLIC = 262_144
"""Evaluations of 20 s each would take an eighth of the training time at the usual interval."""


def defaults_for(clip: Clip, run: RunConfig | None = None) -> RunConfig:
    """``run`` with the settings for ``clip``: a gait learns on coarse physics; what happens once needs finer ones.

    Physics step, rotor inertia, size of an action, step size and number of samples are the character's own (``[training]`` in
    character.toml).
    """
    run = run or RunConfig()
    hints = load_character(run.character).training
    samples = hints.samples_cyclic if clip.cyclic else hints.samples_acyclic
    learner = replace(run.learner, learning_rate=hints.learning_rate, total_samples=samples)
    if clip.cyclic:
        learner = replace(learner, nr_interval=_NR_INTERVAL_CYCLIC)
    substeps = hints.substeps_cyclic if clip.cyclic else hints.substeps_acyclic
    return replace(
        run,
        physics=replace(run.physics, substeps=substeps, armature=hints.armature),
        imitation=replace(run.imitation, action_scale=hints.action_scale),
        learner=learner,
    )
