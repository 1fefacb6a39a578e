"""How finely the world is simulated."""

from dataclasses import dataclass
from typing import Annotated, Literal

from sfv.ranges import Checked, Count, Positive, Range

Device = Literal["auto", "cpu", "cuda", "warp:cpu"]
"""Where worlds and networks are. warp:cpu runs the GPU's code on the CPU, some 400 times slower than cpu: for tests."""


@dataclass(frozen=True)
class PhysicsConfig(Checked):
    """How finely the world is simulated."""

    substeps: Annotated[int, Range(1, 1000)] = 4
    """Physics steps in one control step of 1/30 s: 4 is 1/120 s (cyclic clips), 8 is 1/240 s (dynamic ones), 20 is 1/600 s."""
    armature: Annotated[float, Range(0, 1000)] | None = 0.05
    """Rotor inertia of every actuated degree of freedom, kg m^2; None keeps the MJCF's own. Training takes what the character's
    [training] says; the humanoid needs 0.05 at 1/120 s."""
    control_hz: Annotated[float, Range(1, 10_000)] = 30.0
    """Control steps a second (DeepMimic: 30)."""
    speed_limit: Positive = 300.0
    """Largest |qvel| (m/s, rad/s) of a sound state: above it a world counts as diverged. Falls and noise stay below 90."""
    cone: Literal["pyramidal", "elliptic"] = "pyramidal"
    """Shape of the friction cone: MuJoCo's default, or the true one, which costs more."""
    iterations: Annotated[int, Range(1, 100_000)] | None = None
    """Greatest number of iterations of the constraint solver in a physics step; none takes the character's own (MuJoCo:
    100, and few are needed)."""
    contacts: Count | None = None
    """Room for contacts a world on a GPU, on average over the worlds; none measures it on falling bodies."""
    constraints: Count | None = None
    """Room for rows of the constraint solver in each world on a GPU (four a contact); none measures it."""

    @property
    def timestep(self) -> float:
        """Seconds of one physics step."""
        return 1.0 / (self.control_hz * self.substeps)
