"""Actor and critic: Stable-Baselines3's policy with the normaliser inside and optional bfloat16 hidden layers while training."""

from typing import Any

import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from torch import Tensor, nn

from sfv.imitate.vec_env import action_space, observation_space
from sfv.learn.normalizer import ObservationNormalizer


class ImitationNetwork(ActorCriticPolicy):
    """Separate policy and value networks over one normaliser, diagonal Gaussian actions."""

    features_extractor: ObservationNormalizer
    low_precision: bool = False
    """Compute the hidden layers in bfloat16; weights, output layers and losses stay float32. Playing never does."""

    def hidden(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Last hidden layers of policy and value network, float32."""
        features = self.features_extractor(observations)
        with torch.autocast(features.device.type, torch.bfloat16, enabled=self.low_precision):
            policy, value = self.mlp_extractor(features)
        return policy.float(), value.float()

    def explore(self, observations: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Noisy actions (N, nu), values (N,) and log-probabilities (N,); ``noise`` is standard normal, (N, nu)."""
        policy, value = self.hidden(observations)
        actions = self.action_net(policy) + noise * self.log_std.exp()
        log_prob = (-0.5 * noise**2 - self.log_std - _HALF_LOG_2PI).sum(-1)
        return actions, self.value_net(value).squeeze(-1), log_prob

    def evaluate(self, observations: Tensor, actions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Values (N,), log-probabilities (N,) of ``actions``, and the entropy of the distribution (scalar)."""
        policy, value = self.hidden(observations)
        noise = (actions - self.action_net(policy)) * torch.exp(-self.log_std)
        log_prob = (-0.5 * noise**2 - self.log_std - _HALF_LOG_2PI).sum(-1)
        entropy = (0.5 + _HALF_LOG_2PI + self.log_std).sum()
        return self.value_net(value).squeeze(-1), log_prob, entropy

    def values(self, observations: Tensor) -> Tensor:
        """Values (N,)."""
        return self.value_net(self.hidden(observations)[1]).squeeze(-1)

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
