"""What an environment's ``[randomisation]`` does: bodies, motors, senses and ground of each world drawn anew for each episode."""

import mujoco
import torch
from torch import Tensor

from sfv.environment.randomisation import RandomisationConfig
from sfv.errors import UnknownNameError
from sfv.imitate.disturbances.pushes import Pushes
from sfv.physics.terrain import GROUND
from sfv.physics.worlds import Worlds

LEVELS = ("friction", "mass", "com_offset", "load", "strength", "gain", "gravity", "delay_seconds", "sensor_noise")
"""What can be set for each world by hand."""
_IN_MODEL = ("friction", "mass", "com_offset", "load", "strength", "gain", "gravity")
_PATIENCE = 16
"""Control steps that changes of the model wait for each other where each costs the same for one world as for all."""


class Disturbances:
    """Of N worlds. Values are kept by name: (N,), mass (N, nbody), com_offset (N, 3)."""

    def __init__(
        self, worlds: Worlds, config: RandomisationConfig, root: int, control_hz: float, generator: torch.Generator
    ) -> None:
        """``root`` is the body with the free joint. Raises UnknownNameError for a body that does not exist."""
        self._worlds, self._config, self._generator = worlds, config, generator
        model = worlds.model
        self._root = root
        self._carrier = find_body(model, config.load_body, "load") if config.load_body else root
        self._timestep, self._hz = model.opt.timestep, control_hz
        self._most_late = round(1.0 / (control_hz * model.opt.timestep))
        names = [model.geom(i).name for i in range(model.ngeom)]
        self._ground = torch.tensor(
            [i for i, name in enumerate(names) if name.startswith(GROUND)], device=worlds.device
        )
        self._plain_parameters: dict[str, Tensor] = {}
        self._due = torch.zeros(worlds.num_worlds, dtype=torch.bool, device=worlds.device)
        self._steps = 0
        self._values = {name: self._plain(name) for name in LEVELS}
        self._used = {name for name in LEVELS if getattr(config, name) != _nothing(name)}
        body = find_body(model, config.push_body, "push") if config.push_body else root
        self.pushes = Pushes(worlds, config, body, control_hz, generator) if config.pushes else None
        """Pushes that come by themselves; None: there are none."""

    def begin(self, ended: Tensor) -> None:
        """New episodes begin in the worlds that ``ended`` (N,), bool: draw them anew."""
        for name in LEVELS:
            low, high = getattr(self._config, name)
            if low == high == _nothing(name)[0]:
                continue
            mine = self._values[name]
            new = low + (high - low) * torch.rand(mine.shape, generator=self._generator, device=mine.device)
            mine.copy_(torch.where(ended.view(-1, *(1,) * (mine.dim() - 1)), new, mine))
        if self._config.changes_model:
            self._due |= ended
            if not self._worlds.asynchronous and bool(ended.any()):
                self._apply()
        if self.pushes is not None:
            self.pushes.begin(ended)

    def set(self, name: str, values: Tensor) -> None:
        """Set a level of all worlds by hand, (N,), at once. Raises UnknownNameError."""
        if name not in LEVELS:
            raise UnknownNameError("disturbance", name, LEVELS)
        self._used.add(name)
        mine = self._values[name]
        mine.copy_(values.to(mine).view(-1, *(1,) * (mine.dim() - 1)).expand_as(mine))
        if name in _IN_MODEL:
            self._due.fill_(True)
            self._apply()

    def before_step(self) -> Tensor | None:
        """Push, and say for how many physics steps the old controls stay: (N,), int64; None where there is no delay."""
        self._steps += 1
        if self._worlds.asynchronous and self._config.changes_model and self._steps % _PATIENCE == 0:
            self._apply()
        if self.pushes is not None:
            self.pushes.step()
        delay = self._values["delay_seconds"]
        if "delay_seconds" not in self._used:
            return None
        return (delay / self._timestep).round().long().clamp_max(self._most_late)

    def sense(self, observation: Tensor, first: int, last: int, ids: Tensor | None = None) -> Tensor:
        """Observations (K, O) of worlds ``ids`` (all where None) with sensor noise on columns ``first`` to ``last``."""
        if "sensor_noise" not in self._used:
            return observation
        scale = self._values["sensor_noise"] if ids is None else self._values["sensor_noise"][ids]
        shape = (len(observation), last - first)
        noise = torch.randn(shape, generator=self._generator, device=observation.device)
        out = observation.clone()
        out[:, first:last] += noise * scale[:, None]
        return out

    def state(self) -> dict[str, Tensor]:
        """Everything that changes, by name; the tensors themselves."""
        out = {f"value.{name}": value for name, value in self._values.items()} | {"due": self._due}
        if self.pushes is not None:
            out |= {f"push.{name}": value for name, value in self.pushes.state().items()}
        return out

    def loaded(self) -> None:
        """The tensors of ``state`` were written: bring the worlds up to them."""
        if self._config.changes_model:
            self._due.fill_(True)
            self._apply()

    def _plain(self, name: str) -> Tensor:
        count, device = self._worlds.num_worlds, self._worlds.device
        shape = {"mass": (count, self._worlds.model.nbody), "com_offset": (count, 3)}.get(name, (count,))
        return torch.full(shape, _nothing(name)[0], device=device)

    def _apply(self) -> None:
        """Write the values into the models of the worlds that are due."""
        value, used = self._values, self._used
        if used & {"mass", "load"}:
            mass = self._nominal("body_mass") * value["mass"]
            mass[:, self._carrier] += value["load"]
            self._put("body_mass", mass)
            self._put("body_inertia", self._nominal("body_inertia") * value["mass"][..., None])
        if "com_offset" in used:
            place = self._nominal("body_ipos").expand(self._worlds.num_worlds, -1, -1).clone()
            place[:, self._root] += value["com_offset"]
            self._put("body_ipos", place)
        if "friction" in used:
            friction = self._nominal("geom_friction").expand(self._worlds.num_worlds, -1, -1).clone()
            friction[:, self._ground, 0] *= value["friction"][:, None]
            self._put("geom_friction", friction)
        if "strength" in used:
            self._put("actuator_forcerange", self._nominal("actuator_forcerange") * value["strength"][:, None, None])
        if "gain" in used:
            for name in ("actuator_gainprm", "actuator_biasprm"):
                self._put(name, self._nominal(name) * value["gain"][:, None, None])
        if "gravity" in used:
            self._put("gravity", self._nominal("gravity") * value["gravity"][:, None])
        self._worlds.parameters_changed(self._due)
        self._due.fill_(False)

    def _nominal(self, name: str) -> Tensor:
        """What the model itself says. Shape (1, ...), float32."""
        if name not in self._plain_parameters:
            self._plain_parameters[name] = self._worlds.parameter(name)[:1].float().clone()
        return self._plain_parameters[name]

    def _put(self, name: str, new: Tensor) -> None:
        own = self._worlds.parameter(name)
        own.copy_(torch.where(self._due.view(-1, *(1,) * (own.dim() - 1)), new.to(own), own))


def find_body(model: mujoco.MjModel, name: str, what: str) -> int:
    """Number of a body by name. Raises UnknownNameError that lists those of the character."""
    known = [model.body(i).name for i in range(1, model.nbody)]
    if name not in known:
        raise UnknownNameError("body", name, known, f"The {what} needs a body of this character")
    return model.body(name).id


def _nothing(name: str) -> tuple[float, float]:
    """The range that changes nothing."""
    return (1.0, 1.0) if name in _FACTORS else (0.0, 0.0)


_FACTORS = ("friction", "mass", "strength", "gain", "gravity")
