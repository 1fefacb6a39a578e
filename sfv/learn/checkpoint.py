"""checkpoint.npz: all that the next update depends on, so that a resumed run is the run it would have been."""

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from sfv.errors import FileFormatError, SfvError
from sfv.files import load_npz, save_npz
from sfv.learn.policy import network_arrays, restore_network
from sfv.learn.ppo import ImitationPPO

log = logging.getLogger(__name__)

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
    """NR of the policy that is kept: of the highest so far, or with a task of the best by both; -1 before the first."""
    best_score: float = -1.0
    """By what it is the best: NR, or what ``ObjectTask.score`` makes of NR and goal."""
    best_samples: int = 0
    best_finished: float = 0.0
    last_nr: float = -1.0
    next_nr: int = 0
    """Samples at which the next evaluation is due."""


def _path(folder: Path, learner: ImitationPPO) -> Path:
    """Each process of a training has a file of its own: its worlds and random numbers differ."""
    rank = learner.ranks.rank
    return folder / (CHECKPOINT if rank == 0 else CHECKPOINT.replace(".", f".{rank}."))


def save_checkpoint(folder: Path, learner: ImitationPPO, counters: Counters) -> None:
    """Write the checkpoint in one piece."""
    arrays = network_arrays(learner.network)
    for i, parameter in enumerate(learner.network.parameters()):
        for name in _MOMENTS:
            state = learner.network.optimizer.state.get(parameter)
            if state:
                arrays[f"adam.{i}.{name}"] = state[name].cpu().numpy()
    arrays |= {f"worlds.{name}": value.cpu().numpy() for name, value in learner.core.save_state().items()}
    arrays |= {f"counter.{name}": np.asarray(value) for name, value in asdict(counters).items()}
    arrays["generator"] = learner.generator.get_state().numpy()
    assert learner.seen is not None
    assert learner.began is not None
    arrays["observation"] = learner.seen.cpu().numpy()
    arrays["episode_starts"] = learner.began.cpu().numpy()
    arrays["device"] = np.asarray(learner.device.type)
    arrays["updates"] = np.asarray(learner._n_updates)
    arrays["low_precision"] = np.asarray(learner.network.low_precision)
    arrays["ranks"] = np.asarray(learner.ranks.size)
    save_npz(_path(folder, learner), SCHEMA, VERSION, arrays)


def samples_of(folder: Path) -> int:
    """Samples after which the checkpoint in ``folder`` was written. Raises FileFormatError where there is no sound one."""
    data = load_npz(folder / CHECKPOINT, SCHEMA, VERSION, ("generator", "observation", "counter.samples"))
    return int(data["counter.samples"])


def load_checkpoint(folder: Path, learner: ImitationPPO) -> Counters:
    """Put the learner and its worlds back to where the checkpoint was written. Raises FileFormatError."""
    path = folder / CHECKPOINT
    data = load_npz(path, SCHEMA, VERSION, ("generator", "observation", "episode_starts", "updates"))
    made_on = str(data.get("device", "cpu"))
    if made_on != learner.device.type:
        raise SfvError(f"{path} was written by a training on '{made_on}'; go on with --learner.device {made_on}")
    if (ranks := int(data.get("ranks", 1))) != learner.ranks.size:
        raise SfvError(
            f"{path} was written by a training in {ranks} processes, not {learner.ranks.size}; start as many"
        )
    restore_network(learner.network, data, path)
    own = _own(folder, learner, data)
    try:
        for i, parameter in enumerate(learner.network.parameters()):
            if f"adam.{i}.step" in data:
                moments = {
                    name: torch.from_numpy(data[f"adam.{i}.{name}"]).to(parameter.device, copy=True)
                    for name in _MOMENTS
                }
                learner.network.optimizer.state[parameter] = moments
        if own is not None:
            worlds = {name.removeprefix("worlds."): value for name, value in own.items() if name.startswith("worlds.")}
            learner.core.load_state({name: torch.from_numpy(value) for name, value in worlds.items()})
            learner.seen = torch.from_numpy(own["observation"]).to(learner.device)
            learner.began = torch.from_numpy(own["episode_starts"]).to(learner.device)
            learner.generator.set_state(torch.from_numpy(own["generator"]))
        known = {"best_score": data["counter.best_nr"]}  # version 0.1 had no other score
        known |= {name.removeprefix("counter."): value for name, value in data.items() if name.startswith("counter.")}
        counters = Counters(**{name: known[name].item() for name in asdict(Counters())})
        learner.network.low_precision = bool(data["low_precision"])
    except (KeyError, RuntimeError) as error:
        raise FileFormatError(f"{path} does not fit this run ({error}); delete it to start anew") from error
    learner._n_updates = int(data["updates"])
    learner.num_timesteps = counters.samples
    return counters


def _own(folder: Path, learner: ImitationPPO, first: dict[str, np.ndarray]) -> dict[str, np.ndarray] | None:
    """The worlds of this process. None where it was killed between two processes' checkpoints: its episodes begin anew."""
    path = _path(folder, learner)
    if learner.ranks.first:
        return first
    if path.is_file():
        own = load_npz(path, SCHEMA, VERSION, ("generator", "observation", "episode_starts", "updates"))
        if own["counter.samples"] == first["counter.samples"]:
            return own
    log.warning(
        "%s is not of the same update as %s; process %d begins its episodes anew", path, CHECKPOINT, learner.ranks.rank
    )
    return None
