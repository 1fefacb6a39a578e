"""Worlds on CPU threads, through mjbatch: no processes, no copies of the state, about twice one process on two cores."""

import copy
import os
from itertools import pairwise

import mjbatch
import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.errors import DivergedError
from sfv.physics.config import PhysicsConfig
from sfv.physics.ground import ground_columns
from sfv.physics.parameters import INERTIAL

_QUIET = 2
"""Value the warning counters are kept at.

MuJoCo prints a warning (and writes MUJOCO_LOG.TXT into the working folder) only when a counter leaves 0, and a world that
blows up is reset with its counter at 1: with 2 as the resting value nothing is printed and every warning shows.
"""


class CpuWorlds:
    """N worlds of ``model``, ``config.substeps`` physics steps a control step. Implements ``Worlds``."""

    asynchronous = False
    device = torch.device("cpu")

    def __init__(self, model: mujoco.MjModel, num_worlds: int, config: PhysicsConfig, threads: int = 0) -> None:
        """``threads`` 0 takes one for each core, and no more than there are worlds."""
        self.model = model
        self.num_worlds = num_worlds
        self._config = config
        self._substeps = config.substeps
        self._speed_limit = config.speed_limit
        threads = self._threads = min(threads or os.cpu_count() or 1, num_worlds)
        self._batch = mjbatch.Batch(model, num_worlds, threads)
        self._state = torch.from_numpy(self._batch.bind("state"))
        self.qpos = torch.from_numpy(self._batch.bind("qpos"))
        self.qvel = torch.from_numpy(self._batch.bind("qvel"))
        self.ctrl = torch.from_numpy(self._batch.bind("ctrl"))
        self._force = torch.from_numpy(self._batch.bind("xfrc_applied"))
        self.pushed = torch.zeros_like(self._force)
        self._push_waits = self._push_done = False  # spares the forces' rows where nobody pushes
        self._parameters: dict[str, Tensor] = {}
        self._warning = torch.from_numpy(self._batch.bind("warning"))
        self.sensordata = torch.from_numpy(self._batch.bind("sensordata", dtype=np.float32))
        self._bodies, self._found, self._distance = (_columns(column.tolist()) for column in ground_columns(model))
        self._kinematics = _Kinematics(model, num_worlds, threads)
        self.xpos = self._kinematics.bind("xpos")
        self.xquat = self._kinematics.bind("xquat")
        self.cvel = self._kinematics.bind("cvel")
        self.subtree_com = self._kinematics.bind("subtree_com")
        self.ground_contact = torch.zeros((num_worlds, model.nbody), dtype=torch.bool)
        self.ground_distance = torch.zeros((num_worlds, model.nbody))
        self.diverged = torch.zeros(num_worlds, dtype=torch.bool)
        state = (self._state, self.qpos, self.qvel, self._warning)
        derived = (self.xpos, self.xquat, self.cvel, self.subtree_com)
        self._copied = (*state, *derived, self.ground_contact, self.ground_distance, self.diverged)
        self._warning[:, :, 1] = _QUIET
        self._batch.forward()
        self._fresh = self._state[0].clone()  # a state as mj_resetData leaves it
        self._refresh()

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
        self._refresh(chosen)

    def spawn(self, num_worlds: int) -> "CpuWorlds":
        """See ``Worlds.spawn``."""
        return CpuWorlds(self.model, num_worlds, self._config, self._threads)

    def adopt(self, ids: Tensor, source: "CpuWorlds", rows: slice | Tensor) -> None:
        """See ``Worlds.adopt``."""
        for mine, theirs in zip(self._copied, source._copied):
            mine[ids] = theirs[rows]

    def adopt_where(self, chosen: Tensor, source: "CpuWorlds", rows: Tensor) -> None:
        """See ``Worlds.adopt_where``."""
        ids = chosen.nonzero().squeeze(1)
        self.adopt(ids, source, rows[ids])

    def step(self, ctrl: Tensor, late: Tensor | None = None) -> None:
        """See ``Worlds.step``."""
        try:
            if late is None:
                self.ctrl.copy_(ctrl)
                self._batch.step(nstep=self._substeps)
            else:
                for number in range(self._substeps):
                    torch.where((late <= number)[:, None], ctrl.to(self.ctrl), self.ctrl, out=self.ctrl)
                    self._batch.step(nstep=1)
        except RuntimeError as error:
            raise DivergedError(f"MuJoCo gave up: {error}; use more substeps or a higher armature") from error
        if self._push_waits or self._push_done:
            self.pushed.copy_(self._force)
            self._force.zero_()
        self._push_waits, self._push_done = False, self._push_waits
        self._refresh()

    def push(self, ids: Tensor, body: int, force: Tensor) -> None:
        """See ``Worlds.push``."""
        self._force[ids, body, : force.shape[-1]] = force.to(self._force)
        self._push_waits = True

    def parameter(self, name: str) -> Tensor:
        """See ``Worlds.parameter``."""
        if name not in self._parameters:
            self._parameters[name] = torch.from_numpy(self._batch.expand(name))
            if name in INERTIAL:
                self._kinematics.expand(name)
        return self._parameters[name]

    def parameters_changed(self, chosen: Tensor) -> None:
        """See ``Worlds.parameters_changed``."""
        inertial = {name: value for name, value in self._parameters.items() if name in INERTIAL}
        if inertial:
            self._batch.set_const(chosen.numpy())
            self._kinematics.follow_parameters(inertial, chosen.numpy())

    def check(self) -> None:
        """See ``Worlds.check``: MuJoCo itself makes room for every contact."""

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
        self._refresh()

    def _refresh(self, chosen: np.ndarray | None = None) -> None:
        """Body poses, contacts and failures of what the last call left; kinematics only in ``chosen`` worlds (N,), bool."""
        self._kinematics.follow(self.qpos, self.qvel, chosen)
        self.ground_contact[:, self._bodies] = self.sensordata[:, self._found] > 0
        self.ground_distance[:, self._bodies] = self.sensordata[:, self._distance]
        warned = (self._warning[:, :, 1] != _QUIET).any(-1)
        # NaN compares false, so a state that is not finite is caught here as well
        self.diverged.copy_(warned | ~(self.qvel.abs().amax(-1) < self._speed_limit))


