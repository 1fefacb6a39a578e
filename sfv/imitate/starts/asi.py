"""Adaptive state initialisation (ASI): a second agent learns which start poses around the reference let episodes succeed.

Peng et al., SFV, SIGGRAPH Asia 2018, section on adaptive state initialisation. Policy pi(a|s) and start distribution
rho(s0), s0 = [pose, phase], climb the same J = E[sum_t gamma^t r_t]. The phase is uniform over k equally spaced phases i, the
pose is N(mu_i, Sigma_i) with diagonal Sigma_i, and the distribution's gradient is REINFORCE's, one term an episode:

    grad J = E[ grad log rho(s0) sum_t gamma^t r_t ]

Poses are reduced coordinates in the tangent space of the reference pose of the phase (``tangent``), so mu_i starts at zero, the
reference itself; Sigma_i starts at the diagonal sample covariance of all reference poses. Velocities are the reference's.

Four things the paper leaves open are decided here:

- log sigma is what is learned, so that no step can turn a variance negative.
- Starts late in a clip that ends have short episodes with small returns by construction. The return of a phase with h control
  steps left is scaled by (1 - gamma^H) / (1 - gamma^h), H the longest: the return of an equally good but longest episode.
- A pose that is a failure already (it touches the ground with what must not) is an episode of return zero; the world is then
  given another pose of the same phase.
- The gradient is averaged within each phase and then over phases, so that phases which are started in more often (failure
  weights) do not learn faster. With ``baseline`` an episode's return is compared with the mean of the phase's other episodes,
  which leaves the expectation as it is: n / (n - 1) (mean(score R) - mean(score) mean(R)).
"""

import math

import torch
from torch import Tensor

from sfv.imitate.config import AsiConfig

_NONE = -1  # phase of a world whose episode did not start from the distribution


class AdaptiveStarts:
    """k Gaussians over D pose coordinates, and what the running episodes of N worlds have earned for them."""

    def __init__(self, std: Tensor, horizon: Tensor, num_worlds: int, config: AsiConfig) -> None:
        """``std`` (D,) of the reference's poses; ``horizon`` (k,) control steps that an episode of each phase can have."""
        bins, size, device = len(horizon), len(std), std.device
        self.config = config
        reach = 1.0 - config.discount ** horizon.double()
        self._scale = (reach.max() / reach).float()
        self.mean = torch.zeros(bins, size, device=device)
        """Centre of each Gaussian, as an offset from the phase's reference pose. Shape (k, D), metres and radians."""
        self.log_std = (std * config.spread).clamp_min(config.min_std).log().expand(bins, -1).clone()
        """Logarithm of the standard deviations. Shape (k, D)."""
        self.bin = torch.full((num_worlds,), _NONE, device=device)
        """Phase from whose Gaussian each world's episode started, -1 for none. Shape (N,)."""
        self._score = torch.zeros(num_worlds, 2 * size, device=device)
        self._return = torch.zeros(num_worlds, device=device)
        self._weight = torch.ones(num_worlds, device=device)
        self.count = torch.zeros(bins, device=device)
        """Episodes of each phase since the last update. Shape (k,)."""
        self._sum_return = torch.zeros(bins, device=device)
        self._sum_score = torch.zeros(bins, 2 * size, device=device)
        self._sum_product = torch.zeros(bins, 2 * size, device=device)
        self.tally = torch.zeros(4, dtype=torch.long)
        """Starts drawn, starts rejected, worlds that fell back to the reference, updates made. Shape (4,)."""

    def draw(self, ids: Tensor, bins: Tensor, generator: torch.Generator) -> Tensor:
        """Begin episodes of worlds ``ids`` in phases ``bins``: offsets from the reference pose. Shapes (K,) -> (K, D)."""
        mean, std = self.mean[bins], self.log_std[bins].exp()
        normal = torch.randn(mean.shape, generator=generator, device=generator.device)
        self.bin[ids] = bins
        # The score belongs to the parameters the start was drawn with, though an update may come before the episode ends.
        self._score[ids] = torch.cat((normal / std, normal**2 - 1.0), dim=1)
        self._return[ids], self._weight[ids] = 0.0, 1.0
        self.tally[0] += len(ids)
        return mean + normal * std

    def leave(self, ids: Tensor) -> None:
        """Episodes of worlds ``ids`` teach the distribution nothing. Shape (K,)."""
        self.bin[ids] = _NONE

    def fall_back(self, ids: Tensor) -> None:
        """Worlds ``ids``, just rejected, start at the reference itself. Shape (K,)."""
        self.tally[2] += len(ids)

    def reject(self, ids: Tensor) -> None:
        """The starts just drawn for worlds ``ids`` are failures: episodes of return zero. Shape (K,)."""
        self.tally[1] += len(ids)
        self.finish(ids)

    def earn(self, rewards: Tensor) -> None:
        """Add one control step's rewards to the running episodes. Shape (N,)."""
        self._return += self._weight * rewards
        self._weight *= self.config.discount

    def finish(self, ids: Tensor) -> None:
        """Episodes of worlds ``ids`` ended; every ``config.episodes`` of them the Gaussians move. Shape (K,)."""
        ids = ids[self.bin[ids] != _NONE]
        bins, score = self.bin[ids], self._score[ids]
        earned = self._return[ids] * self._scale[bins]
        self.count.index_add_(0, bins, torch.ones_like(earned))
        self._sum_return.index_add_(0, bins, earned)
        self._sum_score.index_add_(0, bins, score)
        self._sum_product.index_add_(0, bins, score * earned[:, None])
        self.bin[ids] = _NONE
        if float(self.count.sum()) >= self.config.episodes:
            self._ascend()

    def gradient(self) -> Tensor:
        """Estimate of grad J from the episodes since the last update, by mean and log std. Shape (k, 2 D)."""
        count = self.count[:, None]
        product = self._sum_product / count.clamp_min(1.0)
        if self.config.baseline:
            score, earned = self._sum_score / count.clamp_min(1.0), self._sum_return[:, None] / count.clamp_min(1.0)
            product = (product - score * earned) * count / (count - 1.0).clamp_min(1.0)
        return product / len(self.count)

    def _ascend(self) -> None:
        step = self.config.step_size * self.gradient()
        self.mean += step[:, : self.mean.shape[1]]
        self.log_std += step[:, self.mean.shape[1] :]
        self.log_std.clamp_min_(math.log(self.config.min_std))
        for total in (self.count, self._sum_return, self._sum_score, self._sum_product):
            total.zero_()
        self.tally[3] += 1

    def state(self) -> dict[str, Tensor]:
        """Everything that changes, by name; the tensors themselves."""
        return {
            "mean": self.mean,
            "log_std": self.log_std,
            "bin": self.bin,
            "score": self._score,
            "return": self._return,
            "weight": self._weight,
            "count": self.count,
            "sum_return": self._sum_return,
            "sum_score": self._sum_score,
            "sum_product": self._sum_product,
            "tally": self.tally,
        }
