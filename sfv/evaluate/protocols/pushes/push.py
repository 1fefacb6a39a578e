"""Protocol ``push``, version 1: how hard a skill can be pushed before it falls, as DeepMimic measured it and over many moments.

A push is a horizontal force of 0.2 s at the centre of mass of the root body (DeepMimic: the pelvis), or of a body that is named.
Its direction, forward, backward, left or right, is that of the character's own heading in the moment when it begins: the root's
x axis seen from above. "sideways" is the worse of left and right.

1. The run's own policy plays its own task in its own environment and physics. Nothing is random but the phases and moments of (b).
2. A fall: a body touches the ground that must not, by the run's own rule (where any may, by what the reference brings near
   the ground), or the physics breaks down. Drifting away from the reference is none, and the reference waits for who was
   pushed aside: it is never further away than max_reference_distance, 0.5 m.
3. Survived: no fall until 3 s after the push (cyclic clips), or until the clip's end (others; all pushes end before it).

(a) ``halfway``, DeepMimic's own: undisturbed start at the clip's first frame; the push begins halfway through the clip, of a
    cyclic one halfway through its second cycle. Forces grow in steps of 10 N; the result is the largest force that is
    survived with all smaller ones. One trial a force: nothing is random.
(b) ``random``: cyclic clips start at a random phase and are pushed 0.5 to 1.5 s later, others start at their first frame and
    are pushed at any time; the starts are undisturbed, so that who falls falls by the push. 32 trials a force, the same phases
    and moments for every force and direction. Forces are tried in steps of 200 N until nobody stands, then in steps of 50 N
    from the largest force without a fall to the first at which at most half of the trials stand. Results: the survival curve with
    Wilson intervals; the largest force without a fall in any trial, with all smaller ones; the forces at which 90 % and half of the
    trials stand, on straight lines between the levels (the first such crossing), with 95 % intervals from 1000 redraws of the
    trials (bootstrap).

What survives the largest force that is tried is said to survive "at least" that: the row has no upper end.
"""

import numpy as np
import torch

from sfv.evaluate.protocols.protocol import Plot, Protocol
from sfv.evaluate.protocols.pushes.curve import Curve, halfway_rows, random_rows
from sfv.evaluate.protocols.pushes.trials import DIRECTIONS, Push, PushConfig, play_pushes
from sfv.evaluate.protocols.pushes.words import COMPARED, summary, table
from sfv.evaluate.protocols.result import Progress, Result, part, quiet
from sfv.evaluate.protocols.subject import Subject
from sfv.imitate.config import NrConfig
from sfv.system.threads import one_torch_thread

NAME, VERSION = "push", 1
"""Results of one version can be compared; any change to what is done above raises it."""
_AT_ONCE = 40
"""Forces of ``halfway`` that are tried side by side before it is looked who still stands."""
_LEVELS_AT_ONCE = 3
"""The same for the coarse levels of ``random``."""
_LONG_SECONDS = 60.0
"""Pushes have their own deadlines, all before this."""


