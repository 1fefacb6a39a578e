"""Observation normaliser as a part of the policy: its statistics are saved, loaded and moved with the weights."""

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor

from sfv.learn.ranks import Ranks

LIMIT = 10.0
"""Normalised observations are clipped to this many standard deviations."""
FLOOR = 1e-2
"""Smallest standard deviation that is divided by: columns that hardly vary are not blown up."""


class ObservationNormalizer(BaseFeaturesExtractor):
    """(x - mean) / std with running statistics; a feature extractor in the sense of Stable-Baselines3."""

    mean: Tensor
    variance: Tensor
    count: Tensor

    def __init__(self, observation_space: spaces.Box) -> None:
        size = int(observation_space.shape[0])
        super().__init__(observation_space, size)
        self.register_buffer("mean", torch.zeros(size, dtype=torch.float64))
        self.register_buffer("variance", torch.ones(size, dtype=torch.float64))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    def forward(self, observations: Tensor) -> Tensor:
        """Shape (N, observation_size) -> (N, observation_size)."""
        std = self.variance.sqrt().clamp_min(FLOOR)
        return ((observations - self.mean.float()) / std.float()).clamp(-LIMIT, LIMIT)

    @torch.no_grad()
    def update(self, observations: Tensor, ranks: Ranks | None = None) -> None:
        """Merge a batch into the statistics (Chan et al. 1979). Shape (N, observation_size).

        With ``ranks`` the batches of all processes, which must be of one size.
        """
        ranks = ranks or Ranks()
        count = float(len(observations) * ranks.size)
        mean = observations.mean(0)
        variance = (
            (observations - mean).square_().mean(0).double()
        )  # an eighth of the time of torch.var_mean down columns
        mean = mean.double()
        if ranks.size > 1:
            own, mean = mean, ranks.average(mean.clone())
            variance = ranks.average(variance + (own - mean) ** 2)
        total = self.count + count
        delta = mean - self.mean
        self.variance.copy_(
            (self.variance * self.count + variance * count + delta**2 * self.count * count / total) / total
        )
        self.mean += delta * count / total
        self.count.copy_(total)
