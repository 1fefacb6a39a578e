"""Worlds on MuJoCo Warp: thousands at a time on an NVIDIA GPU, slowly on a CPU for tests; torch tensors without copies.

Float32 throughout. What MuJoCo keeps in float64 so differs from the CPU's worlds by rounding, which contacts amplify.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import reduce
from operator import or_
from typing import Any, Self

import mujoco
import mujoco_warp as mjw
import torch
import warp as wp
from torch import Tensor

from sfv.errors import CapacityError, DeviceError
from sfv.physics.capacity import Capacity, measure_capacity
from sfv.physics.config import PhysicsConfig
from sfv.physics.ground import ground_columns
from sfv.physics.parameters import INERTIAL

wp.config.log_level = wp.LOG_WARNING  # not a line for every kernel that is compiled

_DERIVED = ("xpos", "xquat", "cvel", "subtree_com")
_CONSTANTS = ("body_subtreemass", "body_invweight0", "dof_invweight0", "actuator_acc0")
"""What follows from masses, so that each world needs its own."""
_STATE = ("qpos", "qvel", "qacc_warmstart", "time")
"""All that the next step depends on beside the controls; these models have no activations, no mocap and no user data."""


class WarpWorlds:
    """N worlds of ``model``, ``config.substeps`` physics steps a control step. Implements ``Worlds``.

    On a GPU the sub-steps and what is derived from them are one CUDA graph, and nothing but ``check`` waits for it.
    """

    asynchronous = True

    def __init__(
        self,
        model: mujoco.MjModel,
        num_worlds: int,
        config: PhysicsConfig,
        device: str = "cuda",
        capacity: Capacity | None = None,
    ) -> None:
        """``capacity`` None is measured. Raises DeviceError where Warp cannot use ``device`` or memory does not suffice."""
        self.model, self.num_worlds, self._config = model, num_worlds, config
        self.capacity = capacity or measure_capacity(model, config)
        self.device = torch.device(device)
        self._wp_device = _warp_device(device)
        try:
            with self._here():
                self._model = mjw.put_model(model)
                self._model.opt.warn_overflow = 0  # ``check`` raises instead of printing from a kernel
                self._data = mjw.make_data(
                    model, nworld=num_worlds, nconmax=self.capacity.contacts, njmax=self.capacity.constraints
                )
        except RuntimeError as error:
            raise DeviceError(
                f"{num_worlds} worlds do not fit into the memory of {device} ({error}); use fewer (learner.worlds)"
            ) from error
        arrays = {name: wp.to_torch(getattr(self._data, name)) for name in (*_STATE, *_DERIVED)}
        self.qpos, self.qvel, self._warmstart, self._time = (arrays[name] for name in _STATE)
        self.xpos, self.xquat, self.cvel, self.subtree_com = (arrays[name] for name in _DERIVED)
        self.ctrl, self._force = wp.to_torch(self._data.ctrl), wp.to_torch(self._data.xfrc_applied)
        self.pushed = torch.zeros_like(self._force)
        self.sensordata, self._overflow = wp.to_torch(self._data.sensordata), wp.to_torch(self._data.overflow)
        columns = ground_columns(model)
        self._bodies, self._found, self._distance = (column.to(self.device) for column in columns)
        self.ground_contact = torch.zeros((num_worlds, model.nbody), dtype=torch.bool, device=self.device)
        self.ground_distance = torch.zeros((num_worlds, model.nbody), device=self.device)
        self.diverged = torch.zeros(num_worlds, dtype=torch.bool, device=self.device)
        ground = (self.ground_contact, self.ground_distance, self.diverged)
        self._copied = (*arrays.values(), *ground)
        self._everyone = torch.ones(num_worlds, dtype=torch.bool, device=self.device)
        self._graphs: dict[str, Any] = {}
        self._parameters: dict[str, Tensor] = {}
        self.qpos.copy_(torch.from_numpy(model.qpos0))
        self._settle(self._everyone)

    def reset(self, ids: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """See ``Worlds.reset``."""
        self.qpos[ids], self.qvel[ids] = qpos.to(self.qpos), qvel.to(self.qvel)
        self._warmstart[ids] = 0.0
        self._time[ids] = 0.0
        self._force[ids] = 0.0
        chosen = torch.zeros_like(self._everyone)
        chosen[ids] = True
        self._settle(chosen)

    def spawn(self, num_worlds: int) -> "WarpWorlds":
        """See ``Worlds.spawn``."""
        return WarpWorlds(self.model, num_worlds, self._config, str(self.device), self.capacity)

    def adopt(self, ids: Tensor, source: Self, rows: slice | Tensor) -> None:
        """See ``Worlds.adopt``."""
        for mine, theirs in zip(self._copied, source._copied):
            mine[ids] = theirs[rows]
        self._force[ids] = 0.0

    def adopt_where(self, chosen: Tensor, source: Self, rows: Tensor) -> None:
        """See ``Worlds.adopt_where``."""
        for mine, theirs in zip(self._copied, source._copied):
            mask = chosen.view(-1, *(1,) * (mine.dim() - 1))
            mine.copy_(torch.where(mask, theirs.index_select(0, rows), mine))

    def step(self, ctrl: Tensor, late: Tensor | None = None) -> None:
        """See ``Worlds.step``."""
        if late is None:
            self.ctrl.copy_(ctrl)
            self._run("step", self._advance)
        else:
            for number in range(self._config.substeps):
                self.ctrl.copy_(torch.where((late <= number)[:, None], ctrl.to(self.ctrl), self.ctrl))
                self._run("substep", self._advance_once)
            self._run("kinematics", self._follow)
        self.pushed.copy_(self._force)
        self._force.zero_()
        self._read_ground(self._everyone)
        # NaN compares false, so a state that is not finite is caught here as well
        self.diverged.logical_or_(~(self.qvel.abs().amax(-1) < self._config.speed_limit))

    def push(self, ids: Tensor, body: int, force: Tensor) -> None:
        """See ``Worlds.push``."""
        self._force[ids, body, : force.shape[-1]] = force.to(self._force)

    def parameter(self, name: str) -> Tensor:
        """See ``Worlds.parameter``."""
        if name not in self._parameters:
            self._parameters[name] = self._own(name)
            if name in INERTIAL:
                for derived in _CONSTANTS:
                    self._parameters.setdefault(derived, self._own(derived))
            self._graphs.clear()  # they hold the old arrays
        return self._parameters[name]

    def _own(self, name: str) -> Tensor:
        """Give each world its own row of a model's field."""
        owner = self._model.opt if name == "gravity" else self._model
        shared = getattr(owner, name)
        rows = wp.to_torch(shared)
        own = rows[:1].expand(self.num_worlds, *rows.shape[1:]).contiguous()
        with self._here():
            setattr(owner, name, wp.from_torch(own, dtype=shared.dtype))
        return own

    def parameters_changed(self, chosen: Tensor) -> None:
        """See ``Worlds.parameters_changed``."""
        if any(name in INERTIAL for name in self._parameters):
            with self._here():
                mjw.set_const(self._model, self._data)

    def check(self) -> None:
        """See ``Worlds.check``."""
        lost = (self._overflow != 0).nonzero().flatten()
        if len(lost) == 0:
            return
        kinds = reduce(or_, self._overflow[lost].tolist())
        self._overflow.zero_()
        raise CapacityError(
            f"in {len(lost)} of {self.num_worlds} worlds more happened at once than there was room for "
            f"({mjw.OverflowType(kinds)!r}; room for {self.capacity.contacts} contacts and {self.capacity.constraints} "
            "constraint rows a world); raise physics.contacts and physics.constraints"
        )

    def save_state(self) -> dict[str, Tensor]:
        """See ``Worlds.save_state``."""
        own = {name: value for name, value in zip((*_STATE, *_DERIVED), self._copied)}
        own |= {"contact": self.ground_contact, "distance": self.ground_distance, "diverged": self.diverged}
        return {name: value.clone() for name, value in own.items() if name not in _DERIVED}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """See ``Worlds.load_state``."""
        for name, mine in zip(_STATE, self._copied):
            mine.copy_(state[name])
        self._run("kinematics", self._follow)
        self.ground_contact.copy_(state["contact"])
        self.ground_distance.copy_(state["distance"])
        self.diverged.copy_(state["diverged"])

    def _settle(self, chosen: Tensor) -> None:
        """Body poses, contacts and failures of ``chosen`` worlds (N,), bool, that were put into a new state."""
        warmstart = self._warmstart.clone()
        self._run("forward", self._look)
        self._warmstart.copy_(warmstart)  # forward leaves its own solution behind
        self._read_ground(chosen)
        self.diverged.copy_(torch.where(chosen, ~torch.isfinite(self.qvel).all(-1), self.diverged))

    def _read_ground(self, chosen: Tensor) -> None:
        """Ground contacts of ``chosen`` worlds (N,), from the sensors."""
        found = torch.zeros_like(self.ground_contact).index_copy_(1, self._bodies, self.sensordata[:, self._found] > 0)
        depth = torch.zeros_like(self.ground_distance).index_copy_(1, self._bodies, self.sensordata[:, self._distance])
        self.ground_contact.copy_(torch.where(chosen[:, None], found, self.ground_contact))
        self.ground_distance.copy_(torch.where(chosen[:, None], depth, self.ground_distance))

    def _advance_once(self) -> None:
        mjw.step(self._model, self._data)

    def _advance(self) -> None:
        for _ in range(self._config.substeps):
            mjw.step(self._model, self._data)
        self._follow()  # mj_step leaves body poses of the state before its last integration

    def _look(self) -> None:
        mjw.forward(self._model, self._data)

    def _follow(self) -> None:
        mjw.kinematics(self._model, self._data)
        mjw.com_pos(self._model, self._data)
        mjw.com_vel(self._model, self._data)

    def _run(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work`` on the device: as one CUDA graph from the second time on, since the first time compiles its kernels."""
        with self._here():
            graph = self._graphs.get(name)
            if graph is not None:
                wp.capture_launch(graph)
                return
            work()
            if self.device.type == "cuda":
                with wp.ScopedCapture() as capture:
                    work()  # recorded, not run
                self._graphs[name] = capture.graph

    def _here(self) -> AbstractContextManager[Any]:
        """Warp's work inside goes to this device."""
        return wp.ScopedDevice(self._wp_device)


def _warp_device(device: str) -> Any:
    try:
        return wp.get_device(device)
    except (ValueError, RuntimeError) as error:
        raise DeviceError(
            f"MuJoCo Warp cannot use '{device}' ({error}); it needs an NVIDIA GPU with a driver for CUDA 12.4 or later; "
            "train with --device cpu, which needs none"
        ) from error
