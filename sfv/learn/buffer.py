"""The samples of one update, in order of time; minibatches are drawn with a generator of their own."""

from collections.abc import Generator
from typing import Any

import torch
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.type_aliases import RolloutBufferSamples
from torch import Tensor


class SeededRolloutBuffer(RolloutBuffer):
    """Shuffles with its own generator, so that a resumed run goes on as it would have."""

    def __init__(self, *arguments: Any, generator: torch.Generator, **settings: Any) -> None:
        self._generator = generator
        super().__init__(*arguments, **settings)

    def get(self, batch_size: int | None = None) -> Generator[RolloutBufferSamples, None, None]:
        """Minibatches in random order, every sample once."""
        whole = self.samples()
        for rows in self.rows(batch_size):
            yield RolloutBufferSamples(*(column.index_select(0, rows) for column in whole))

    def samples(self) -> RolloutBufferSamples:
        """All samples, time step after time step; views of the buffer, not copies."""
        names = ("observations", "actions", "values", "log_probs", "advantages", "returns")
        return RolloutBufferSamples(*(torch.from_numpy(getattr(self, name)).flatten(0, 1) for name in names))

    def rows(self, batch_size: int | None = None) -> tuple[Tensor, ...]:
        """Which samples each minibatch of a pass holds, in random order. Shapes (batch_size,), int64."""
        count = self.buffer_size * self.n_envs
        return torch.randperm(count, generator=self._generator).split(batch_size or count)
