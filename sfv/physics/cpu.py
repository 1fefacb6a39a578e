"""Worlds on CPU threads, through mjbatch: no processes, no copies of the state, about twice one process on two cores."""

import os

import mjbatch
import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.errors import DivergedError
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import CONTACT

_QUIET = 2
"""Value the warning counters are kept at.

MuJoCo prints a warning (and writes MUJOCO_LOG.TXT into the working folder) only when a counter leaves 0, and a world that
blows up is reset with its counter at 1: with 2 as the resting value nothing is printed and every warning shows.
"""


class CpuWorlds:
    """N worlds of ``model``, ``config.substeps`` physics steps a control step. Implements ``Worlds``."""

    def __init__(self, model: mujoco.MjModel, num_worlds: int, config: PhysicsConfig, threads: int = 0) -> None:
        """``threads`` 0 takes one for each core, and no more than there are worlds."""
        self.model = model
        self.num_worlds = num_worlds
        self._substeps = config.substeps
        self._speed_limit = config.speed_limit
        threads = min(threads or os.cpu_count() or 1, num_worlds)
        self._batch = mjbatch.Batch(model, num_worlds, threads, forward=True)
        self._state = torch.from_numpy(self._batch.bind("state"))
        self.qpos = torch.from_numpy(self._batch.bind("qpos"))
        self.qvel = torch.from_numpy(self._batch.bind("qvel"))
        self._ctrl = torch.from_numpy(self._batch.bind("ctrl"))
        self._force = torch.from_numpy(self._batch.bind("xfrc_applied"))
        self._pushed = False
        self._warning = torch.from_numpy(self._batch.bind("warning"))
        self.xpos = self._bind32("xpos")
        self.xquat = self._bind32("xquat")
        self.cvel = self._bind32("cvel")
        self.subtree_com = self._bind32("subtree_com")
        self._sensordata = self._bind32("sensordata")
        self._bodies, self._found, self._distance = _contact_columns(model)
        self.ground_contact = torch.zeros((num_worlds, model.nbody), dtype=torch.bool)
        self.ground_distance = torch.zeros((num_worlds, model.nbody))
        self.diverged = torch.zeros(num_worlds, dtype=torch.bool)
        self._warning[:, :, 1] = _QUIET
        self._batch.forward()
        self._fresh = self._state[0].clone()  # a state as mj_resetData leaves it
        self._after()

    def _bind32(self, field: str) -> Tensor:
        return torch.from_numpy(self._batch.bind(field, dtype=np.float32))

    def reset(self, ids: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """See ``Worlds.reset``."""
        # The whole state row is written rather than mjbatch.reset called: that one takes only fields whose values changed.
        self._state[ids] = self._fresh
        self.qpos[ids] = qpos.to(self.qpos)
        self.qvel[ids] = qvel.to(self.qvel)
        self._warning[ids, :, 1] = _QUIET
        chosen = np.zeros(self.num_worlds, dtype=bool)
        chosen[ids.numpy()] = True
        self._batch.forward(chosen)
        self._after()

    def step(self, ctrl: Tensor) -> None:
        """See ``Worlds.step``."""
        self._ctrl.copy_(ctrl)
        try:
            self._batch.step(nstep=self._substeps)
        except RuntimeError as error:
            raise DivergedError(f"MuJoCo gave up: {error}; use more substeps or a higher armature") from error
        if self._pushed:
            self._force.zero_()
            self._pushed = False
        self._after()

    def push(self, ids: Tensor, body: int, force: Tensor) -> None:
        """See ``Worlds.push``."""
        self._force[ids, body, :3] = force.to(self._force)
        self._pushed = True

    def save_state(self) -> dict[str, Tensor]:
        """See ``Worlds.save_state``."""
        return {"state": self._state.clone(), "warning": self._warning.clone()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """See ``Worlds.load_state``."""
        self._state.copy_(state["state"])
        self._warning.copy_(state["warning"])
        # forward() leaves its own solution behind as the next warm start, so the state is written once more.
        self._batch.forward()
        self._state.copy_(state["state"])
        self._after()

    def _after(self) -> None:
        """Read contacts and failures out of what the last call left."""
        self.ground_contact[:, self._bodies] = self._sensordata[:, self._found] > 0
        self.ground_distance[:, self._bodies] = self._sensordata[:, self._distance]
        warned = (self._warning[:, :, 1] != _QUIET).any(-1)
        # NaN compares false, so a state that is not finite is caught here as well
        self.diverged.copy_(warned | ~(self.qvel.abs().amax(-1) < self._speed_limit))


def _contact_columns(model: mujoco.MjModel) -> tuple[Tensor, Tensor, Tensor]:
    """Body of each ground-contact sensor, and the columns of sensordata with its count and its distance."""
    bodies, found = [], []
    for i in range(model.nsensor):
        name = model.sensor(i).name
        if name.startswith(CONTACT):
            bodies.append(model.body(name.removeprefix(CONTACT)).id)
            found.append(int(model.sensor_adr[i]))
    columns = torch.tensor(found, dtype=torch.long)
    return torch.tensor(bodies, dtype=torch.long), columns, columns + 1
