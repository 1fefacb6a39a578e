"""What differs from world to world and from episode to episode: the body, its motors, its senses, the ground, and pushes."""

from dataclasses import dataclass, fields
from typing import Annotated

from sfv.errors import SfvError
from sfv.ranges import Checked, Range, Seconds

Factors = tuple[Annotated[float, Range(-1000, 1000)], ...]
"""Lowest and highest value; drawn uniformly for each episode of each world."""
Newtons = tuple[Annotated[float, Range(-1e6, 1e6)], ...]
"""The same of forces."""


@dataclass(frozen=True)
class RandomisationConfig(Checked):
    """``[randomisation]`` in env.toml. Factors multiply what the character or the ground says; the defaults change nothing."""

    friction: Factors = (1.0, 1.0)
    """Factor on the friction of the character's own bodies; on such ground it counts in place of the ground's."""
    mass: Factors = (1.0, 1.0)
    """Factor on each body's mass and inertia, drawn for each body."""
    com_offset: Factors = (0.0, 0.0)
    """Centre of mass of the root body along each of its axes, metres from where it was."""
    load: Factors = (0.0, 0.0)
    """Carried load: mass added to load_body, kg."""
    load_body: str = ""
    """Who carries it; empty: the root."""
    strength: Factors = (1.0, 1.0)
    """Factor on the torque limits of all motors."""
    gain: Factors = (1.0, 1.0)
    """Factor on stiffness and damping of all servos."""
    delay_seconds: Factors = (0.0, 0.0)
    """From the policy's action until the servos hear of it, at most one control step (1/30 s); whole physics steps."""
    sensor_noise: Factors = (0.0, 0.0)
    """Standard deviation of noise on every observed number of the body and the reference offset (rad, m, m/s and rad/s alike)."""
    gravity: Factors = (1.0, 1.0)
    """Factor on gravity."""
    push_newtons: Newtons = (0.0, 0.0)
    """Horizontal pushes in random directions; drawn for each push."""
    push_interval: Factors = (1.0, 3.0)
    """From the end of a push to the beginning of the next, seconds."""
    push_first: Factors = ()
    """From the beginning of an episode to its first push, seconds; empty: as push_interval."""
    push_seconds: Seconds = 0.2
    """How long a push lasts (DeepMimic: 0.2 s)."""
    push_body: str = ""
    """Who is pushed; empty: the root."""

    def check(self) -> None:
        """Raise SfvError for what cannot be drawn."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, str | float) or (item.name == "push_first" and value == ()):
                continue
            if len(value) != 2 or value[0] > value[1]:
                raise SfvError(
                    f"randomisation.{item.name} must be [lowest, highest], got {list(value)}; one number twice is a fixed value"
                )
            if item.name != "com_offset" and value[0] < 0:
                raise SfvError(f"randomisation.{item.name} must not be negative, got {list(value)}")
        for name in ("friction", "mass", "gain"):
            if getattr(self, name)[0] <= 0:
                raise SfvError(f"randomisation.{name} must be positive, got {list(getattr(self, name))}")
        if self.push_seconds <= 0 or self.push_interval[0] <= 0:
            raise SfvError("randomisation.push_seconds and push_interval must be positive")

    @property
    def changes_model(self) -> bool:
        """Something about the body or the world differs."""
        names = ("friction", "mass", "strength", "gain", "gravity")
        return any(getattr(self, name) != (1.0, 1.0) for name in names) or any(
            getattr(self, name) != (0.0, 0.0) for name in ("com_offset", "load")
        )

    @property
    def pushes(self) -> bool:
        """There are pushes."""
        return self.push_newtons[1] > 0
