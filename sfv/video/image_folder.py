"""Pictures that are image files: a folder of them, or a single one."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from sfv.errors import VideoError
from sfv.video.grid import Grid, counted
from sfv.video.images import image_files, image_size, read_grey, read_image
from sfv.video.limits import DEFAULT_FPS
from sfv.video.shape import fitted
from sfv.video.source import Look
from sfv.video.survey import ChangeMeter

_SAME_SHAPE = 0.01
"""Images are of one film where their proportions differ by no more than this share."""
_MOST_MISSING = 1.0
"""Numbers in names count time only where at most so many are missing for each image that is there."""


class ImageFolder:
    """A ``Source``: the images of a folder, or one image."""

    rate_is_given = False

    def __init__(self, path: Path) -> None:
        """Raises VideoError: no image, one that is too large, images of different shapes."""
        self.path = path
        self.files = image_files(path) if path.is_dir() else [path]

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self.files)

    def grid(self, fps: float | None) -> Grid:
        """One frame for each number in the images' names, at ``fps`` or an ordinary rate; frames whose number is missing are held."""
        fps = fps or DEFAULT_FPS
        numbers = _numbers(self.files)
        if numbers is None:
            return counted(self.count, fps)
        frames = np.arange(numbers[-1] + 1)
        nearest = np.searchsorted(numbers, frames, "right") - 1
        return Grid(nearest, ~np.isin(frames, numbers), fps)

    def words(self) -> tuple[str, ...]:
        """Which images are missing."""
        numbers = _numbers(self.files)
        if numbers is None or numbers[-1] + 1 == len(numbers):
            return ()
        gap = int(np.argmax(np.diff(numbers) > 1))
        return (
            f"{numbers[-1] + 1 - len(numbers)} images are missing by their numbers, the first ones between {self.files[gap].name} and "
            f"{self.files[gap + 1].name}: nobody is looked for there",
        )

    def look(self, first: int, stop: int) -> Look:
        """Read images first .. stop - 1 once, small. Raises VideoError where none can be read, or where their shapes differ."""
        files = self.files[first:stop]
        seen, changes, broken = _looked(tuple(files), tuple(_state(file) for file in files))
        if not len(seen):
            raise VideoError(broken)
        sizes = list(dict.fromkeys(image_size(files[number]) for number in seen))
        _check_shapes([files[number] for number in seen])
        size = self._size(first + int(seen[0]))
        words = (f"images are of {len(sizes)} sizes: all are read as {size[0]}x{size[1]}",) if len(sizes) > 1 else ()
        return Look(seen + first, changes, size, size, words)

    def _size(self, number: int) -> tuple[int, int]:
        height, width = read_image(self.files[number]).shape[:2]
        return width, height

    def read(self, pictures: np.ndarray) -> Iterator[np.ndarray]:
        """The images with these numbers, all in the size of the first of them. Raises VideoError."""
        last, image, size = -1, np.zeros(0, np.uint8), None
        for number in pictures.tolist():
            if number != last:
                image = read_image(self.files[number])
                size = size or (image.shape[1], image.shape[0])
                image, last = fitted(image, size), number
            yield image


def _state(file: Path) -> tuple[int, int]:
    try:
        state = file.stat()
    except OSError:
        return (0, 0)
    return state.st_mtime_ns, state.st_size


@lru_cache(4)
def _looked(files: tuple[Path, ...], state: tuple[tuple[int, int], ...]) -> tuple[np.ndarray, np.ndarray, str]:
    """Indices of those that can be read, how much each differs from the one before, and what is wrong with the last that cannot."""
    meter, seen, changes, broken = ChangeMeter(), list[int](), list[float](), ""
    for number, file in enumerate(files):
        try:
            changes.append(meter.add(read_grey(file)))
            seen.append(number)
        except VideoError as error:
            broken = str(error)
    return np.array(seen, int), np.array(changes), broken


def _check_shapes(files: list[Path]) -> None:
    first = sorted(image_size(files[0]))
    for file in files:
        size = image_size(file)
        if abs(min(size) * first[1] / (max(size) * first[0]) - 1) > _SAME_SHAPE:
            raise VideoError(
                f"{file} is {size[0]}x{size[1]} pixels, the first image {'x'.join(map(str, image_size(files[0])))}; images of a folder "
                "must have one size"
            )


def _numbers(files: list[Path]) -> np.ndarray | None:
    """Numbers of the images from 0 on, as their names count them, in whole steps; None where names do not count time."""
    parts = [re.fullmatch(r"(.*?)(\d{1,15})(\D*)", file.name) for file in files]
    names = [part for part in parts if part is not None]
    if len(names) < 3 or len(names) < len(files) or len({(name[1], name[3]) for name in names}) > 1:
        return None
    numbers = np.array([int(name[2]) for name in names])
    steps = np.diff(numbers)
    step = int(np.median(steps))
    if step < 1 or (steps % step).any() or (steps < 1).any():
        return None
    places = (numbers - numbers[0]) // step
    return places if places[-1] + 1 - len(places) <= _MOST_MISSING * len(places) else None
