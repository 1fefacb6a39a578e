"""One look at all pictures of a film before it is used: what decodes, what repeats, what changes."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from sfv.errors import VideoError
from sfv.video.decode import Damaged, pictures
from sfv.video.index import Index, index_file
from sfv.video.shape import Shape, shape_of

_BLOCKS = 22
"""Blocks along a picture's shorter side; means over them hide what compression does."""
_LEAST_BLOCK = 8


@dataclass(frozen=True)
class Survey:
    """What was found in a range of pictures."""

    shape: Shape
    decoded: np.ndarray
    """Numbers of the pictures that decode. Shape (N,), int, ascending."""
    changes: np.ndarray
    """Largest change of a block's mean against the picture before, grey levels; infinite for the first. Shape (N,)."""
    sizes: tuple[tuple[int, int], ...]
    """Stored sizes in the order in which they appear."""
    interlaced: bool
    """Whether most pictures consist of two fields."""
    damaged: bool
    """Whether packets did not decode."""


def survey(path: Path, first: int, stop: int) -> Survey:
    """Look at pictures first .. stop - 1 of a video file. Raises VideoError where none of them decodes.

    The last few answers are remembered as long as the file does not change.
    """
    state = path.stat()
    return _survey(path, first, stop, (state.st_ino, state.st_mtime_ns, state.st_size))


@lru_cache(8)
def _survey(path: Path, first: int, stop: int, state: tuple[int, int, int]) -> Survey:
    index = index_file(path)
    try:
        return _looked(path, index, first, stop, whole=True)
    except Damaged:
        return _looked(path, index, first, stop, whole=False)


def _looked(path: Path, index: Index, first: int, stop: int, whole: bool) -> Survey:
    meter, numbers, sizes, interlaced = ChangeMeter(), list[int](), dict[tuple[int, int], None](), 0
    changes, shape = list[float](), None
    for number, frame, stream in pictures(path, index, first, whole):
        if number >= stop:
            break
        shape = shape or shape_of(frame, stream)
        numbers.append(number)
        changes.append(meter.add(frame.to_ndarray(format="gray")))
        sizes[frame.width, frame.height] = None
        interlaced += frame.interlaced_frame
    if shape is None:
        raise VideoError(
            f"{path}: none of its {stop - first} pictures can be decoded; the file is damaged: copy it again, or convert it with "
            "'ffmpeg -i FILE mended.mp4'"
        )
    return Survey(shape, np.array(numbers), np.array(changes), tuple(sizes), 2 * interlaced > len(numbers), not whole)


class ChangeMeter:
    """How much each picture differs from the one before."""

    def __init__(self) -> None:
        self._before: np.ndarray | None = None

    def add(self, grey: np.ndarray) -> float:
        """Largest change of the mean of a block, grey levels, of a picture (H, W) uint8; infinite where it is of another size."""
        height, width = grey.shape
        side = max(min(height, width) // _BLOCKS, _LEAST_BLOCK)
        side = min(side, height, width)
        rows, columns = height // side, width // side
        inside = grey[: rows * side, : columns * side].astype(np.float32)  # means of bytes would be rounded
        blocks = cv2.resize(inside, (columns, rows), interpolation=cv2.INTER_AREA)
        before, self._before = self._before, blocks
        if before is None or before.shape != blocks.shape:
            return np.inf
        return float(np.abs(blocks - before).max())
