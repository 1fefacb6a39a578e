"""Policy: what a trained run plays with; saved as plain arrays, normaliser included, no pickle."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sfv.errors import FileFormatError, SfvError
from sfv.files import load_npz, save_npz
from sfv.learn.network import ImitationNetwork, build_network

POLICY_FILE = "policy.npz"
"""Name of the artefact inside a run folder."""
SCHEMA, VERSION = "sfv.policy", 1
_PREFIX = "network."


@dataclass(frozen=True)
class Policy:
    """A deterministic policy."""

    network: ImitationNetwork
    observation_size: int
    action_size: int

    @torch.no_grad()
    def act(self, observation: Tensor) -> Tensor:
        """Mean action. Shape (N, observation_size) -> (N, action_size)."""
        if observation.shape[-1] != self.observation_size:
            raise SfvError(
                f"the policy was trained on {self.observation_size} observed numbers, the task gives {observation.shape[-1]}; "
                "evaluate it with the character and the imitation settings of its own run folder"
            )
        return self.network.mean_action(observation)


def save_policy(network: ImitationNetwork, path: Path | str) -> None:
    """Write the network with its normaliser."""
    hidden = [layer.out_features for layer in network.mlp_extractor.policy_net if isinstance(layer, torch.nn.Linear)]
    arrays: dict[str, np.ndarray] = {
        "hidden": np.asarray(hidden),
        "observation_size": np.asarray(network.features_dim),
        "action_size": np.asarray(network.log_std.shape[0]),
    }
    save_npz(path, SCHEMA, VERSION, arrays | network_arrays(network))


def load_policy(path: Path | str) -> Policy:
    """Load a policy from its file or from the run folder it lies in. Raises FileFormatError."""
    path = Path(path)
    path = path / POLICY_FILE if path.is_dir() else path
    data = load_npz(path, SCHEMA, VERSION, ("hidden", "observation_size", "action_size"))
    sizes = int(data["observation_size"]), int(data["action_size"])
    network = build_network(*sizes, tuple(int(width) for width in data["hidden"]))
    restore_network(network, data, path)
    network.set_training_mode(False)
    return Policy(network, *sizes)


def network_arrays(network: ImitationNetwork) -> dict[str, np.ndarray]:
    """Every weight and statistic by name."""
    return {_PREFIX + name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}


def restore_network(network: ImitationNetwork, arrays: dict[str, np.ndarray], path: Path) -> None:
    """Put arrays of ``network_arrays`` back. Raises FileFormatError where they do not fit."""
    state = {
        name.removeprefix(_PREFIX): torch.from_numpy(value)
        for name, value in arrays.items()
        if name.startswith(_PREFIX)
    }
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise FileFormatError(f"{path} does not hold this network: {str(error).splitlines()[-1].strip()}") from error
