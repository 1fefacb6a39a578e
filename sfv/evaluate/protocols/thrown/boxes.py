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

from collections.abc import Callable, Sequence
from dataclasses import replace

from sfv.environment.objects import ObjectConfig
from sfv.environment.randomisation import RandomisationConfig
from sfv.errors import SfvError
from sfv.evaluate.protocols.protocol import Compared, Plot, Protocol, find
from sfv.evaluate.protocols.result import Failure, Progress, Result, Row, quiet, share_row
from sfv.evaluate.protocols.subject import Subject
from sfv.evaluate.protocols.sweep import HOLDS
from sfv.evaluate.protocols.tables import amount
from sfv.evaluate.protocols.thrown.trials import BoxesConfig, BoxesRow, BoxTrials
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.nr_rules import nr_physics, nr_task
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.motion.clip import Clip
from sfv.system.threads import one_torch_thread

NAME, VERSION = "boxes", 1
"""Results of one version can be compared; any change to what is done above raises it."""
FAR = 1e6
"""Termination distance that nothing reaches, metres."""


def run_boxes(subject: Subject, config: BoxesConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy: its levels as rows, the momentum that is withstood, the mildest falls.

    Sweeps are masses at one speed. Raises SfvError for a grid that cannot be, and for a policy that does not fit.
    """
    trials = play_boxes(subject, config or BoxesConfig(), progress)
    none, *levels = trials.rows()
    out = Result(
        [share_row(NAME, "no box", "completion", none.survived, none.trials)],
        control_steps=trials.steps * trials.core.num_worlds,
    )
    mildest: dict[str, Failure] = {}
    for number, level in enumerate(levels, start=1):
        sweep, setting = f"{level.speed:g} m/s", f"{level.mass:g} kg at {level.speed:g} m/s"
        out.rows.append(share_row(NAME, setting, "completion", level.survived, level.trials, sweep, level.mass))
        rows = slice(number * level.trials, (number + 1) * level.trials)
        failure = trials.falls.failure(rows, NAME, sweep, setting)
        if failure is not None:
            mildest.setdefault(sweep, failure)
    out.failures = list(mildest.values())
    if none.survival >= HOLDS:
        out.rows.append(withstood(levels))
    return out


@one_torch_thread()
def play_boxes(subject: Subject, config: BoxesConfig, progress: Callable[[int, int], None] = quiet) -> BoxTrials:
    """All trials, played. Raises as ``run_boxes``."""
    trials = make_trials(subject, config)
    observation = trials.begin()
    for step in range(trials.steps):
        observation = trials.step(subject.policy.act(observation))
        progress(step + 1, trials.steps)
    trials.core.worlds.check()
    return trials


def make_trials(subject: Subject, config: BoxesConfig) -> BoxTrials:
    """Worlds in which all trials of the subject's policy are made. Raises as ``run_boxes``."""
    _check(config)
    environment = subject.environment
    task = environment.task and environment.task.imitation_only()  # who loses a box has not fallen
    edges = (config.half_edge,) * 3
    boxes = tuple(ObjectConfig(f"thrown_{mass:g}_kg", edges, mass) for mass in config.masses)
    core = make_imitation_worlds(
        subject.clip,
        subject.character,
        replace(environment, objects=(*environment.objects, *boxes), task=task, randomisation=RandomisationConfig()),
        nr_physics(subject.run.physics),
        _task(subject.run.imitation, subject.clip, config),
        config.trials * (1 + len(config.masses) * len(config.speeds)),
        subject.threads,
        seed=config.seed,
        auto_reset=False,
        build=subject.model,
    )
    subject.policy.check(core)
    return BoxTrials(core, config)


def withstood(levels: list[BoxesRow]) -> Row:
    """The largest momentum at which, as at all smaller ones, at least ``HOLDS`` of the trials stand, kg m/s."""
    best = 0.0
    for momentum in sorted({level.momentum for level in levels}):
        if any(level.survival < HOLDS for level in levels if level.momentum == momentum):
            return Row(NAME, "momentum", "highest", best, best, momentum, levels[0].trials)
        best = momentum
    return Row(NAME, "momentum", "highest", best, best, None, levels[0].trials)


def _task(imitation: ImitationConfig, clip: Clip, config: BoxesConfig) -> ImitationConfig:
    """The task as NR has it, without an end but the falls."""
    noise = NrConfig(pose_noise=config.pose_noise, velocity_noise=config.velocity_noise)
    return replace(nr_task(imitation, noise, clip.cyclic), termination_distance=FAR)


def _check(config: BoxesConfig) -> None:
    """Raise SfvError for a grid that cannot be."""
    if not config.masses or not config.speeds:
        raise SfvError("boxes need at least one mass and one speed; give masses and speeds")


def _summary(rows: Sequence[Row], env: str) -> list[str]:
    held = find(rows, "momentum", "highest")
    return [f"thrown boxes: at least 90 % stand up to {amount(row)} kg m/s, 0.2 m wide" for row in held]


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_boxes,
    BoxesConfig(trials=32),
    title="Thrown boxes",
    quick=BoxesConfig(masses=(2.0, 8.0), speeds=(4.0, 12.0), trials=8),
    weight=20.0,
    summary=_summary,
    compared=(Compared("momentum", "highest", "boxes, highest: kg m/s of thrown boxes"),),
    plot=Plot("boxes.png", x="kg at {}"),
)
