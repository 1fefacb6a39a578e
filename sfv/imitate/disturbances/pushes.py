"""Pushes that come by themselves while training: at random times, in random horizontal directions, with random forces."""

import math

import torch
from torch import Tensor

from sfv.environment.randomisation import Factors, RandomisationConfig
from sfv.physics.worlds import Worlds


class Pushes:
    """Of N worlds; each waits, is pushed, and waits again."""

    def __init__(
        self, worlds: Worlds, config: RandomisationConfig, body: int, control_hz: float, generator: torch.Generator
    ) -> None:
        """``body`` is pushed at its centre of mass."""
        self._worlds, self._config, self._body, self._hz, self._generator = worlds, config, body, control_hz, generator
        device, count = worlds.device, worlds.num_worlds
        self._everyone = torch.arange(count, device=device)
        self._steps = max(round(config.push_seconds * control_hz), 1)
        self._wait = self._pause(config.push_interval)
        """Control steps until the next push begins; negative while one lasts. Shape (N,), int64."""
        self.force = torch.zeros(count, 3, device=device)
        """Of this control step, newtons; zero between pushes. Shape (N, 3)."""

    def begin(self, ended: Tensor) -> None:
        """New episodes begin in the worlds that ``ended`` (N,), bool."""
        first = self._pause(self._config.push_first or self._config.push_interval)
        self._wait.copy_(torch.where(ended, first, self._wait))
        self.force.masked_fill_(ended[:, None], 0.0)

    def step(self) -> None:
        """Push where it is time."""
        self._wait -= 1
        begins, ends = self._wait == -1, self._wait < -self._steps
        self.force.copy_(torch.where(begins[:, None], self._draw(), self.force))
        self.force.masked_fill_(ends[:, None], 0.0)
        self._wait.copy_(torch.where(ends, self._pause(self._config.push_interval), self._wait))
        self._worlds.push(self._everyone, self._body, self.force)

    def state(self) -> dict[str, Tensor]:
        """Everything that changes, by name; the tensors themselves."""
        return {"wait": self._wait, "force": self.force}

    def _pause(self, interval: Factors) -> Tensor:
        low, high = (seconds * self._hz for seconds in interval)
        return (low + (high - low) * self._uniform()).round().long().clamp_min(1)

    def _draw(self) -> Tensor:
        low, high = self._config.push_newtons
        size, angle = low + (high - low) * self._uniform(), 2.0 * math.pi * self._uniform()
        return torch.stack((size * angle.cos(), size * angle.sin(), torch.zeros_like(size)), dim=-1)

    def _uniform(self) -> Tensor:
        count, device = self._worlds.num_worlds, self._worlds.device
        return torch.rand(count, generator=self._generator, device=device)
