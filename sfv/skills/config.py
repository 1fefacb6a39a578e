"""Settings of playing. Imports nothing heavy: the CLI reads it for its help."""

from dataclasses import dataclass
from typing import Literal

from sfv.ranges import Checked, Seconds

Direction = Literal["forward", "backward", "left", "right"]
"""Where a push goes, seen from the character."""


@dataclass(frozen=True)
class PlayConfig(Checked):
    """What happens between episodes."""

    fall_seconds: Seconds = 1.0
    """Seconds for which the simulation goes on after a fall before it starts over."""
    hold_seconds: Seconds = 0.7
    """Seconds for which the last pose of a clip that is not cyclic stands still after its end."""
