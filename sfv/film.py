"""How a film was read: which of its pictures each frame is. Kept with what is made from the film, so that it is opened so again."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sfv.errors import FileFormatError


@dataclass(frozen=True)
class Film:
    """Frames of a film as a stage read them, T of them, numbered from ``first``; the rate stands with what was made from them."""

    pictures: np.ndarray
    """Number of the picture of the file that each frame shows, counted from 0 in the order of showing. Shape (T,), int, ascending."""
    held: np.ndarray
    """Frames whose moment has no picture of its own: an earlier or later one is shown instead. Shape (T,), bool."""
    first: int = 0
    """Number of frame 0 of these arrays."""
    slow_motion: float = 1.0
    """The film plays so many times slower than life."""
    words: tuple[str, ...] = field(default=())
    """What one should know about the film, in sentences."""

    def __post_init__(self) -> None:
        if self.pictures.ndim != 1 or self.pictures.shape != self.held.shape or not len(self.pictures):
            raise FileFormatError(
                f"the record of a film does not fit together: pictures {self.pictures.shape}, held {self.held.shape}"
            )
        if self.pictures[0] < 0 or (np.diff(self.pictures) < 0).any() or not 0 < self.slow_motion < np.inf:
            raise FileFormatError("the record of a film numbers its pictures out of order; make the file again")

    def arrays(self) -> dict[str, Any]:
        """Arrays to store in an npz, under names that begin with ``film_``."""
        return {
            "film_pictures": self.pictures.astype(np.int64),
            "film_held": self.held,
            "film_first": self.first,
            "film_slow_motion": self.slow_motion,
            "film_words": np.asarray(self.words, dtype=np.str_),
        }

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> "Film | None":
        """What ``arrays`` stored; None in files that hold no such record. Raises FileFormatError."""
        if "film_pictures" not in arrays:
            return None
        pictures = np.asarray(arrays["film_pictures"])
        return cls(
            pictures.astype(np.int64),
            np.asarray(arrays.get("film_held", np.zeros(pictures.shape, bool))).astype(bool),
            int(arrays.get("film_first", 0)),
            float(arrays.get("film_slow_motion", 1.0)),
            tuple(str(word) for word in np.atleast_1d(arrays.get("film_words", np.zeros(0, "U1")))),
        )