class _Kinematics:
    """The same worlds without forces and collisions: where the bodies are after a step, and how they move.

    mj_step leaves body poses of the state before its last integration. mj_forward would make up for it, at the price of
    nearly one more physics step; a model that has nothing to collide does it for a quarter of that.
    """

    def __init__(self, model: mujoco.MjModel, num_worlds: int, threads: int) -> None:
        bare = copy.copy(model)
        bare.opt.disableflags |= _NO_FORCES
        self._batch = mjbatch.Batch(bare, num_worlds, threads)
        self._qpos = torch.from_numpy(self._batch.bind("qpos"))
        self._qvel = torch.from_numpy(self._batch.bind("qvel"))
        self._batch.bind("warning")[:, :, 1] = _QUIET
        self._parameters: dict[str, Tensor] = {}

    def bind(self, field: str) -> Tensor:
        """A derived field of all worlds that changes in place, float32."""
        return torch.from_numpy(self._batch.bind(field, dtype=np.float32))

    def expand(self, name: str) -> None:
        """Give each world its own parameter."""
        self._parameters[name] = torch.from_numpy(self._batch.expand(name))

    def follow_parameters(self, values: dict[str, Tensor], chosen: np.ndarray) -> None:
        """Take over the masses that the centre of mass depends on; of ``chosen`` worlds (N,), bool."""
        for name, value in values.items():
            self._parameters[name].copy_(value)
        self._batch.set_const(chosen)

    def follow(self, qpos: Tensor, qvel: Tensor, chosen: np.ndarray | None) -> None:
        """Bring the fields up to a state (N, nq), (N, nv); of ``chosen`` worlds (N,), bool, or of all."""
        self._qpos.copy_(qpos)
        self._qvel.copy_(qvel)
        self._batch.forward(chosen)


_NO_FORCES = int(
    mujoco.mjtDisableBit.mjDSBL_CONSTRAINT
    | mujoco.mjtDisableBit.mjDSBL_CONTACT
    | mujoco.mjtDisableBit.mjDSBL_GRAVITY
    | mujoco.mjtDisableBit.mjDSBL_ACTUATION
    | mujoco.mjtDisableBit.mjDSBL_SPRING
    | mujoco.mjtDisableBit.mjDSBL_DAMPER
    | mujoco.mjtDisableBit.mjDSBL_SENSOR
)


_Columns = Tensor | slice


def _columns(indices: list[int]) -> _Columns:
    """Evenly spaced columns as a slice: reading and writing those takes a fifth of the time."""
    steps = {after - before for before, after in pairwise(indices)}
    if len(steps) == 1 and (step := steps.pop()) > 0:
        return slice(indices[0], indices[-1] + 1, step)
    return torch.tensor(indices, dtype=torch.long)
