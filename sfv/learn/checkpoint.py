"""checkpoint.npz: all that the next update depends on, so that a resumed run is the run it would have been."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.files import load_npz, save_npz
from sfv.learn.policy import network_arrays, restore_network
from sfv.learn.ppo import ImitationPPO

CHECKPOINT = "checkpoint.npz"
"""Name inside a run folder."""
SCHEMA, VERSION = "sfv.checkpoint", 1
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")  # Adam's state of one parameter


@dataclass
class Counters:
    """Where a run stands."""

    samples: int = 0
    minutes: float = 0.0
    best_nr: float = -1.0
    """Highest NR of the evaluations so far; -1 before the first."""
    best_samples: int = 0
    best_finished: float = 0.0
    last_nr: float = -1.0
    next_nr: int = 0
    """Samples at which the next evaluation is due."""


def save_checkpoint(folder: Path, learner: ImitationPPO, counters: Counters) -> None:
    """Write the checkpoint in one piece."""
    arrays = network_arrays(learner.network)
    for i, parameter in enumerate(learner.network.parameters()):
        for name in _MOMENTS:
            state = learner.network.optimizer.state.get(parameter)
            if state:
                arrays[f"adam.{i}.{name}"] = state[name].numpy()
    arrays |= {f"worlds.{name}": value.numpy() for name, value in learner.core.save_state().items()}
    arrays |= {f"counter.{name}": np.asarray(value) for name, value in asdict(counters).items()}
    arrays["generator"] = learner.generator.get_state().numpy()
    arrays["observation"] = np.asarray(learner._last_obs)
    arrays["episode_starts"] = np.asarray(learner._last_episode_starts)
    arrays["updates"] = np.asarray(learner._n_updates)
    arrays["low_precision"] = np.asarray(learner.network.low_precision)
    save_npz(folder / CHECKPOINT, SCHEMA, VERSION, arrays)


def load_checkpoint(folder: Path, learner: ImitationPPO) -> Counters:
    """Put the learner and its worlds back to where the checkpoint was written. Raises FileFormatError."""
    path = folder / CHECKPOINT
    data = load_npz(path, SCHEMA, VERSION, ("generator", "observation", "episode_starts", "updates"))
    restore_network(learner.network, data, path)
    try:
        for i, parameter in enumerate(learner.network.parameters()):
            if f"adam.{i}.step" in data:
                moments = {name: torch.from_numpy(data[f"adam.{i}.{name}"]).clone() for name in _MOMENTS}
                learner.network.optimizer.state[parameter] = moments
        worlds = {name.removeprefix("worlds."): value for name, value in data.items() if name.startswith("worlds.")}
        learner.core.load_state({name: torch.from_numpy(value) for name, value in worlds.items()})
        learner.generator.set_state(torch.from_numpy(data["generator"]))
        counters = Counters(**{name: data[f"counter.{name}"].item() for name in asdict(Counters())})
        learner.network.low_precision = bool(data["low_precision"])
    except (KeyError, RuntimeError) as error:
        raise FileFormatError(f"{path} does not fit this run ({error}); delete it to start anew") from error
    learner._last_obs = data["observation"]
    learner._last_episode_starts = data["episode_starts"]
    learner._n_updates = int(data["updates"])
    learner.num_timesteps = counters.samples
    return counters
