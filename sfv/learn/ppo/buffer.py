"""The samples of one update as tensors on the learner's device; minibatches are drawn with a generator of their own."""

from collections.abc import Generator
from typing import Any

import torch
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.type_aliases import RolloutBufferSamples
from torch import Tensor

_COLUMNS = ("observations", "actions", "rewards", "episode_starts", "values", "log_probs", "advantages", "returns")
_SAMPLED = ("observations", "actions", "values", "log_probs", "advantages", "returns")
"""In the order of SB3's ``RolloutBufferSamples``."""


class TensorRolloutBuffer(RolloutBuffer):
    """SB3's rollout buffer with tensors in place of arrays: nothing leaves the device. Columns have shape (T, N, ...), float32."""

    def __init__(self, *arguments: Any, generator: torch.Generator, **settings: Any) -> None:
        """``generator`` shuffles, so that a resumed run goes on as it would have."""
        self._generator = generator
        super().__init__(*arguments, **settings)

    def reset(self) -> None:
        """Begin an update; the memory is kept."""
        self.pos, self.full, self.generator_ready = 0, False, False
        if hasattr(self, "columns"):
            return
        widths = {"observations": self.obs_shape, "actions": (self.action_dim,)}
        shape = (self.buffer_size, self.n_envs)
        self.columns = {name: torch.zeros((*shape, *widths.get(name, ())), device=self.device) for name in _COLUMNS}
        """The memory, by SB3's names."""

    def add_step(self, **values: Tensor) -> None:
        """One control step of all N worlds, by the names of the first six columns. Shapes (N, ...)."""
        for name, value in values.items():
            self.columns[name][self.pos].copy_(value)
        self.pos += 1
        self.full = self.pos == self.buffer_size

    def compute_returns_and_advantage(  # pyright: ignore[reportIncompatibleMethodOverride]  # tensors in place of arrays
        self, last_values: Tensor, dones: Tensor
    ) -> None:
        """Generalised advantage estimates (Schulman et al. 2016) and the returns that values learn. Shapes (N,)."""
        column = self.columns
        later_value, later_alive = last_values, 1.0 - dones.float()
        advantage = torch.zeros_like(last_values)
        for step in reversed(range(self.buffer_size)):
            value = column["values"][step]
            surprise = column["rewards"][step] + self.gamma * later_value * later_alive - value
            advantage = surprise + self.gamma * self.gae_lambda * later_alive * advantage
            column["advantages"][step].copy_(advantage)
            later_value, later_alive = value, 1.0 - column["episode_starts"][step]
        torch.add(column["advantages"], column["values"], out=column["returns"])

    def get(self, batch_size: int | None = None) -> Generator[RolloutBufferSamples, None, None]:
        """Minibatches in random order, every sample once."""
        whole = self.samples()
        for rows in self.rows(batch_size):
            yield RolloutBufferSamples(*(column.index_select(0, rows) for column in whole))

    def samples(self) -> RolloutBufferSamples:
        """All samples, time step after time step; views of the buffer, not copies."""
        return RolloutBufferSamples(*(self.columns[name].flatten(0, 1) for name in _SAMPLED))

    def rows(self, batch_size: int | None = None) -> tuple[Tensor, ...]:
        """Which samples each minibatch of a pass holds, in random order. Shapes (batch_size,), int64."""
        count = self.buffer_size * self.n_envs
        order = torch.randperm(count, generator=self._generator, device=self._generator.device)
        return order.split(batch_size or count)
