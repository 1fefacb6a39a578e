"""Beginning a training with the weights of another run: a policy from level ground learns other ground in a fraction of the time."""

from pathlib import Path

import numpy as np
import torch

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.imitate.rewards.object_task import OBJECT_NUMBERS
from sfv.learn.config import RunConfig
from sfv.learn.ppo.network import ImitationNetwork
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import POLICY_FILE, network_arrays, policy_arrays

_FIRST_LAYERS = ("mlp_extractor.policy_net.0.weight", "mlp_extractor.value_net.0.weight")
_NORMALIZER = ("features_extractor.mean", "features_extractor.variance")  # how their names end
_HEIGHT_STD = 0.1
"""Standard deviation that a new height is normalised with until the statistics have seen some, metres."""
_OBJECT_STD = 0.5
"""The same for the numbers of an object: metres, m/s."""
_SAME = ("clip_view", "observe_reference", "targets", "action_scale", "target_seconds", "one_of")
"""Settings that change what the policy's numbers mean."""
_SAME_MAP = ("height_map", "height_map_ahead", "height_map_aside")
"""The same of a policy that sees the ground."""


def check_warm_start(run: RunConfig, folder: Path) -> None:
    """Raise SfvError where the run in ``folder`` is one of another character, of other observations or actions, or damaged."""
    other, _ = read_run(folder)
    mine, theirs = load_character(run.character).name, load_character(other.character).name
    if mine != theirs:
        raise SfvError(f"{folder} holds a policy of character '{theirs}', not of '{mine}'; start from one of '{mine}'")
    names = _SAME + (_SAME_MAP if other.imitation.height_map else ())
    changed = [name for name in names if getattr(run.imitation, name) != getattr(other.imitation, name)]
    if changed:
        raise SfvError(
            f"{folder} was trained with other settings of imitation.{', imitation.'.join(changed)}; "
            "train with the same ones (--config takes those of a run) or without --from"
        )
    policy_arrays(folder / POLICY_FILE)


def warm_start(network: ImitationNetwork, run: RunConfig, folder: Path) -> bool:
    """Put the weights of the run in ``folder`` into the network of ``run``; says whether they had a value network.

    What the other policy did not see (a height map, an object) begins with weights of zero: at first it plays as it did. Raises
    SfvError for a policy that does not fit.
    """
    check_warm_start(run, folder)
    data = policy_arrays(folder / POLICY_FILE)
    own = network_arrays(network)
    given = {name: data[name].astype(own[name].dtype) for name in own if name in data}
    missing = [name for name in own if name not in data and "policy_net" in name]
    wide = network.features_dim - int(data["observation_size"])
    task = load_environment(run.env).task is not None
    if missing or wide < 0 or (wide > 0 and not (run.imitation.height_map or task)):
        raise SfvError(
            f"the policy in {folder} does not fit: it observes {int(data['observation_size'])} numbers through layers of "
            f"{data['hidden'].tolist()}, this run {network.features_dim} through {list(run.learner.hidden)}"
        )
    state = network.state_dict()
    for name, value in given.items():
        plain = name.removeprefix("network.")
        if wide and plain.endswith((*_FIRST_LAYERS, *_NORMALIZER)):
            new = np.zeros((*value.shape[:-1], wide), value.dtype)
            if plain.endswith(_NORMALIZER[1]):
                new[:] = _HEIGHT_STD**2
                new[-OBJECT_NUMBERS if task else wide :] = _OBJECT_STD**2
            value = np.concatenate([value, new], axis=-1)
        if plain == "log_std":
            continue  # the noise is this run's own
        if tuple(value.shape) != tuple(state[plain].shape):
            raise SfvError(
                f"the policy in {folder} has other layers than this run; set --learner.hidden {data['hidden'].tolist()}"
            )
        state[plain] = torch.from_numpy(value)
    network.load_state_dict(state)
    return any("value_net" in name for name in given)
