"""Actor and critic: Stable-Baselines3's policy with the normaliser inside and optional bfloat16 hidden layers while training."""

from typing import Any

import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from torch import Tensor, nn

from sfv.imitate.vec_env import action_space, observation_space
from sfv.learn.ppo.normalizer import ObservationNormalizer


class ImitationNetwork(ActorCriticPolicy):
    """Separate policy and value networks over one normaliser, diagonal Gaussian actions."""

    features_extractor: ObservationNormalizer
    low_precision: bool = False
    """Compute the hidden layers in bfloat16; weights, output layers and losses stay float32. Playing never does."""

    def policy_parameters(self) -> list[nn.Parameter]:
        """Weights that act, without those of the value network."""
        return [*self.mlp_extractor.policy_net.parameters(), *self.action_net.parameters(), self.log_std]

    def features(self, observations: Tensor) -> Tensor:
        """Normalised observations in the arithmetic of the hidden layers: the same ones for a whole update. Shape (N, size)."""
        normal = self.features_extractor(observations)
        return normal.bfloat16() if self.low_precision else normal

    def action_means(self, features: Tensor) -> Tensor:
        """Mean actions (N, nu), float32, by the policy network alone."""
        with torch.autocast(features.device.type, torch.bfloat16, enabled=self.low_precision):
            hidden = self.mlp_extractor.policy_net(features)
        return self.action_net(hidden.float())

    def feature_values(self, features: Tensor) -> Tensor:
        """Values (N,), float32, by the value network alone."""
        with torch.autocast(features.device.type, torch.bfloat16, enabled=self.low_precision):
            hidden = self.mlp_extractor.value_net(features)
        return self.value_net(hidden.float()).squeeze(-1)

    def explore(self, features: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Noisy actions (N, nu) and log-probabilities (N,); ``noise`` is standard normal, (N, nu)."""
        actions = self.action_means(features) + noise * self.log_std.exp()
        return actions, self._log_prob(noise)

    def log_prob(self, features: Tensor, actions: Tensor) -> Tensor:
        """Log-probabilities of ``actions``. Shape (N,)."""
        return self._log_prob((actions - self.action_means(features)) * torch.exp(-self.log_std))

    def entropy(self) -> Tensor:
        """Entropy of the action distribution; the same for every observation."""
        return (0.5 + _HALF_LOG_2PI + self.log_std).sum()

    def values(self, observations: Tensor) -> Tensor:
        """Values (N,)."""
        return self.feature_values(self.features(observations))

    def _log_prob(self, noise: Tensor) -> Tensor:
        return (-0.5 * noise**2 - self.log_std - _HALF_LOG_2PI).sum(-1)

    def mean_action(self, observations: Tensor) -> Tensor:
        """Deterministic actions (N, nu), always in float32."""
        return self.action_net(self.mlp_extractor.forward_actor(self.features_extractor(observations)))


_HALF_LOG_2PI = 0.9189385332046727  # log(2 pi) / 2, of the normal density


def network_settings(hidden: tuple[int, ...], log_std_init: float) -> dict[str, Any]:
    """Arguments of ``ImitationNetwork`` beyond its spaces and step size, as SB3's ``policy_kwargs``."""
    return {
        "net_arch": {"pi": list(hidden), "vf": list(hidden)},
        "activation_fn": nn.ReLU,
        "log_std_init": log_std_init,
        "features_extractor_class": ObservationNormalizer,
        "optimizer_kwargs": {"eps": 1e-5, "fused": True},
    }


def build_network(observation_size: int, action_size: int, hidden: tuple[int, ...]) -> ImitationNetwork:
    """A network outside of a learner, to load weights into."""
    spaces = observation_space(observation_size), action_space(action_size)
    return ImitationNetwork(*spaces, lambda _: 0.0, **network_settings(hidden, 0.0))
