"""Playing all trials of a protocol side by side: who fails, when, how, and what is earned until then."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sfv.evaluate.protocols.result import Failure, Progress
from sfv.imitate.worlds_env import ImitationWorlds

MOMENTS = (0.4, 0.2, 0.0)
"""Seconds before a failure of which the poses are kept."""


@dataclass(frozen=True)
class Played:
    """One trial of every world."""

    survived: Tensor
    """No failure until the deadline. Shape (N,), bool."""
    steps: Tensor
    """Control steps until the failure, or the deadline. Shape (N,)."""
    rewards: Tensor
    """Of each control step; zero from the failure on. Shape (N, T)."""
    deadline: Tensor
    """Control steps that there were to survive. Shape (N,)."""
    phase: Tensor
    """Share of the clip or cycle at the failure. Shape (N,)."""
    how: list[str]
    """What happened; empty where nothing did. N of them."""
    poses: Tensor
    """At ``MOMENTS``, heights above the ground. Shape (N, moments, nq)."""
    hz: float
    """Control steps a second."""

    @property
    def nr(self) -> np.ndarray:
        """Rewards over control steps. Shape (N,)."""
        return (self.rewards.sum(1) / self.deadline).numpy()

    @property
    def cost(self) -> int:
        """Control steps of all worlds together; those of fallen characters count."""
        return int(self.steps.max()) * len(self.steps)

    def failure(self, rows: slice, protocol: str, sweep: str, setting: str) -> Failure | None:
        """What the first world of ``rows`` that failed did, as the failure of this condition; None where none failed."""
        failed = (~self.survived[rows]).nonzero().squeeze(1)
        if len(failed) == 0:
            return None
        first = rows.start + int(failed[0])
        return Failure(
            protocol=protocol,
            sweep=sweep,
            setting=setting,
            failed=len(failed),
            n=rows.stop - rows.start,
            seconds=float(self.steps[first]) / self.hz,
            phase=float(self.phase[first]),
            how=self.how[first],
            poses=self.poses[first].double().numpy(),
        )


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
    count = core.num_worlds
    deadline = core.clip_steps(core.start) if deadline is None else deadline
    last = int(deadline.max())
    alive = torch.ones(count, dtype=torch.bool)
    steps, phase = torch.zeros(count, dtype=torch.long), torch.zeros(count)
    how, rewards = [""] * count, torch.zeros(count, last)
    reach = [round(seconds * core.control_hz) for seconds in MOMENTS]
    history: deque[Tensor] = deque([core.worlds.qpos.float().clone()], maxlen=max(reach) + 1)
    poses = torch.zeros(count, len(reach), core.worlds.model.nq)
    for number in range(last):
        if before is not None:
            before(number)
        done = core.step(act(observation))
        observation = done.observation
        history.append(core.worlds.qpos.float().clone())
        waiting = alive & (number < deadline)
        failed = waiting & done.failed
        alive &= ~failed
        steps += waiting
        rewards[:, number] = done.reward * (waiting & ~failed)
        if failed.any():
            ids = failed.nonzero().squeeze(1)
            frame = core.frame
            phase[ids] = frame.phase[ids]
            poses[ids] = _moments(core, history, reach, ids)
            _describe(core, frame.may_touch, frame.qpos, done.diverged, ids, how)
        if progress is not None:
            progress(number + 1, last)
        if not (alive & (number + 1 < deadline)).any():
            break
    core.worlds.check()
    return Played(alive, steps, rewards, deadline, phase, how, poses, core.control_hz)


def _moments(core: ImitationWorlds, history: deque[Tensor], reach: list[int], ids: Tensor) -> Tensor:
    """Poses of worlds ``ids`` so many control steps ago, above the ground under the root. Shape (K, moments, nq)."""
    out = torch.stack([history[max(len(history) - 1 - back, 0)][ids] for back in reach], dim=1)
    if core.ground is not None:
        out[..., 2] -= core.ground.support.at(out[..., :2])
    return out


def _describe(
    core: ImitationWorlds, may_touch: Tensor, reference: Tensor, diverged: Tensor, ids: Tensor, how: list[str]
) -> None:
    """Write for worlds ``ids`` what ended them: of several bodies that touch the ground the deepest one counts."""
    worlds = core.worlds
    wrong = worlds.ground_contact & ~may_touch
    deepest = worlds.ground_distance.masked_fill(~wrong, torch.inf).argmin(1)
    far = (worlds.qpos[:, :3] - reference[:, :3]).norm(dim=1)
    for i in ids.tolist():
        if bool(diverged[i]):
            how[i] = "the physics broke down"
        elif bool(wrong[i].any()):
            how[i] = f"{worlds.model.body(int(deepest[i])).name} touched the ground"
        else:
            how[i] = f"strayed, {float(far[i]):.1f} m from the reference"
