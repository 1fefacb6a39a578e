"""Control steps of the imitation environment kept as they were, so that physics alone repeats the same work."""

import time
from dataclasses import dataclass
from typing import Any, cast

import mujoco
import numpy as np
import torch
from mujoco import rollout
from torch import Tensor

from sfv.imitate.worlds_env import ImitationWorlds
from sfv.physics.worlds import Worlds

_STATE = mujoco.mjtState.mjSTATE_FULLPHYSICS
_WARM = mujoco.mjtState.mjSTATE_WARMSTART


@dataclass(frozen=True)
class Recording:
    """K control steps of N worlds: where each began, and what its servos were asked for."""

    saved: list[dict[str, Tensor]]
    """``Worlds.save_state`` before each step."""
    targets: list[Tensor]
    """Shape (N, nu) each."""


def record(core: ImitationWorlds, steps: int, noise: float, generator: torch.Generator) -> Recording:
    """Step the environment with random actions and keep what its physics was given; resets are part of it."""
    inner, recorder = core.worlds, _Recorder(core.worlds)
    core.worlds = cast(Worlds, recorder)
    try:
        for _ in range(steps):
            core.step(random_actions(core, noise, generator))
    finally:
        core.worlds = inner
    return recorder.recording


class _Recorder:
    """Worlds that keep what ``step`` was given; everything else is the inner worlds' own."""

    def __init__(self, inner: Worlds) -> None:
        self._inner, self.recording = inner, Recording([], [])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def step(self, ctrl: Tensor, late: Tensor | None = None) -> None:
        self.recording.saved.append(self._inner.save_state())
        self.recording.targets.append(ctrl.clone())
        self._inner.step(ctrl, late)


def random_actions(core: ImitationWorlds, noise: float, generator: torch.Generator) -> Tensor:
    """Normal actions of an untrained policy. Shape (N, action_size)."""
    return noise * torch.randn((core.num_worlds, core.action_size), generator=generator)


class PhysicsReplay:
    """``Worlds.step`` on recorded states."""

    def __init__(self, worlds: Worlds, recording: Recording) -> None:
        self._worlds, self._recording, self._k = worlds, recording, 0

    def step(self) -> float:
        """Advance all worlds by one control step; returns its seconds, putting the state there not among them."""
        k = self._k = (self._k + 1) % len(self._recording.targets)
        self._worlds.load_state(self._recording.saved[k])
        begin = time.perf_counter()
        self._worlds.step(self._recording.targets[k])
        return time.perf_counter() - begin


class RawReplay:
    """mj_step alone on the recorded states, in as many threads: MuJoCo's own ``rollout``, which returns states only."""

    def __init__(self, model: mujoco.MjModel, recording: Recording, substeps: int, threads: int) -> None:
        self._model, self._substeps, self._k = model, substeps, 0
        self._models = [model] * len(recording.targets[0])  # without checks one is wanted for each world
        self._data = [mujoco.MjData(model) for _ in range(threads)]
        self._rollout = rollout.Rollout(nthread=threads)
        self._states = [_extracted(model, saved["state"].numpy(), _STATE) for saved in recording.saved]
        self._warm = [_extracted(model, saved["state"].numpy(), _WARM) for saved in recording.saved]
        self._targets = [np.repeat(ctrl.double().numpy()[:, None], substeps, 1) for ctrl in recording.targets]
        count, size = self._states[0].shape
        self._out = np.empty((count, substeps, size))
        self._sensors = np.empty((count, substeps, model.nsensordata))

    def step(self) -> float:
        """Advance all worlds by one control step; returns its seconds."""
        k = self._k = (self._k + 1) % len(self._states)
        begin = time.perf_counter()
        self._rollout.rollout(
            self._models,
            self._data,
            self._states[k],
            self._targets[k],
            skip_checks=True,
            nstep=self._substeps,
            initial_warmstart=self._warm[k],
            state=self._out,
            sensordata=self._sensors,
        )
        return time.perf_counter() - begin

    @property
    def qpos(self) -> np.ndarray:
        """Positions after the last step. Shape (N, nq)."""
        return self._out[:, -1, 1 : 1 + self._model.nq]

    def close(self) -> None:
        """End the threads."""
        self._rollout.close()


def _extracted(model: mujoco.MjModel, states: np.ndarray, part: mujoco.mjtState) -> np.ndarray:
    """A part of full integration states (N, size), as ``mj_setState`` and ``mj_getState`` see it."""
    data, size = mujoco.MjData(model), mujoco.mj_stateSize(model, part)
    out = np.empty((len(states), size))
    for row, state in zip(out, states):
        mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_INTEGRATION)
        mujoco.mj_getState(model, data, row, part)
    return out
