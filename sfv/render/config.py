"""Settings of rendering."""

from dataclasses import dataclass
from typing import Annotated, Literal

from sfv.ranges import Checked, Degrees, NotNegative, Range, Seconds

GhostPlace = Literal["beside", "inside", "none"]
"""Where the reference is drawn."""


@dataclass(frozen=True)
class RenderConfig(Checked):
    """How videos look."""

    height: Annotated[int, Range(16, 8192)] = 480
    """Height of every panel, pixels."""
    world_width: Annotated[int, Range(16, 8192)] = 420
    """Width of the panels of the recovered body and of the simulated character, pixels."""
    max_input_width: Annotated[int, Range(16, 8192)] = 860
    """Greatest width of the input's panel, pixels; the picture is cut around the person to fit."""
    above_width: Annotated[int, Range(16, 8192)] = 420
    """Width of the panel of a recovery seen from above, pixels."""
    fps: Annotated[float, Range(1, 1000)] = 30.0
    """Frames a second of what is written."""
    crf: Annotated[int, Range(0, 51)] = 23
    """Quality of H.264: 18 nearly lossless, 28 small."""
    tail_seconds: Seconds = 4.0
    """How long a simulated character that can go on is shown after the input has ended."""
    supersample: Annotated[int, Range(1, 8)] = 2
    """Meshes are drawn this many times larger, then averaged: smooth edges."""
    samples: Annotated[int, Range(0, 32)] = 4
    """Samples of a pixel in MuJoCo's pictures: smooth edges."""
    shadows: bool = True
    """Cast shadows in MuJoCo's pictures (the largest part of their cost in software OpenGL)."""
    turn_deg: Degrees = 30.0
    """The worlds are seen from where the input's camera stood, turned about the person by this angle."""
    side_turn_deg: Degrees = 90.0
    """A recovery is shown a second time from where the input's camera stood, turned about the person by this angle: what is wrong
    in depth is seen there."""
    elevation_deg: Annotated[float, Range(-90, 90)] = 12.0
    """How far from above the worlds are seen."""
    ghost: GhostPlace = "beside"
    """Where the reference of a simulated character is drawn, see-through: to its right in the picture, always at the same distance
    from where it should be, so that drift is seen; inside it; or nowhere."""
    beside_widening: Annotated[float, Range(1, 10)] = 1.5
    """A picture with the reference beside the character is this much wider than world_width."""
    forces: bool = True
    """Draw contact forces and pushes of a simulated character as arrows."""

    def width_with(self, beside: bool) -> int:
        """Width of a picture of a character, alone or with its reference ``beside``: even, as videos have to be."""
        return 2 * round(self.world_width * self.beside_widening / 2) if beside else self.world_width


@dataclass(frozen=True)
class LiveConfig(Checked):
    """How a show is watched."""

    speed: Annotated[float, Range(0, 1000, open_low=True)] = 1.0
    """Times real time."""
    push_newtons: NotNegative = 200.0
    """Force of an arrow key's push on the root."""
    push_seconds: Seconds = 0.2
    """How long such a push lasts (DeepMimic's protocol: 0.2 s)."""
