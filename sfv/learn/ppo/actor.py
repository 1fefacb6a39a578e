"""Actor: the half of the network that plays, normaliser included; its weights have the names they have in the whole network."""

from itertools import pairwise

from torch import Tensor, nn

from sfv.imitate.vec_env import observation_space
from sfv.learn.ppo.normalizer import ObservationNormalizer


class Actor(nn.Module):
    """Normaliser, hidden ReLU layers and the mean of the actions, as in ``ImitationNetwork``; always float32."""

    def __init__(self, observation_size: int, action_size: int, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.features_extractor = ObservationNormalizer(observation_space(observation_size))
        widths = (observation_size, *hidden)
        layers = [layer for sizes in pairwise(widths) for layer in (nn.Linear(*sizes), nn.ReLU())]
        self.mlp_extractor = nn.ModuleDict({"policy_net": nn.Sequential(*layers)})
        self.action_net = nn.Linear(widths[-1], action_size)

    def mean_action(self, observations: Tensor) -> Tensor:
        """Deterministic actions. Shape (N, observation_size) -> (N, action_size)."""
        return self.action_net(self.mlp_extractor["policy_net"](self.features_extractor(observations)))