@one_torch_thread()
def run_push(subject: Subject, config: PushConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy.

    Raises UnknownNameError for a body that does not exist, SfvError for a policy that does not fit.
    """
    config = config or PushConfig()
    tell, out = progress, Result()
    if config.halfway_most > 0:
        out.add(_halfway(subject, config, part(tell, 0, 3)))
    if config.trials > 0:
        out.add(_random(subject, config, part(tell, 1, 3, 2)))
    return out


def _halfway(subject: Subject, config: PushConfig, progress: Progress) -> Result:
    """Every force and direction a world, all alike but for that; directions that have failed are not pushed harder."""
    forces = np.arange(1, round(config.halfway_most / config.halfway_step) + 1) * config.halfway_step
    stood: dict[str, list[bool]] = {direction: [] for direction in DIRECTIONS}
    out = Result()
    for first in range(0, len(forces), _AT_ONCE):
        going = [direction for direction, alive in stood.items() if all(alive)]
        if not going:
            break
        block = forces[first : first + _AT_ONCE].tolist()
        pushes = [Push(direction, force) for direction in going for force in block]
        core = subject.worlds(
            len(pushes), _nr(config, 0.0), falls_only=True, max_reference_distance=config.max_reference_distance
        )
        start = torch.zeros(len(pushes), dtype=torch.long)
        length, cyclic = core.library.rows, subject.clip.cyclic
        half = config.cycles * length + length // 2 if cyclic else (length - 1) // 2
        begin = torch.full_like(start, half // core.library.stride)
        played = play_pushes(
            core, subject.policy.act, start, pushes, begin, config, part(progress, first, len(forces), len(block))
        )
        out.control_steps += played.cost
        for direction, alive in zip(going, played.survived.view(len(going), -1).tolist()):
            stood[direction] += alive
    out.rows = halfway_rows(NAME, forces, stood)
    return out


def _random(subject: Subject, config: PushConfig, progress: Progress) -> Result:
    """Coarse levels from below until a direction has none that stands, then the fine levels of all directions at once."""
    coarse = np.arange(0, round(config.most / config.coarse_step) + 1) * config.coarse_step
    curves = {direction: Curve(NAME, direction) for direction in DIRECTIONS}
    out = Result()
    for first in range(0, len(coarse), _LEVELS_AT_ONCE):
        block = coarse[first : first + _LEVELS_AT_ONCE]
        grid = {direction: block for direction, curve in curves.items() if not curve.over}
        if grid:
            out.add(_look(subject, config, curves, grid, part(progress, first, 2 * len(coarse), len(block))))
    finer = {direction: curve.finer(config.fine_step) for direction, curve in curves.items()}
    if any(len(forces) for forces in finer.values()):
        out.add(_look(subject, config, curves, finer, part(progress, 1, 2)))
    out.rows = random_rows(NAME, curves, config.seed)
    out.failures = [failure for curve in curves.values() if (failure := curve.mildest()) is not None]
    return out


def _look(
    subject: Subject, config: PushConfig, curves: dict[str, Curve], grid: dict[str, np.ndarray], progress: Progress
) -> Result:
    """Play ``trials`` of each force of ``grid`` and enter them into the ``curves``."""
    levels = [Push(direction, float(force)) for direction, forces in grid.items() for force in forces]
    pushes = [level for level in levels for _ in range(config.trials)]
    core = subject.worlds(
        len(pushes), _nr(config), falls_only=True, max_reference_distance=config.max_reference_distance
    )
    random = torch.Generator().manual_seed(config.seed)
    share, when = torch.rand(2, config.trials, generator=random)
    if subject.clip.cyclic:
        start = (share * core.library.rows).long()
        begin = ((config.settle_seconds + config.spread_seconds * when) * core.control_hz).long()
    else:
        start = torch.zeros(config.trials, dtype=torch.long)
        last = core.clip_steps(start) - round(config.seconds * core.control_hz)
        begin = (when * last.clamp_min(1)).long()
    start, begin = start.repeat(len(levels)), begin.repeat(len(levels))
    played = play_pushes(core, subject.policy.act, start, pushes, begin, config, progress)
    for number, level in enumerate(levels):
        rows = slice(number * config.trials, (number + 1) * config.trials)
        curves[level.direction].enter(level.force, played, rows)
    return Result(control_steps=played.cost)


def _nr(config: PushConfig, noise: float = 1.0) -> NrConfig:
    """Starts of the NR protocol, with ``noise`` times its noise."""
    return NrConfig(
        seconds=_LONG_SECONDS,
        pose_noise=noise * config.pose_noise,
        velocity_noise=noise * config.velocity_noise,
        seed=config.seed,
    )


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_push,
    PushConfig(),
    title="Pushes",
    quick=PushConfig(trials=8, fine_step=100.0, halfway_step=50.0),
    weight=25.0,
    table=table,
    summary=summary,
    compared=COMPARED,
    plot=Plot(
        "pushes.png",
        panels=False,
        x="newtons for 0.2 s",
        y="share that stands",
        title="pushed at random moments",
        colours={"forward": "#f0883a", "backward": "#404550", "left": "#2fb57c", "right": "#5c9cd6"},
    ),
)
