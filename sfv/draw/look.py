"""How pictures of a character look: what a stage needs to know of its settings, and the colours of sky and ground."""

from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np

from sfv.ranges import Checked, Range

SKY_TOP, SKY_HORIZON = np.array([[188, 205, 222], [238, 241, 243]], np.float32)
"""RGB of the background."""
TILE_A, TILE_B, LINE = np.array([[204, 209, 212], [216, 220, 223], [182, 188, 193]], np.float32)
"""RGB of the ground's tiles of one metre, and of the lines between them."""


class Look(Protocol):
    """Settings of a picture; ``sfv.render.config.RenderConfig`` has them all."""

    @property
    def world_width(self) -> int:
        """Pixels."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...

    @property
    def samples(self) -> int:
        """Samples of a pixel."""
        ...

    @property
    def shadows(self) -> bool:
        """Cast shadows."""
        ...

    @property
    def forces(self) -> bool:
        """Draw contact forces and pushes as arrows."""
        ...


@dataclass(frozen=True)
class PlainLook(Checked):
    """A small picture that is quickly drawn: what an environment of reinforcement learning shows."""

    world_width: Annotated[int, Range(16, 8192)] = 480
    height: Annotated[int, Range(16, 8192)] = 480
    samples: Annotated[int, Range(0, 32)] = 4
    shadows: bool = True
    forces: bool = False
