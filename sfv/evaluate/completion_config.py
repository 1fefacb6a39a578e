"""Settings of completing a still image. Imports nothing heavy: the CLI reads it for its help."""

from dataclasses import dataclass
from typing import Annotated

from sfv.ranges import Checked, NotNegative, Range, Seconds


@dataclass(frozen=True)
class CompletionConfig(Checked):
    """How a pose is found in a skill, and how long the skill goes on from it."""

    seconds: Annotated[float, Range(0.01, 3600)] = 5.0
    """Seconds for which a skill that can go on for ever is continued; any other is continued to its end."""
    least_seconds: Seconds = 0.5
    """Seconds of the clip that must be to come where a pose is looked for: otherwise nothing would be left to
    complete."""
    most_distance: NotNegative = 0.6
    """Distance from the nearest moment of the skill, radians (root mean square over joints), from which the picture is
    said not to show the skill."""
    fall_seconds: Seconds = 1.0
    """Seconds for which the simulation goes on after a fall."""
    hold_seconds: Seconds = 0.7
    """Seconds for which the video holds the first pose, to be compared with the picture."""
