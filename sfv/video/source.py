"""Where pictures come from: a video file, or image files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from sfv.video.grid import Grid


@dataclass(frozen=True)
class Look:
    """What a look at a range of pictures found."""

    decoded: np.ndarray
    """Numbers of the pictures that can be read. Shape (N,), int, ascending, at least one."""
    changes: np.ndarray
    """How much each differs from the one before, grey levels (``survey.ChangeMeter``). Shape (N,)."""
    size: tuple[int, int]
    """Width and height of what is read, pixels."""
    stored_size: tuple[int, int]
    """The same before pixels were made square."""
    words: tuple[str, ...]
    """What to say about the pictures."""


class Source(Protocol):
    """Pictures numbered from 0."""

    path: Path

    @property
    def count(self) -> int:
        """How many there are."""
        ...

    @property
    def rate_is_given(self) -> bool:
        """Whether the pictures themselves say at which rate they play."""
        ...

    def grid(self, fps: float | None) -> Grid:
        """Frames at a constant rate, at ``fps`` where it is not None. Raises VideoError."""
        ...

    def words(self) -> tuple[str, ...]:
        """What there is to say about the whole."""
        ...

    def look(self, first: int, stop: int) -> Look:
        """Look at pictures first .. stop - 1. Raises VideoError where none can be read."""
        ...

    def read(self, pictures: np.ndarray) -> Iterator[np.ndarray]:
        """The pictures with these numbers, ascending, (H, W, 3) uint8 RGB each; what is missing is the one before. Raises VideoError."""
        ...
