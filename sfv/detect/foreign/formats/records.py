"""What a file of any format comes down to: frames with people with points."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Person:
    """One person in one frame."""

    points: np.ndarray
    """x, y, confidence as the file gives them; confidence 1 where it gives none; NaN for what is absent. Shape (K, 3)."""
    track: str | None = None
    """Who it is, where the file follows people."""
    names: tuple[str, ...] | None = None
    """Names of the points, where the file gives them beside the points."""


@dataclass(frozen=True)
class Frame:
    """Everybody in one frame."""

    people: Sequence[Person]
    label: str | int | None = None
    """What tells which frame it is: a number, or the name of a file or image; None where only the order does."""


@dataclass(frozen=True)
class Content:
    """What one file, or a folder of them, holds."""

    format: str
    """Whose format it is, for messages."""
    frames: Sequence[Frame]
    names: tuple[str, ...] | None = None
    """Names of the points, where the file gives them once."""
    size: tuple[float, float] | None = None
    """Width and height of the picture that the points are measured in, where the file says them."""
    notes: Sequence[str] = field(default_factory=tuple)
    """What was assumed, in words."""
