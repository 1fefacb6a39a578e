"""``Video``: frames at one constant rate, however the film they come from keeps them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sfv.errors import VideoError
from sfv.motion.film import Film
from sfv.video.limits import MAX_FRAMES, clock


@dataclass(frozen=True)
class Video:
    """Frames of a video, read anew in every iteration: contiguous RGB uint8 of shape (height, width, 3), upright, square pixels.

    Only one frame at a time is held. Iterating raises VideoError where the file was changed or damaged meanwhile.
    """

    path: Path
    size: tuple[int, int]
    """Width and height in pixels, upright, after pixels were made square."""
    film: Film = field(repr=False)
    """Which picture of the file each frame shows, and what there is to say; to be kept with what is made of the frames."""
    num_pictures: int
    """How many pictures the whole file has."""
    stored_size: tuple[int, int]
    """Width and height of an upright picture as programs see it that do not make pixels square."""
    _read: Callable[[np.ndarray], Iterator[np.ndarray]] = field(repr=False, kw_only=True)
    """The pictures with these numbers, ascending, one for each."""

    @property
    def fps(self) -> float:
        """Frames per second of life, constant."""
        return self.film.fps

    @property
    def num_frames(self) -> int:
        """How many frames there are, T."""
        return len(self.film.pictures)

    @property
    def first_frame(self) -> int:
        """Which frame of the whole video frame 0 is; more than 0 after a cut."""
        return self.film.first

    @property
    def pictures(self) -> np.ndarray:
        """Number of each frame's picture in the file, counted from 0. Shape (T,), int."""
        return self.film.pictures

    @property
    def held(self) -> np.ndarray:
        """Frames that show the picture of another moment, since the film has none of theirs. Shape (T,), bool."""
        return self.film.held

    @property
    def words(self) -> tuple[str, ...]:
        """What one should know about the film, in sentences."""
        return self.film.words

    def __iter__(self) -> Iterator[np.ndarray]:
        return self._read(self.pictures)

    def at(self, frames: Sequence[int] | np.ndarray) -> Iterator[np.ndarray]:
        """The frames with these ascending indices alone, one for each."""
        return self._read(self.pictures[np.asarray(frames, int)])

    def __len__(self) -> int:
        return self.num_frames


def cut(path: Path, num_frames: int, fps: float, start: float | None, stop: float | None) -> range:
    """Frames between two times in seconds of a film that plays at ``fps``. Raises VideoError where there are none, or too many."""
    seconds = num_frames / fps
    first = 0 if start is None else max(round(min(start, seconds) * fps), 0)
    last = num_frames if stop is None else round(max(min(stop, seconds), 0.0) * fps)
    if last <= first:
        raise VideoError(
            f"{path} lasts {clock(seconds)}: nothing lies between {start or 0:g} s and {'the end' if stop is None else f'{stop:g} s'}"
        )
    if last - first > MAX_FRAMES:
        raise VideoError(
            f"{path} lasts {clock(seconds)} and has {num_frames:,} frames; up to {MAX_FRAMES:,} are read at once: choose a part with "
            "--start and --stop"
        )
    return range(first, last)
