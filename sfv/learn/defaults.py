"""Training settings that suit a clip, measured on the humanoid (docs/results)."""

from dataclasses import replace

from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip


def defaults_for(clip: Clip, run: RunConfig | None = None) -> RunConfig:
    """``run`` with the settings for ``clip``: a gait learns at 1/120 s; what happens once needs finer physics and looks further ahead."""
    run = run or RunConfig()
    if clip.cyclic:
        return run
    return replace(
        run,
        physics=replace(run.physics, substeps=8),
        learner=replace(run.learner, gamma=0.97),
    )
