"""Starts made many at a time and handed out one by one: bringing up a hundred worlds costs hardly more than bringing up one."""

from collections.abc import Callable

import torch
from torch import Tensor

from sfv.imitate import reset
from sfv.physics.worlds import Worlds

POOL = 128
"""Starts made at a time, at most: a bigger one saves little more."""


class StartPool:
    """A store of start states, each used once and in order, so that a run depends on its seed alone."""

    def __init__(
        self,
        worlds: Worlds,
        draw: Callable[[int], tuple[Tensor, Tensor, Tensor]],
        observe: Callable[[Worlds, Tensor], Tensor],
    ) -> None:
        """``worlds`` hold the store. ``draw(P)`` gives table frames (P,), poses (P, nq) and velocities (P, nv) of new starts,
        ``observe(worlds, frames)`` what is seen there (P, O).
        """
        self._worlds, self._draw, self._observe = worlds, draw, observe
        self._used = torch.tensor(worlds.num_worlds)
        self._frames = torch.zeros(worlds.num_worlds, dtype=torch.long, device=worlds.device)
        self._observation: Tensor | None = None

    def begin(self, worlds: Worlds, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Put ``worlds`` number ``ids`` (K,) into the next starts; their table frames (K,) and observations (K, O)."""
        frames, observations = [], []
        while len(ids):
            if self._observation is None or int(self._used) == self._worlds.num_worlds:
                self._fill()
            assert self._observation is not None
            first = int(self._used)
            rows = slice(first, first + len(ids))  # the last starts of the store may be fewer
            frames.append(self._frames[rows])
            observations.append(self._observation[rows])
            now, ids = ids[: len(frames[-1])], ids[len(frames[-1]) :]
            worlds.adopt(now, self._worlds, rows)
            self._used += len(now)
        return torch.cat(frames), torch.cat(observations)

    def state(self) -> dict[str, Tensor]:
        """What the next starts depend on, by name."""
        return {
            "used": self._used,
            "frames": self._frames,
            "qpos": self._worlds.qpos,
            "qvel": self._worlds.qvel,
        }

    def load(self, state: dict[str, Tensor]) -> None:
        """Return to what ``state`` gave."""
        self._used.copy_(state["used"])
        self._frames = state["frames"].clone()
        self._worlds.reset(
            torch.arange(self._worlds.num_worlds, device=self._worlds.device), state["qpos"], state["qvel"]
        )
        self._observation = self._observe(self._worlds, self._frames)

    def _fill(self) -> None:
        """Replace all starts by new ones."""
        frames, qpos, qvel = self._draw(self._worlds.num_worlds)
        reset.place(self._worlds, torch.arange(self._worlds.num_worlds, device=self._worlds.device), qpos, qvel)
        self._frames = frames  # a new tensor: parts of the old one may still be on their way out
        self._observation = self._observe(self._worlds, self._frames)
        self._used.zero_()
