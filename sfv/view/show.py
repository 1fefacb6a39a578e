"""What the live window can show: a policy that plays, the poses of a clip or a recording, a recovered body."""

from collections.abc import Sequence
from typing import Protocol

import mujoco
import numpy as np

from sfv.environment.objects import ObjectConfig
from sfv.physics.contacts import Acting


class Show(Protocol):
    """Something that moves: a policy, poses of a clip, a recovered body."""

    @property
    def model(self) -> mujoco.MjModel:
        """What is drawn."""
        ...

    @property
    def hz(self) -> float:
        """Steps a second of real time."""
        ...

    @property
    def follow(self) -> int:
        """Body that the camera follows."""
        ...

    @property
    def tall(self) -> float:
        """Height standing, metres."""
        ...

    @property
    def objects(self) -> Sequence[ObjectConfig]:
        """Things beside it; ``acting`` says where they are."""
        ...

    @property
    def pushable(self) -> bool:
        """It obeys physics: pushes do something."""
        ...

    @property
    def words(self) -> str:
        """What is said over the picture now."""
        ...

    def restart(self) -> None:
        """Go back to the beginning."""
        ...

    def step(self, push: np.ndarray) -> None:
        """Go on; ``push`` (nbody, 6) newtons and newton metres on each body."""
        ...

    def pose(self, data: mujoco.MjData) -> None:
        """Write the present positions and velocities."""
        ...

    def ghost(self, data: mujoco.MjData, aside: np.ndarray) -> bool:
        """Write the reference's positions, moved ``aside`` (3,) onto the ground there; False where there is none."""
        ...

    def acting(self) -> Acting | None:
        """Forces on it and objects about it now; None where nothing is simulated."""
        ...

    def heading(self) -> float:
        """Where it faces, radians about z."""
        ...
