"""Pictures of a video file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from sfv.errors import VideoError
from sfv.video.decode import Damaged, pictures
from sfv.video.grid import Grid, counted, grid_of
from sfv.video.index import Index, index_file
from sfv.video.limits import check_pixels, clock
from sfv.video.shape import Shape, picture, shape_of
from sfv.video.source import Look
from sfv.video.survey import survey


class FilmFile:
    """A ``Source``: the film in a video file."""

    def __init__(self, path: Path) -> None:
        """Raises VideoError where the file is no film."""
        self.path = path
        self._index = index_file(path)

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return self._index.count

    @property
    def rate_is_given(self) -> bool:
        """Whether time stamps or the header say at which rate they play."""
        return not self._index.counted

    def grid(self, fps: float | None) -> Grid:
        """Frames at a constant rate; where ``fps`` is given, the pictures follow one another at it, whatever the file says."""
        index = self._index
        if fps is not None:
            return counted(index.count, fps)
        if index.times is None:
            return counted(index.count, index.nominal_fps)
        try:
            return grid_of(index.times, index.nominal_fps)
        except VideoError as error:
            raise VideoError(f"{self.path}: {error}") from error

    def words(self) -> tuple[str, ...]:
        """Whether the file is cut."""
        index = self._index
        if not index.promised:
            return ()
        whole = index.promised_seconds
        return (
            f"the file is cut: {index.count} of {index.promised} pictures are there, {clock(whole * index.count / index.promised)} of "
            f"{clock(whole)}; copy it again for the rest",
        )

    def look(self, first: int, stop: int) -> Look:
        """Decode pictures first .. stop - 1 once. Raises VideoError where none can be read."""
        seen = survey(self.path, first, stop)
        check_pixels(*seen.shape.size, self.path)
        words = list[str]()
        stored, size = seen.shape.stored, seen.shape.size
        if stored != size:
            words.append(
                f"its pixels are not square ({seen.shape.aspect:.4g} times as wide as high): pictures of {_by(stored)} are read as "
                f"{_by(size)}"
            )
        if seen.shape.mirrored:
            words.append("it asks to be shown mirrored, and is read so")
        if len(seen.sizes) > 1:
            words.append(
                f"its pictures change their size ({', '.join(map(_by, seen.sizes[:4]))}): all are read as {_by(size)}"
            )
        if seen.interlaced:
            words.append(
                "it is interlaced: each picture shows two moments, line by line in turn, which blurs whoever moves; better read "
                "what 'ffmpeg -i FILE -vf bwdif whole.mp4' makes of it"
            )
        return Look(seen.decoded, seen.changes, size, stored, tuple(words))

    def read(self, pictures: np.ndarray) -> Iterator[np.ndarray]:
        """The pictures with these numbers, ascending; one that does not decode is the one before. Raises VideoError."""
        done, wanted = 0, pictures.tolist()
        image, before, shape = None, None, None
        for number, frame, shape_here in _numbered(self.path, self._index, wanted[0]):
            shape = shape or shape_here
            while done < len(wanted) and before is not None and wanted[done] < number:
                image = picture(before, shape) if image is None else image
                yield image
                done += 1
            if done == len(wanted):
                return
            image, before = None, frame
        if before is None or shape is None:
            raise VideoError(f"{self.path}: picture {wanted[0]} cannot be decoded; the file is damaged: copy it again")
        image = picture(before, shape) if image is None else image
        for _ in wanted[done:]:
            yield image


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _numbered(path: Path, index: Index, first: int) -> Iterator[tuple[int, VideoFrame, Shape]]:
    """Pictures from ``first`` on with their numbers, as fast as the file allows; what does not decode is missing."""
    reached = first
    try:
        for number, frame, stream in pictures(path, index, first, whole=True):
            yield number, frame, shape_of(frame, stream)
            reached = number + 1
    except Damaged:
        for number, frame, stream in pictures(path, index, reached, whole=False):
            yield number, frame, shape_of(frame, stream)
