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
    """Quality of H.264: 18 is nearly lossless, 28 is small."""
    tail_seconds: Seconds = 4.0
    """Seconds for which a simulated character that can go on is shown after the input has ended."""
    supersample: Annotated[int, Range(1, 8)] = 2
    """Factor by which meshes are drawn larger and then averaged, for smooth edges."""
    samples: Annotated[int, Range(0, 32)] = 4
    """Samples of a pixel in MuJoCo's pictures, for smooth edges."""
    shadows: bool = True
    """Cast shadows in MuJoCo's pictures (the largest part of their cost in software OpenGL)."""
    turn_deg: Degrees = 30.0
    """Angle by which the view of the worlds is turned about the person from where the input's camera stood, degrees."""
    side_turn_deg: Degrees = 90.0
    """Angle by which the second view of a recovery is turned about the person from where the input's camera stood,
    degrees: what is wrong in depth is seen there."""
    elevation_deg: Annotated[float, Range(-90, 90)] = 12.0
    """Angle from above at which the worlds are seen, degrees."""
    ghost: GhostPlace = "beside"
    """Place at which the reference of a simulated character is drawn, see-through: to its right in the picture, always
    at the same distance from where it should be, so that drift is seen; inside it; or nowhere."""
    beside_widening: Annotated[float, Range(1, 10)] = 1.5
    """Factor by which a picture with the reference beside the character is wider than world_width."""
    forces: bool = True
    """Draw contact forces and external pushes of a simulated character as arrows."""

    def width_with(self, beside: bool) -> int:
        """Width of a picture of a character, alone or with its reference ``beside``: even, as videos have to be."""
        return 2 * round(self.world_width * self.beside_widening / 2) if beside else self.world_width


@dataclass(frozen=True)
class LiveConfig(Checked):
    """How a show is watched."""

    speed: Annotated[float, Range(0, 1000, open_low=True)] = 1.0
    """Speed of the playback, as a multiple of real time."""
    push_newtons: NotNegative = 200.0
    """Force of an arrow key's push on the root."""
    push_seconds: Seconds = 0.2
    """Seconds for which an arrow key's push lasts (DeepMimic's protocol: 0.2 s)."""
