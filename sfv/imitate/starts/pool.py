"""Starts made many at a time and handed out one by one: bringing up a hundred worlds costs hardly more than bringing up one."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from sfv.imitate.starts import reset
from sfv.physics.worlds import Worlds

POOL = 128
"""Starts made at a time, at most: a bigger one saves little more."""


class StartStore:
    """Start states that stand ready in worlds of their own; subclasses hand them out."""

    def __init__(
        self,
        worlds: Worlds,
        draw: Callable[[int], tuple[Tensor, Tensor, Tensor, Tensor]],
        observe: Callable[[Worlds, Tensor, Tensor], Tensor],
    ) -> None:
        """``worlds`` hold the store. ``draw(P)`` gives moments (P, 2), how far the reference is moved there (P, 2), poses (P, nq)
        and velocities (P, nv) of new starts, ``observe(worlds, moments, offsets)`` what is seen there (P, O).
        """
        self._worlds, self._draw, self._observe = worlds, draw, observe
        self._everyone = torch.arange(worlds.num_worlds, device=worlds.device)
        self._moments = self._everyone.new_zeros(len(self._everyone), 2)
        self._offsets = torch.zeros((worlds.num_worlds, 2), device=worlds.device)
        self._observation: Tensor | None = None

    def counters(self) -> dict[str, Tensor]:
        """How far the store is used, by name; the tensors themselves."""
        raise NotImplementedError

    def state(self) -> dict[str, Tensor]:
        """What the next starts depend on, by name."""
        own = {"moments": self._moments, "offsets": self._offsets}
        return self.counters() | own | {"qpos": self._worlds.qpos, "qvel": self._worlds.qvel}

    def load(self, state: dict[str, Tensor]) -> None:
        """Return to what ``state`` gave."""
        for name, counter in self.counters().items():
            counter.copy_(state[name])
        self._moments = state["moments"].to(self._worlds.device, copy=True)
        self._offsets = state["offsets"].to(self._worlds.device, copy=True)
        self._worlds.reset(self._everyone, state["qpos"], state["qvel"])
        self._observation = self._observe(self._worlds, self._moments, self._offsets)

    def _renew(self, place: Callable[[Worlds, Tensor, Tensor, Tensor], None]) -> None:
        """Replace all starts by new ones, put where they belong by ``place``."""
        moments, offsets, qpos, qvel = self._draw(self._worlds.num_worlds)
        place(self._worlds, self._everyone, qpos, qvel)
        self._moments, self._offsets = (
            moments,
            offsets,
        )  # new tensors: parts of the old ones may still be on their way out
        self._observation = self._observe(self._worlds, self._moments, self._offsets)


class StartPool(StartStore):
    """Each start is used once and in order, so that a run depends on its seed alone."""

    def __init__(self, *arguments: Any) -> None:
        """See ``StartStore``."""
        super().__init__(*arguments)
        self._used = torch.tensor(self._worlds.num_worlds)

    def counters(self) -> dict[str, Tensor]:
        """See ``StartStore.counters``."""
        return {"used": self._used}

    def begin(self, worlds: Worlds, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Put ``worlds`` number ``ids`` (K,) into the next starts; their moments (K, 2), offsets (K, 2), observations (K, O)."""
        moments, offsets, observations = [], [], []
        while len(ids):
            if self._observation is None or int(self._used) == self._worlds.num_worlds:
                self._renew(reset.place)
                self._used.zero_()
            assert self._observation is not None
            first = int(self._used)
            rows = slice(first, first + len(ids))  # the last starts of the store may be fewer
            moments.append(self._moments[rows])
            offsets.append(self._offsets[rows])
            observations.append(self._observation[rows])
            now, ids = ids[: len(moments[-1])], ids[len(moments[-1]) :]
            worlds.adopt(now, self._worlds, rows)
            self._used += len(now)
        return torch.cat(moments), torch.cat(offsets), torch.cat(observations)
