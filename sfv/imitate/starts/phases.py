"""Where in the clip episodes start: equal parts of it, drawn uniformly or more often where the policy fails."""

import torch
from torch import Tensor

from sfv.imitate.config import FailureConfig


class PhaseBins:
    """The clip's possible start frames in ``bins`` equal parts, and an average of how often each part was failed in.

    As in BeyondMimic (Liao et al. 2025, adaptive sampling) the average is over control steps, a failure counts for its own
    part and, less, for the parts before it, and the probability of a part is

        p_i = weight (c_i + floor / bins) / (sum_j c_j + floor) + (1 - weight) / bins,   c_i = sum_u decay^u ema_(i + u)

    The counts are of failures, not of failures an attempt: what is visited more often counts more often, so the share
    1 - weight must keep every part alive. Mind the sign: this visits what FAILS, whereas ASI's gradient moves the start pose
    within one part to what SUCCEEDS; a clip part that cannot be done at all draws ``weight`` of all starts for nothing.
    """

    def __init__(
        self,
        bins: int,
        frames: int,
        length: int,
        cyclic: bool,
        weight: float,
        config: FailureConfig,
        device: torch.device | None = None,
    ) -> None:
        """``frames`` of the table's ``length`` frames are possible starts."""
        self.bins = min(bins, frames)
        self._length, self._cyclic, self._weight, self._config = length, cyclic, weight, config
        self.first = torch.div(torch.arange(self.bins + 1, device=device) * frames, self.bins, rounding_mode="floor")
        """First frame of each part, and the end of the last one. Shape (bins + 1,), int64."""
        self.failures = torch.zeros(self.bins, device=device)
        """Exponential average of the failures a control step in each part. Shape (bins,)."""

    def probabilities(self) -> Tensor:
        """Chance of each part to be started in. Shape (bins,), sum 1."""
        score, floor = self.scores(), self._config.floor
        hard = (score + floor / self.bins) / (score.sum() + floor)
        return self._weight * hard + (1.0 - self._weight) / self.bins

    def scores(self) -> Tensor:
        """Failures that count for each part: its own and, less, those of the parts behind it. Shape (bins,)."""
        config, score = self._config, torch.zeros_like(self.failures)
        for back in range(min(config.kernel, self.bins)):
            later = self.failures.roll(-back)
            if not self._cyclic and back:
                later[-back:] = 0.0  # nothing lies behind the end
            score += config.kernel_decay**back * later
        return score

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Random parts. Shape (count,), int64."""
        if self._weight == 0.0:
            return torch.randint(0, self.bins, (count,), generator=generator, device=generator.device)
        return torch.multinomial(self.probabilities(), count, replacement=True, generator=generator)

    def frames_in(self, bins: Tensor, generator: torch.Generator) -> Tensor:
        """A random frame of each given part. Shape (K,), int64."""
        share = torch.rand(bins.shape, generator=generator, device=generator.device)
        width = self.first[bins + 1] - self.first[bins]
        return self.first[bins] + (share * width).long().clamp_max(width - 1)

    def part(self, index: Tensor) -> Tensor:
        """Part that each table frame lies in; the last one beyond the last possible start. Shape (K,), int64."""
        row = index % self._length if self._cyclic else index
        return (torch.searchsorted(self.first, row.contiguous(), right=True) - 1).clamp(0, self.bins - 1)

    def record(self, moment: Tensor, failed: Tensor) -> None:
        """Count one control step's failures. Moments (N, 2), frames counted on through the cycles, failed (N,) bool."""
        counts = torch.bincount(self.part(moment[failed, 1]), minlength=self.bins).float()
        self.failures += self._config.memory * (counts - self.failures)
