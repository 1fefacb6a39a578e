"""Worlds with objects in them that look like worlds of the character alone, and the objects beside."""

from collections.abc import Callable, Sequence

import mujoco
import torch
from torch import Tensor

from sfv.environment.objects import ObjectConfig
from sfv.physics.object_bodies import POSE, VELOCITY, contact_columns, parking
from sfv.physics.worlds import Worlds


class WithObjects:
    """Worlds of a character and K objects behind it. Implements ``Worlds`` for the character: columns of objects are not shown.

    A parked object is held out of reach, where it costs no contacts; one that is placed moves freely until its world is reset.
    """

    travel: float = 0.0
    """Angle about the vertical from where the root faces to where it goes, radians: places of objects lie along its way."""
    floor: Callable[[Tensor], Tensor] | None = None
    """Height of the ground at places (..., 2) in the plane, metres, on which objects are put; None: level."""

    def __init__(self, worlds: Worlds, model: mujoco.MjModel, objects: Sequence[ObjectConfig]) -> None:
        """``worlds`` of the model with ``objects``; ``model`` is the same without them."""
        self.model, self.objects, self.whole = model, tuple(objects), worlds
        """The character's own model; what the objects are; the worlds with everything in them."""
        self.num_worlds, self.device, self.asynchronous = worlds.num_worlds, worlds.device, worlds.asynchronous
        nq, nv, nbody, count = model.nq, model.nv, model.nbody, len(objects)
        self.qpos, self.qvel = worlds.qpos[:, :nq], worlds.qvel[:, :nv]
        self.xpos, self.xquat = worlds.xpos[:, :nbody], worlds.xquat[:, :nbody]
        self.cvel, self.subtree_com = worlds.cvel[:, :nbody], worlds.subtree_com[:, :nbody]
        self.ground_contact, self.ground_distance = worlds.ground_contact[:, :nbody], worlds.ground_distance[:, :nbody]
        self.sensordata, self.diverged = worlds.sensordata[:, : model.nsensordata], worlds.diverged
        self.ctrl, self.pushed = worlds.ctrl, worlds.pushed[:, :nbody]
        self.object_qpos = worlds.qpos[:, nq:].unflatten(1, (count, POSE))
        """Place and rotation of each object in the world. Shape (N, K, 7)."""
        self.object_qvel = worlds.qvel[:, nv:].unflatten(1, (count, VELOCITY))
        """Velocity in the world, then spin in the object's own frame. Shape (N, K, 6)."""
        self.object_contact = torch.zeros((self.num_worlds, count), dtype=torch.bool, device=self.device)
        """Whether each object touches the character, at the time of ``ground_contact``. Shape (N, K)."""
        self.parked = torch.ones_like(self.object_contact)
        """Whether each object is out of reach. Shape (N, K)."""
        self._columns = torch.tensor(contact_columns(worlds.model, objects), device=self.device)
        self._parking = torch.from_numpy(parking(objects)).to(worlds.qpos)
        placed = [item.place is not None for item in objects]
        self._placed = torch.tensor(placed, dtype=torch.bool, device=self.device)
        places = [item.place or (0.0, 0.0, 0.0) for item in objects]
        self._places = torch.tensor(places, device=self.device).view(count, 3).to(worlds.qpos)

    def reset(self, ids: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """See ``Worlds.reset``; the objects of these worlds go to where they are at the start."""
        qpos, qvel = qpos.to(self.qpos), qvel.to(self.qvel)
        poses = self.start_places(qpos).flatten(1)
        still = qvel.new_zeros(len(qvel), self.object_qvel[0].numel())
        self.whole.reset(ids, torch.cat((qpos, poses), dim=1), torch.cat((qvel, still), dim=1))
        self.parked[ids] = ~self._placed
        self.object_contact[ids] = self._touching()[ids]

    def start_places(self, qpos: Tensor) -> Tensor:
        """Where the objects are when characters start at ``qpos`` (K, nq). Shape (K, objects, 7)."""
        w, x, y, z = qpos[:, 3:7].unbind(-1)
        yaw = torch.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)) + self.travel
        cos, sin = yaw.cos()[:, None], yaw.sin()[:, None]
        ahead, left, up = self._places.unbind(-1)
        x, y = qpos[:, :1] + cos * ahead - sin * left, qpos[:, 1:2] + sin * ahead + cos * left
        up = up.expand_as(x)
        if self.floor is not None:
            up = up + self.floor(torch.stack((x, y), dim=-1)).to(up)
        turn = (0.5 * yaw)[:, None].expand_as(x)
        none = torch.zeros_like(x)
        placed = torch.stack((x, y, up, turn.cos(), none, none, turn.sin()), dim=-1)
        return torch.where(self._placed[:, None], placed, self._parking)

    def place_objects(self, ids: Tensor, index: int, qpos: Tensor, qvel: Tensor) -> None:
        """Put object ``index`` of worlds ``ids`` (K,) into states (K, 7), (K, 6); from the next step on it moves freely."""
        self.object_qpos[ids, index] = qpos.to(self.object_qpos)
        self.object_qvel[ids, index] = qvel.to(self.object_qvel)
        self.parked[ids, index] = False

    def step(self, ctrl: Tensor, late: Tensor | None = None) -> None:
        """See ``Worlds.step``."""
        parked = self.parked[:, :, None]
        self.object_qpos.copy_(torch.where(parked, self._parking, self.object_qpos))
        self.object_qvel.masked_fill_(parked, 0.0)
        self.whole.step(ctrl, late)
        self.object_contact.copy_(self._touching())

    def spawn(self, num_worlds: int) -> "WithObjects":
        """See ``Worlds.spawn``."""
        out = WithObjects(self.whole.spawn(num_worlds), self.model, self.objects)
        out.travel, out.floor = self.travel, self.floor
        return out

    def adopt(self, ids: Tensor, source: "WithObjects", rows: slice | Tensor) -> None:
        """See ``Worlds.adopt``."""
        self.whole.adopt(ids, source.whole, rows)
        self.parked[ids], self.object_contact[ids] = source.parked[rows], source.object_contact[rows]

    def adopt_where(self, chosen: Tensor, source: "WithObjects", rows: Tensor) -> None:
        """See ``Worlds.adopt_where``."""
        self.whole.adopt_where(chosen, source.whole, rows)
        for mine, theirs in ((self.parked, source.parked), (self.object_contact, source.object_contact)):
            mine.copy_(torch.where(chosen[:, None], theirs.index_select(0, rows), mine))

    def push(self, ids: Tensor, body: int, force: Tensor) -> None:
        """See ``Worlds.push``."""
        self.whole.push(ids, body, force)

    def parameter(self, name: str) -> Tensor:
        """See ``Worlds.parameter``: the character's part of it."""
        whole = self.whole.parameter(name)
        count = {"body": self.model.nbody, "geom": self.model.ngeom}.get(name.partition("_")[0])
        return whole if count is None else whole[:, :count]

    def parameters_changed(self, chosen: Tensor) -> None:
        """See ``Worlds.parameters_changed``."""
        self.whole.parameters_changed(chosen)

    def check(self) -> None:
        """See ``Worlds.check``."""
        self.whole.check()

    def save_state(self) -> dict[str, Tensor]:
        """See ``Worlds.save_state``."""
        own = {"objects.parked": self.parked, "objects.contact": self.object_contact}
        return self.whole.save_state() | {name: value.clone() for name, value in own.items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """See ``Worlds.load_state``."""
        self.whole.load_state(state)
        self.parked.copy_(state["objects.parked"])
        self.object_contact.copy_(state["objects.contact"])

    def _touching(self) -> Tensor:
        """From the sensors. Shape (N, K), bool."""
        return self.whole.sensordata.index_select(1, self._columns) > 0
