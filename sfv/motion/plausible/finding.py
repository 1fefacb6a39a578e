"""What a test of plausibility found: certain nonsense, or a doubt, in words that name the likely cause and what mends it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["nonsense", "doubt"]


@dataclass(frozen=True)
class Finding:
    """One reason not to believe a motion."""

    severity: Severity
    """"nonsense" is refused, "doubt" is a warning."""
    words: str
    """A sentence or two: what was measured, the likely cause, what mends it."""
    figure: float
    """What was measured, in the unit of the test."""


def nonsense(words: str, figure: float) -> Finding:
    """Something that no recording of a person has."""
    return Finding("nonsense", words, figure)


def doubt(words: str, figure: float) -> Finding:
    """Something that recordings hardly have."""
    return Finding("doubt", words, figure)
