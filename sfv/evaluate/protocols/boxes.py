"""Protocol ``boxes``, version 1: what a skill survives of boxes that are thrown at it.

A level is a mass and a speed; all its trials, those of the other levels, and the trials without a box run side by side.

1. The run's own policy plays its own task in its own environment and physics. Nothing is randomised but the start noise of
   NR; cyclic clips start at a random phase, others at their first frame.
2. A cube with edges of 0.2 m is launched at a random moment: 0.5 to 1.5 s after the start of a cyclic clip; else so that it
   arrives at a random moment of the first 80 % of the clip (at once where the flight takes longer than that).
3. It comes from a random horizontal direction, starts 1.5 to 2 m from the root body and 0.3 m above it, and is aimed at where
   the root will be when it arrives: the root's place now and the reference's way until then. It flies freely, so it is
   aimed up for gravity. The level's speed is horizontal and relative to the way of the root, the same from behind and ahead.
4. A fall: a body touches the ground that must not, by the run's own rule (where any may, by what the reference brings near the
   ground), or the physics breaks down. Drifting away from the reference is none. The box stays where it falls.
5. Survived: no fall until 3 s after the box arrives (cyclic clips), or until the clip's end. A fall before the box arrives
   counts too; the row without a box says how many those are.
6. The same trial number has the same direction, distance and moment in every level. Intervals are Wilson's, 95 %.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sfv.character import load_character
from sfv.environment.objects import ObjectConfig
from sfv.environment.randomisation import RandomisationConfig
from sfv.errors import SfvError
from sfv.evaluate.nr import measured_on
from sfv.evaluate.protocols.box_trials import BoxesConfig, BoxesRow, BoxTrials
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.nr_rules import nr_physics, nr_task
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import policy_for
from sfv.motion.clip import Clip
from sfv.system.threads import one_torch_thread

NAME, VERSION = "boxes", 1
"""Results of one version can be compared; any change to what is done above raises it."""
FAR = 1e6
"""Termination distance that nothing reaches, metres."""


def run_boxes(
    run_dir: Path | str,
    config: BoxesConfig | None = None,
    threads: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[BoxesRow]:
    """Measure a run folder's policy: the row without a box, then one for each mass and speed.

    ``progress`` is told control steps that are done, and all. Raises SfvError for a grid that cannot be, FileFormatError for
    what is no run folder.
    """
    return play_boxes(run_dir, config, threads, progress).rows()


@one_torch_thread()
def play_boxes(
    run_dir: Path | str,
    config: BoxesConfig | None = None,
    threads: int = 0,
    progress: Callable[[int, int], None] | None = None,
    env: str | None = None,
) -> BoxTrials:
    """All trials, played; ``env`` replaces the environment that was trained on. Raises as ``run_boxes``, and UnknownNameError."""
    config = config or BoxesConfig()
    trials = make_trials(run_dir, config, threads, env)
    act = policy_for(run_dir, trials.core).act
    observation = trials.begin()
    for step in range(trials.steps):
        observation = trials.step(act(observation))
        if progress is not None:
            progress(step + 1, trials.steps)
    trials.core.worlds.check()
    return trials


def make_trials(run_dir: Path | str, config: BoxesConfig, threads: int = 0, env: str | None = None) -> BoxTrials:
    """Worlds in which all trials of a run folder's policy are made. Raises as ``run_boxes``."""
    _check(config)
    run, clip = read_run(run_dir)
    environment = measured_on(run, env)
    task = environment.task and environment.task.imitation_only()  # who loses a box has not fallen
    edges = (config.half_edge,) * 3
    boxes = tuple(ObjectConfig(f"thrown_{mass:g}_kg", edges, mass) for mass in config.masses)
    core = make_imitation_worlds(
        clip,
        load_character(run.character),
        replace(environment, objects=(*environment.objects, *boxes), task=task, randomisation=RandomisationConfig()),
        nr_physics(run.physics),
        _task(run.imitation, clip, config),
        config.trials * (1 + len(config.masses) * len(config.speeds)),
        threads,
        seed=config.seed,
        auto_reset=False,
    )
    return BoxTrials(core, config)


def _task(imitation: ImitationConfig, clip: Clip, config: BoxesConfig) -> ImitationConfig:
    """The task as NR has it, without an end but the falls."""
    noise = NrConfig(pose_noise=config.pose_noise, velocity_noise=config.velocity_noise)
    return replace(nr_task(imitation, noise, clip.cyclic), termination_distance=FAR)


def _check(config: BoxesConfig) -> None:
    """Raise SfvError for a grid that cannot be."""
    if not config.masses or not config.speeds:
        raise SfvError("boxes need at least one mass and one speed; give masses and speeds")
