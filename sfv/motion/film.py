"""How a film was read: which of its pictures each frame is. Kept with what is made from the film, so that it is opened so again."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.fields import frame_rate, numbers, texts, whole


@dataclass(frozen=True)
class Film:
    """Frames of a film as a stage read them, T of them, at a constant rate."""

    pictures: np.ndarray
    """Number of the picture of the file that each frame shows, counted from 0 in the order of showing. Shape (T,), int, ascending."""
    held: np.ndarray
    """Frames whose moment has no picture of its own: an earlier or later one is shown instead. Shape (T,), bool."""
    fps: float
    """Frames a second of life."""
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
        frame_rate(self.fps)
        if self.pictures[0] < 0 or (np.diff(self.pictures) < 0).any() or not 0 < self.slow_motion < np.inf:
            raise FileFormatError("the record of a film numbers its pictures out of order; make the file again")

    def arrays(self) -> dict[str, Any]:
        """Arrays to store in an npz, under names that begin with ``film_``."""
        return {
            "film_pictures": self.pictures.astype(np.int64),
            "film_held": self.held,
            "film_fps": self.fps,
            "film_first": self.first,
            "film_slow_motion": self.slow_motion,
            "film_words": np.asarray(self.words, dtype=np.str_),
        }

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> "Film | None":
        """What ``arrays`` stored; None in files that hold no such record. Raises FileFormatError."""
        if "film_pictures" not in arrays:
            return None
        missing = [name for name in _NAMES if name not in arrays]
        if missing:
            raise FileFormatError(f"the record of its film lacks {', '.join(missing)}; make the file again")
        pictures, held = arrays["film_pictures"], arrays["film_held"]
        if pictures.dtype.kind not in "iu" or held.dtype.kind != "b":
            raise FileFormatError("the record of its film holds no numbers of pictures; make the file again")
        return cls(
            pictures.astype(np.int64),
            held,
            frame_rate(arrays["film_fps"]),
            whole(arrays["film_first"], "film_first"),
            float(numbers(arrays["film_slow_motion"], "film_slow_motion", ())),
            texts(arrays["film_words"], "film_words"),
        )


_NAMES = ("film_pictures", "film_held", "film_fps", "film_first", "film_slow_motion", "film_words")
