"""Starts made for all worlds at once and handed out round and round, so that nothing has to be read back from the device."""

from typing import Any

import torch
from torch import Tensor

from sfv.imitate.starts import reset
from sfv.imitate.starts.pool import StartStore
from sfv.physics.worlds import Worlds

RENEWED_EVERY = 16
"""Control steps after which all starts are replaced: bringing up as many worlds costs a fourth of a physics step in each."""


class StartRing(StartStore):
    """Starts are used in order. If more episodes end than there are before they are renewed, the oldest are used again."""

    def __init__(self, *arguments: Any) -> None:
        """See ``StartStore``."""
        super().__init__(*arguments)
        self._next = torch.zeros((), dtype=torch.long, device=self._worlds.device)
        self._steps = torch.zeros((), dtype=torch.long)

    def counters(self) -> dict[str, Tensor]:
        """See ``StartStore.counters``."""
        return {"next": self._next, "steps": self._steps}

    def begin(self, worlds: Worlds, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Put the ``chosen`` worlds (N,), bool, into the next starts; to be called once a control step.

        Returns moments (N, 2), offsets (N, 2) and observations (N, O); rows of other worlds mean nothing.
        """
        if self._observation is None or int(self._steps) % RENEWED_EVERY == 0:
            self._renew(reset.place_all)
        assert self._observation is not None
        self._steps += 1
        rows = (self._next + chosen.long().cumsum(0) - 1) % self._worlds.num_worlds
        worlds.adopt_where(chosen, self._worlds, rows)
        self._next.copy_((self._next + chosen.sum()) % self._worlds.num_worlds)
        return self._moments[rows], self._offsets[rows], self._observation[rows]
