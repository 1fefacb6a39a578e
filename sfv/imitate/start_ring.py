"""Starts made for all worlds at once and handed out round and round, so that nothing has to be read back from the device."""

from collections.abc import Callable

import torch
from torch import Tensor

from sfv.imitate import reset
from sfv.physics.worlds import Worlds

RENEWED_EVERY = 16
"""Control steps after which all starts are replaced: bringing up as many worlds costs a fourth of a physics step in each."""


class StartRing:
    """A store of start states that are used in order. If more episodes end than it holds before it is renewed, the oldest are
    used again."""

    def __init__(
        self,
        worlds: Worlds,
        draw: Callable[[int], tuple[Tensor, Tensor, Tensor]],
        observe: Callable[[Worlds, Tensor], Tensor],
    ) -> None:
        """``worlds`` hold the store; ``draw`` and ``observe`` are those of ``StartPool``."""
        self._worlds, self._draw, self._observe = worlds, draw, observe
        self._next = torch.zeros((), dtype=torch.long, device=worlds.device)
        self._steps = torch.zeros((), dtype=torch.long)
        self._frames = torch.zeros(worlds.num_worlds, dtype=torch.long, device=worlds.device)
        self._observation: Tensor | None = None

    def begin(self, worlds: Worlds, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Put the ``chosen`` worlds (N,), bool, into the next starts; to be called once a control step.

        Returns table frames (N,) and observations (N, O); rows of other worlds mean nothing.
        """
        if self._observation is None or int(self._steps) % RENEWED_EVERY == 0:
            self._renew()
        assert self._observation is not None
        self._steps += 1
        rows = (self._next + chosen.long().cumsum(0) - 1) % self._worlds.num_worlds
        worlds.adopt_where(chosen, self._worlds, rows)
        self._next = (self._next + chosen.sum()) % self._worlds.num_worlds
        return self._frames[rows], self._observation[rows]

    def state(self) -> dict[str, Tensor]:
        """What the next starts depend on, by name."""
        return {
            "next": self._next,
            "steps": self._steps,
            "frames": self._frames,
            "qpos": self._worlds.qpos,
            "qvel": self._worlds.qvel,
        }

    def load(self, state: dict[str, Tensor]) -> None:
        """Return to what ``state`` gave."""
        self._next.copy_(state["next"])
        self._steps.copy_(state["steps"])
        self._frames.copy_(state["frames"])
        everyone = torch.arange(self._worlds.num_worlds, device=self._worlds.device)
        self._worlds.reset(everyone, state["qpos"], state["qvel"])
        self._observation = self._observe(self._worlds, self._frames)

    def _renew(self) -> None:
        self._frames, qpos, qvel = self._draw(self._worlds.num_worlds)
        reset.place_all(self._worlds, qpos, qvel)
        self._observation = self._observe(self._worlds, self._frames)
