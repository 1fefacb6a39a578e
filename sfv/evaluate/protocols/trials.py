"""Playing all trials of a protocol side by side: who fails, when, how, and what is earned until then."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sfv.evaluate.protocols.falls import Falls
from sfv.evaluate.protocols.result import Progress
from sfv.imitate.worlds_env import ImitationWorlds


@dataclass(frozen=True)
class Played:
    """One trial of every world."""

    falls: Falls
    """Who failed, and how."""
    rewards: Tensor
    """Of each control step; zero from the failure on. Shape (N, T)."""
    deadline: Tensor
    """Control steps that there were to survive. Shape (N,)."""
    steps: int
    """Control steps that were made: until the last deadline, or the last world had failed."""

    @property
    def survived(self) -> Tensor:
        """No failure until the deadline. Shape (N,), bool."""
        return ~self.falls.failed

    @property
    def nr(self) -> np.ndarray:
        """Rewards over control steps. Shape (N,)."""
        return (self.rewards.sum(1) / self.deadline).numpy()

    @property
    def cost(self) -> int:
        """Control steps of all worlds together; those of fallen characters count."""
        return self.steps * len(self.deadline)


def play_trials(
    core: ImitationWorlds,
    act: Callable[[Tensor], Tensor],
    observation: Tensor,
    deadline: Tensor | None = None,
    before: Callable[[int], None] | None = None,
    progress: Progress | None = None,
) -> Played:
    """Play from what was seen after the reset until every world has failed or reached its ``deadline`` (N,).

    ``deadline`` None: the end of the clip, or of a cyclic one's episode. ``before`` is called with the number of each
    control step before it is made.
    """
    deadline = core.clip_steps(core.start) if deadline is None else deadline
    last, falls, step = int(deadline.max()), Falls(core), 0
    rewards = torch.zeros(core.num_worlds, last)
    while bool((~falls.failed & (step < deadline)).any()):
        if before is not None:
            before(step)
        done = core.step(act(observation))
        observation = done.observation
        falls.look(done.failed & (step < deadline))
        rewards[:, step] = done.reward * (~falls.failed & (step < deadline))
        step += 1
        if progress is not None:
            progress(step, last)
    core.worlds.check()
    return Played(falls, rewards, deadline, step)
