"""checkpoint.npz: all that the next update depends on, so that a resumed run is the run it would have been."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sfv.budget import reading
from sfv.errors import FileFormatError, SfvError
from sfv.files import load_npz, save_npz
from sfv.learn.ppo.ppo import ImitationPPO
from sfv.learn.run.policy import network_arrays, restore_network
from sfv.learn.run.weights import checked_state, finite_weights
from sfv.motion.fields import flag, numbers, text, whole

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.npz"
"""Name inside a run folder."""
SCHEMA, VERSION = "sfv.checkpoint", 1
_MOST_SAMPLES = 2**62
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")  # Adam's state of one parameter
_OLD_SPAN = 1 << 32
"""Checkpoints of earlier versions hold a start as ``clip * _OLD_SPAN + frame``."""


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
    path = folder / CHECKPOINT
    data = load_npz(path, SCHEMA, VERSION, ("generator", "observation", "counter.samples"))
    return whole(data["counter.samples"], f"{path}: counter.samples", 0, _MOST_SAMPLES)


def load_checkpoint(folder: Path, learner: ImitationPPO) -> Counters:
    """Put the learner and its worlds back to where the checkpoint was written. Raises FileFormatError."""
    path = folder / CHECKPOINT
    data = load_npz(path, SCHEMA, VERSION, ("generator", "observation", "episode_starts", "updates"))
    with _refused(path):
        made_on = text(data.get("device", "cpu"), "device")
        ranks = whole(data.get("ranks", 1), "ranks", 1)
    if made_on != learner.device.type:
        raise SfvError(
            f"{path} was written by a training on '{made_on[:40]}'; go on with --learner.device {made_on[:40]}"
        )
    if ranks != learner.ranks.size:
        raise SfvError(
            f"{path} was written by a training in {ranks} processes, not {learner.ranks.size}; start as many"
        )
    own = _own(folder, learner, data)
    with _refused(path):
        counters = _counters(data)
        updates = whole(data["updates"], "updates", 0, _MOST_SAMPLES)
        low_precision = flag(data["low_precision"], "low_precision")
        moments = [_moments(data, i, parameter, path) for i, parameter in enumerate(learner.network.parameters())]
        restore_network(learner.network, data, path)
        for parameter, found in zip(learner.network.parameters(), moments):
            if found:
                learner.network.optimizer.state[parameter] = found
        if own is not None:
            _restore_worlds(own, learner)
    learner.network.low_precision = low_precision
    learner._n_updates = updates
    learner.num_timesteps = counters.samples
    return counters


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Say of whatever is wrong inside that the checkpoint in ``path`` does not fit, and what mends it."""
    try:
        with reading(path, "checkpoint of this run", _MEND):
            yield
    except SfvError as error:
        told = str(error).removeprefix(f"{path}: ")
        if told.startswith(str(path)):
            raise
        raise FileFormatError(f"{path} does not fit this run: {told}; {_MEND}") from error


_MEND = "delete it to start anew"


def _counters(data: Mapping[str, np.ndarray]) -> Counters:
    """Where the run stood. Raises FileFormatError for what no run can have counted."""
    known = {"best_score": data["counter.best_nr"]}  # version 0.1 had no other score
    known |= {name.removeprefix("counter."): value for name, value in data.items() if name.startswith("counter.")}
    found: dict[str, int | float] = {}
    for name, usual in asdict(Counters()).items():
        what = f"counter.{name}"
        if isinstance(usual, int):
            found[name] = whole(known[name], what, 0, _MOST_SAMPLES)
        else:
            found[name] = float(numbers(known[name], what, ()))
    return Counters(**found)  # type: ignore[arg-type]  # each has its field's kind


def _moments(data: Mapping[str, np.ndarray], number: int, parameter: Tensor, path: Path) -> dict[str, Tensor]:
    """Adam's state of a parameter; empty where it has none yet."""
    if f"adam.{number}.step" not in data:
        return {}
    shape = tuple(parameter.shape)
    shapes = {f"adam.{number}.{name}": () if name == "step" else shape for name in _MOMENTS}
    found = checked_state(data, shapes, path)
    return {name: found[f"adam.{number}.{name}"].to(parameter.device, copy=True) for name in _MOMENTS}


def _restore_worlds(own: Mapping[str, np.ndarray], learner: ImitationPPO) -> None:
    """Worlds, what was seen last, and random numbers. Raises FileFormatError for arrays of other shapes or kinds."""
    core = learner.core
    given = {name.removeprefix("worlds."): value for name, value in own.items() if name.startswith("worlds.")}
    _with_moments(given)
    now = core.save_state()
    for name, value in now.items():
        _same_kind(given, name, value)
    lengths = core.library.length.cpu().numpy()
    for name in ("start", *(name for name in ("pool.moments",) if name in now)):
        _within_clips(given[name], f"worlds.{name}", lengths)
    if not 0 <= int(given["elapsed"].min()) <= int(given["elapsed"].max()) <= max(core.max_steps, int(lengths.max())):
        raise FileFormatError("worlds.elapsed holds times beyond an episode's end")
    _same_kind(own, "observation", torch.empty(core.num_worlds, core.observation_size))
    _same_kind(own, "episode_starts", torch.empty(core.num_worlds, dtype=torch.bool))
    _same_kind(own, "generator", learner.generator.get_state())
    finite_weights(own["observation"], "observation", Path(CHECKPOINT))
    try:
        core.load_state({name: torch.from_numpy(value) for name, value in given.items()})
        learner.generator.set_state(torch.from_numpy(own["generator"]))
    except Exception:
        core.load_state(now)
        raise
    learner.seen = torch.from_numpy(own["observation"]).to(learner.device)
    learner.began = torch.from_numpy(own["episode_starts"]).to(learner.device)


def _with_moments(given: dict[str, np.ndarray]) -> None:
    """Starts of checkpoints of earlier versions, one number each, as (clip, frame), in place."""
    for old, name in (("start", "start"), ("pool.frames", "pool.moments")):
        if old in given and given[old].ndim == 1:
            frames = given.pop(old)
            given[name] = np.stack((frames // _OLD_SPAN, frames % _OLD_SPAN), axis=1)


def _within_clips(moments: np.ndarray, name: str, lengths: np.ndarray) -> None:
    """Raise FileFormatError unless moments (N, 2) lie in clips of these ``lengths``."""
    clip, frame = moments.T
    if not ((clip >= 0) & (clip < len(lengths))).all() or not ((frame >= 0) & (frame < lengths[clip])).all():
        raise FileFormatError(f"{name} holds times beyond the clip's end")


def _same_kind(given: Mapping[str, np.ndarray], name: str, now: Tensor) -> None:
    """Raise FileFormatError unless ``given`` has an array of that name with the shape and the type of ``now``."""
    if name not in given:
        raise FileFormatError(f"{name} is missing")
    value, wanted = given[name], (tuple(now.shape), str(now.dtype).removeprefix("torch."))
    if (value.shape, value.dtype.name) != wanted:
        raise FileFormatError(
            f"{name} is {value.dtype.name[:40]} of shape {value.shape}, not {wanted[1]} of {wanted[0]}"
        )


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
