"""Policy: what a trained run plays with; saved as plain arrays, normaliser included, no pickle; whole or small enough to ship."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sfv.errors import FileFormatError, SfvError
from sfv.files import load_npz, save_npz
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.learn.ppo.actor import Actor
from sfv.learn.ppo.network import ImitationNetwork
from sfv.learn.run.folder import POLICY_FILE as POLICY_FILE
from sfv.learn.run.weights import actor_shapes, checked_state, finite_weights, network_sizes

SCHEMA, VERSION = "sfv.policy", 2
"""Version 2 keeps the matrices of small policies as two planes of bytes; 1 kept them as they are."""
_PREFIX = "network."


@dataclass(frozen=True)
class Policy:
    """A deterministic policy."""

    network: Actor
    observation_size: int
    action_size: int
    path: Path = Path(POLICY_FILE)
    """Where it was read."""

    @property
    def folder(self) -> Path:
        """The run folder that it lies in."""
        return self.path.parent

    def check(self, core: ImitationWorlds) -> None:
        """Raise SfvError unless the policy sees what ``core`` shows and moves what that moves."""
        if (core.observation_size, core.action_size) != (self.observation_size, self.action_size):
            raise SfvError(
                f"the policy in {self.path} belongs to another character or task: it sees {self.observation_size} numbers and "
                f"moves {self.action_size} motors, '{core.character.name}' as in its config.toml has {core.observation_size} "
                f"and {core.action_size}; give the folder as training wrote it"
            )

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
    _save(path, hidden, (network.features_dim, network.log_std.shape[0]), network_arrays(network))


def save_small_policy(policy: Policy, path: Path | str) -> None:
    """Write what plays and nothing else, weights in float16: less than a quarter of a megabyte for each 128 thousand of them."""
    layers = [
        layer for layer in policy.network.mlp_extractor["policy_net"].modules() if isinstance(layer, torch.nn.Linear)
    ]
    arrays = {name: _small(value) for name, value in network_arrays(policy.network).items()}
    _save(path, [layer.out_features for layer in layers], (policy.observation_size, policy.action_size), arrays)


def _small(value: np.ndarray) -> np.ndarray:
    """Matrices take nearly all of the room; biases and the normaliser's statistics keep their range and digits.

    All low bytes, then all high bytes: signs and exponents repeat, and lie together where zip finds it. Shape (R, C) float32
    -> (2, R, C) uint8.
    """
    if value.ndim != _MATRIX:
        return value.astype(np.float32)
    return np.moveaxis(value.astype("<f2")[..., None].view(np.uint8), -1, 0)


def _whole(value: np.ndarray, name: str, path: Path) -> np.ndarray:
    """What ``_small`` was given, to the digits of float16. Raises FileFormatError for bytes that are no two planes."""
    if value.dtype != np.uint8:
        return value
    if value.ndim != _MATRIX + 1 or len(value) != _PLANES:
        raise FileFormatError(
            f"{path}: {name} must be a matrix in two planes of bytes; it has shape {value.shape}: copy it again"
        )
    return np.ascontiguousarray(np.moveaxis(value, 0, -1)).view("<f2")[..., 0].astype(np.float32)


_MATRIX = 2  # dimensions
_PLANES = 2  # low bytes, high bytes


def _save(path: Path | str, hidden: list[int], sizes: tuple[int, int], arrays: dict[str, np.ndarray]) -> None:
    head = {"hidden": np.asarray(hidden), "observation_size": np.asarray(sizes[0]), "action_size": np.asarray(sizes[1])}
    save_npz(path, SCHEMA, VERSION, head | arrays)


def policy_for(path: Path | str, core: ImitationWorlds) -> Policy:
    """Load a policy that plays in ``core``. Raises FileFormatError, and SfvError for one of another task."""
    policy = load_policy(path)
    policy.check(core)
    return policy


def load_policy(path: Path | str) -> Policy:
    """Load a policy, whole or small, from its file or from the run folder it lies in. Raises FileFormatError."""
    path = Path(path)
    path = path / POLICY_FILE if path.is_dir() else path
    data = policy_arrays(path)
    observed, moved, hidden = network_sizes(data, path)
    shapes = actor_shapes(observed, moved, hidden)
    state = checked_state({name: data[_PREFIX + name] for name in shapes if _PREFIX + name in data}, shapes, path)
    network = Actor(observed, moved, hidden)
    network.load_state_dict(state)
    network.eval()
    return Policy(network, observed, moved, path)


def policy_arrays(path: Path) -> dict[str, np.ndarray]:
    """Everything in a policy's file by name, matrices as matrices, weights finite. Raises FileFormatError."""
    data = load_npz(path, SCHEMA, VERSION, ("hidden", "observation_size", "action_size"))
    network_sizes(data, path)
    return {
        name: finite_weights(_whole(value, name, path), name, path) if name.startswith(_PREFIX) else value
        for name, value in data.items()
    }


def network_arrays(network: torch.nn.Module) -> dict[str, np.ndarray]:
    """Every weight and statistic by name."""
    return {_PREFIX + name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}


def restore_network(network: torch.nn.Module, arrays: dict[str, np.ndarray], path: Path) -> None:
    """Put arrays of ``network_arrays`` back. Raises FileFormatError where they do not fit, or hold NaN or infinity."""
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    own = {name.removeprefix(_PREFIX): value for name, value in arrays.items() if name.startswith(_PREFIX)}
    network.load_state_dict(checked_state(own, shapes, path))
