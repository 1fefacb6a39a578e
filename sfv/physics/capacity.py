"""How many contacts and constraint rows a world needs room for, where room has to be set aside beforehand."""

from dataclasses import dataclass

import mujoco
import numpy as np

from sfv.physics.config import PhysicsConfig

_FALLS = 24
_SECONDS = 1.2  # from standing height everything lies by then
_MARGIN = 1.5
_OBJECT_CONTACTS = 12  # that a free body beside the character may add: four with the ground, the rest with limbs
_ROWS = 4  # of the constraint solver that a contact takes
_GRAIN = 8  # sizes are rounded up to multiples of this


@dataclass(frozen=True)
class Capacity:
    """Room in each world."""

    contacts: int
    constraints: int


def measure_capacity(model: mujoco.MjModel, config: PhysicsConfig) -> Capacity:
    """Half as much again as the most that bodies needed which fall in random poses with random servo targets.

    What ``config`` says takes the place of what is measured. The same for the same model: the falls are seeded.
    """
    contacts, constraints = _most(model) if config.contacts is None or config.constraints is None else (0, 0)
    objects = _OBJECT_CONTACTS * (int((model.jnt_type == mujoco.mjtJoint.mjJNT_FREE).sum()) - 1)
    return Capacity(
        contacts=config.contacts or _rounded(_MARGIN * contacts + objects),
        constraints=config.constraints or _rounded(_MARGIN * constraints + _ROWS * objects),
    )


def _most(model: mujoco.MjModel) -> tuple[int, int]:
    """Most contacts and most constraint rows at once."""
    random, data = np.random.default_rng(0), mujoco.MjData(model)
    contacts = constraints = 1
    for _ in range(_FALLS):
        mujoco.mj_resetData(model, data)
        mujoco.mj_integratePos(model, data.qpos, random.normal(0.0, 0.7, model.nv), 1.0)
        data.qpos[2] = model.qpos0[2]
        data.ctrl[:] = random.normal(0.0, 0.7, model.nu)
        for _ in range(round(_SECONDS / model.opt.timestep)):
            mujoco.mj_step(model, data)
            contacts, constraints = max(contacts, data.ncon), max(constraints, data.nefc)
    return contacts, constraints


def _rounded(size: float) -> int:
    return int(np.ceil(size / _GRAIN)) * _GRAIN
