"""Training settings that suit a clip and its character, measured on the humanoid (docs/results)."""

from dataclasses import replace

from sfv.character import load_character
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip

_GAMMA_ACYCLIC = 0.97
"""What happens once looks further ahead: half of a flight of 0.7 s still counts."""


def defaults_for(clip: Clip, run: RunConfig | None = None) -> RunConfig:
    """``run`` with the settings for ``clip``: a gait learns on coarse physics; what happens once needs finer ones.

    Step, rotor inertia and size of an action are the character's own (``[training]`` in character.toml).
    """
    run = run or RunConfig()
    hints = load_character(run.character).training
    substeps = hints.substeps_cyclic if clip.cyclic else hints.substeps_acyclic
    return replace(
        run,
        physics=replace(run.physics, substeps=substeps, armature=hints.armature),
        imitation=replace(run.imitation, action_scale=hints.action_scale),
        learner=run.learner if clip.cyclic else replace(run.learner, gamma=_GAMMA_ACYCLIC),
    )
