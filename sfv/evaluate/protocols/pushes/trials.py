"""Trials of the protocol ``push``: a force in each world, in the direction of its character's own heading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from sfv.evaluate.protocols.result import Progress
from sfv.evaluate.protocols.trials import Played, play_trials
from sfv.imitate.disturbances.disturbances import find_body
from sfv.imitate.state.heading import heading
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.ranges import Checked, NotNegative, Positive, PositiveSeconds, Range, Seconds, Seed

DIRECTIONS = {"forward": (1.0, 0.0), "backward": (-1.0, 0.0), "left": (0.0, 1.0), "right": (0.0, -1.0)}
"""Seen from the character's heading: x ahead, y to its left."""


@dataclass(frozen=True)
class PushConfig(Checked):
    """Numbers of the protocol; version 1 means the defaults of all but the body, ``trials`` and the grids of forces."""

    body: str = ""
    """Who is pushed; empty: the root."""
    seconds: PositiveSeconds = 0.2
    """How long a push lasts."""
    stand_seconds: Seconds = 3.0
    """Cyclic clips: how long after the push there must be no fall."""
    max_reference_distance: Positive | None = 0.5
    """The reference is never further away than this, metres; none: it does not wait."""
    halfway_step: Positive = 10.0
    """From force to force, newtons."""
    halfway_most: NotNegative = 1600.0
    """Largest force, newtons; 0 leaves ``halfway`` out."""
    cycles: Annotated[int, Range(0, 10_000)] = 1
    """Whole cycles before the one that is pushed halfway."""
    trials: Annotated[int, Range(0, 1_000_000)] = 32
    """Of each force and direction; 0 leaves ``random`` out."""
    coarse_step: Positive = 200.0
    """First look, newtons."""
    fine_step: Positive = 50.0
    """Second look, newtons."""
    most: NotNegative = 1600.0
    """Largest force of ``random``, newtons."""
    settle_seconds: Seconds = 0.5
    """Cyclic clips: no push sooner than this after the start."""
    spread_seconds: Seconds = 1.0
    """Cyclic clips: pushes begin within so long a time after that."""
    pose_noise: NotNegative = 0.0
    """Of the starts of ``random``, as in ``NrConfig``; with NR's own some skills now and then fall without a push."""
    velocity_noise: NotNegative = 0.0
    """The same of velocities."""
    seed: Seed = 1000
    """Seed of starts and moments."""


@dataclass(frozen=True)
class Push:
    """One push."""

    direction: str
    force: float
    """Newtons."""


def play_pushes(
    core: ImitationWorlds,
    act: Callable[[Tensor], Tensor],
    start: Tensor,
    pushes: Sequence[Push],
    begin: Tensor,
    config: PushConfig,
    progress: Progress | None = None,
) -> Played:
    """Play from table frames ``start`` (N,), one of N ``pushes`` in each world from control step ``begin`` (N,) on.

    Raises UnknownNameError for a body that does not exist.
    """
    worlds, root = core.worlds, core.skeleton.root
    body = find_body(worlds.model, config.body, "push") if config.body else root
    local = torch.tensor([DIRECTIONS[push.direction] for push in pushes])
    size = torch.tensor([push.force for push in pushes])
    lasts = max(round(config.seconds * core.control_hz), 1)
    force = torch.zeros(len(pushes), 3)

    def before(step: int) -> None:
        begins = begin == step
        if begins.any():
            cos, sin = heading(worlds.xquat[:, root].float())
            ahead = torch.stack((cos * local[:, 0] - sin * local[:, 1], sin * local[:, 0] + cos * local[:, 1]), dim=1)
            force[begins, :2] = (size[:, None] * ahead)[begins]
        ids = ((begin <= step) & (step < begin + lasts)).nonzero().squeeze(1)
        if len(ids):
            worlds.push(ids, body, force[ids])

    observation = core.reset(start=start)
    deadline = core.clip_steps(core.start)
    if core.library.ever_cyclic:
        deadline = begin + lasts + round(config.stand_seconds * core.control_hz)
    return play_trials(core, act, observation, deadline, before, progress)
