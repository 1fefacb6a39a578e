"""What acts on a character at one moment: the forces at its contacts, and what it is pushed with."""

from dataclasses import dataclass, replace

import mujoco
import numpy as np

from sfv.environment.objects import ObjectConfig
from sfv.physics.objects import WithObjects
from sfv.physics.worlds import Worlds


@dataclass(frozen=True)
class PointForces:
    """K forces on a character, each at a point."""

    points: np.ndarray
    """Where they act, world. Shape (K, 3), metres."""
    forces: np.ndarray
    """World axes. Shape (K, 3), newtons."""
    bodies: np.ndarray
    """The character's body that each acts on. Shape (K,), int64."""

    def __len__(self) -> int:
        """K."""
        return len(self.points)


@dataclass(frozen=True)
class Placed:
    """An object and where it is."""

    config: ObjectConfig
    pose: np.ndarray
    """Place and rotation in the world. Shape (7,)."""


@dataclass(frozen=True)
class Acting:
    """All that is drawn in one picture beside the character: arrows, and the objects that it meets."""

    contacts: PointForces
    """From the ground and from objects; what the character's own bodies do to each other is left out."""
    pushes: PointForces
    """From outside, at centres of mass."""
    objects: tuple[Placed, ...] = ()
    """Those that are within reach."""


_NONE = PointForces(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int64))
NOTHING_ACTS = Acting(_NONE, _NONE)
"""Neither contacts nor pushes."""


class ContactProbe:
    """The forces of one world, solved for again in a state that it was in: worlds keep states, not contacts."""

    @classmethod
    def of(cls, worlds: Worlds) -> "ContactProbe":
        """One for these worlds, objects included."""
        return cls(_whole(worlds).model)

    def __init__(self, model: mujoco.MjModel) -> None:
        """``model``: the one that is simulated; the character is the tree of its first joint."""
        self._model, self._data = model, mujoco.MjData(model)
        self._own = model.body_rootid == model.body_rootid[model.jnt_bodyid[0]]

    def read(self, qpos: np.ndarray, qvel: np.ndarray, ctrl: np.ndarray, push: np.ndarray | None = None) -> Acting:
        """What acts in a state (nq,), (nv,) under controls (nu,) and ``push`` (nbody, 6): force and torque on each body at its
        centre of mass, world axes, newtons and newton metres. Nothing does in a state that is not finite.
        """
        if not (np.isfinite(qpos).all() and np.isfinite(qvel).all()):
            return NOTHING_ACTS
        data = self._data
        mujoco.mj_resetData(self._model, data)  # no warm start: the same state gives the same forces
        data.qpos[:], data.qvel[:], data.ctrl[:] = qpos, qvel, ctrl
        if push is not None:
            data.xfrc_applied[:] = push
        mujoco.mj_forward(self._model, data)
        return Acting(self._contacts(), self._pushes())

    def of_world(self, worlds: Worlds, world: int = 0) -> Acting:
        """What acts in one of ``worlds`` at the end of its last step, with that step's controls and push.

        One instant of a control step: over its physics steps the ground's force may fall by a quarter and rise again with the
        next controls.
        """
        whole = _whole(worlds)
        row = (whole.qpos[world], whole.qvel[world], whole.ctrl[world], whole.pushed[world])
        return replace(self.read(*(value.double().cpu().numpy() for value in row)), objects=objects_of(worlds, world))

    def at_start(self, worlds: Worlds, world: int = 0) -> Acting:
        """The same before the first step: no forces, which no control has led to."""
        return replace(NOTHING_ACTS, objects=objects_of(worlds, world))

    def _contacts(self) -> PointForces:
        points, forces, bodies = [], [], []
        wrench = np.zeros(6)
        for index, contact in enumerate(self._data.contact):
            first, second = self._model.geom_bodyid[contact.geom]
            if self._own[first] == self._own[second]:
                continue
            mujoco.mj_contactForce(self._model, self._data, index, wrench)
            if wrench[0] <= 0:
                continue  # near, but not touching
            on_second = (
                contact.frame.reshape(3, 3).T @ wrench[:3]
            )  # MuJoCo's normal points from the first to the second
            points.append(contact.pos.copy())
            forces.append(on_second if self._own[second] else -on_second)
            bodies.append(int(second if self._own[second] else first))
        return PointForces(np.array(points).reshape(-1, 3), np.array(forces).reshape(-1, 3), np.array(bodies, np.int64))

    def _pushes(self) -> PointForces:
        force = self._data.xfrc_applied[:, :3]
        bodies = np.flatnonzero(force.any(1) & self._own)
        return PointForces(self._data.xipos[bodies].copy(), force[bodies].copy(), bodies)


def objects_of(worlds: Worlds, world: int = 0) -> tuple[Placed, ...]:
    """The objects of one of ``worlds`` that are not parked."""
    if not isinstance(worlds, WithObjects):
        return ()
    poses = worlds.object_qpos[world].double().cpu().numpy()
    here = (~worlds.parked[world]).tolist()
    return tuple(Placed(item, pose.copy()) for item, pose, near in zip(worlds.objects, poses, here) if near)


def _whole(worlds: Worlds) -> Worlds:
    return worlds.whole if isinstance(worlds, WithObjects) else worlds
