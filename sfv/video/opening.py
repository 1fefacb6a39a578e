"""Opening a film: what its header says, what the user says, and what is really in it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sfv.budget import in_short
from sfv.errors import VideoError
from sfv.motion.film import Film
from sfv.video.film_file import FilmFile
from sfv.video.grid import Grid
from sfv.video.image_folder import ImageFolder
from sfv.video.images import is_image
from sfv.video.limits import check_rate, check_slow_motion, check_time
from sfv.video.repeats import Pattern, repeated_pictures
from sfv.video.source import Look, Source
from sfv.video.video import Video, cut

_TOLD = 0.02
"""Share of repeated frames that is worth a word."""
_SAME_RATE = 0.02
"""A rate that was said is the rate without repetitions where it is as near to it as this."""


def open_video(
    path: Path | str,
    start: float | None = None,
    stop: float | None = None,
    fps: float | None = None,
    slow_motion: float = 1.0,
    drop_repeats: bool = False,
) -> Video:
    """Open a video file (mp4, mov, mkv, webm, avi, ts, gif ...), an image, or a folder of images (natural order).

    Args:
        path: File or folder.
        start, stop: Where to cut, in seconds of the film as it plays, at ``fps`` where that is given.
        fps: Pictures a second at which the film should play, whatever its header says; of images 30 where it is not given.
        slow_motion: The film plays so many times slower than life: the frames are ``slow_motion`` times as many a second.
        drop_repeats: Leave out pictures that repeat the one before in a regular pattern (25 pictures a second in a film of 50).

    All pictures of the cut are decoded once. Those that do not decode, moments without a picture and pictures that repeat the one
    before are ``held`` frames. ``words`` say whatever is unusual. Raises VideoError that says what is wrong and how to mend it:
    missing, no film, nothing readable, nothing inside the cut, a rate without sense, too large.
    """
    path, start, stop = Path(path).expanduser(), check_time(start, "start"), check_time(stop, "stop")
    slow_motion = check_slow_motion(slow_motion)
    if fps is not None:
        check_rate(fps, "--fps")
    source = open_source(path)
    grid = source.grid(fps)
    check_rate(grid.fps * slow_motion, str(path) if fps is None else "--fps with --slow-motion")
    frames = cut(path, len(grid.pictures), grid.fps, start, stop)
    wanted = grid.pictures[frames.start : frames.stop]
    look = source.look(int(wanted[0]), int(wanted[-1]) + 1)
    words = [*source.words(), *look.words, *_rate_words(source, grid, fps, slow_motion)]
    found = _with_losses(Grid(wanted, grid.held[frames.start : frames.stop], grid.fps, grid.words), look)
    found, first = _without_repeats(found, look, frames.start, fps, drop_repeats)
    film = Film(found.pictures, found.held, found.fps * slow_motion, first, slow_motion, tuple([*words, *found.words]))
    return Video(path, look.size, film, source.count, look.stored_size, _read=source.read)


def reopen(path: Path | str, film: Film) -> Video:
    """A film as it was opened before, so that every frame shows what it showed then.

    Raises VideoError where it cannot be that film, or not be read.
    """
    path = Path(path).expanduser()
    source = open_source(path)
    if film.pictures[-1] >= source.count:
        raise VideoError(
            f"{path} has {source.count} pictures, but what was made from it shows picture {film.pictures[-1]}; give the video it was "
            "made from"
        )
    height, width = next(source.read(film.pictures[:1])).shape[:2]
    return Video(path, (width, height), film, source.count, (width, height), _read=source.read)


def open_source(path: Path) -> Source:
    """The pictures of a file or folder. Raises VideoError."""
    try:
        there, folder = path.exists(), path.is_dir()
    except (OSError, ValueError) as error:
        raise VideoError(f"{path} cannot be opened ({in_short(error)})") from error
    if not there:
        raise VideoError(f"{path} does not exist; check the name")
    return ImageFolder(path) if folder or is_image(path) else FilmFile(path)


def _rate_words(source: Source, grid: Grid, fps: float | None, slow_motion: float) -> list[str]:
    words = list[str]()
    if fps is not None and source.rate_is_given and source.count > 1:
        own = source.grid(None).fps
        if abs(own / fps - 1) > _SAME_RATE:
            words.append(f"its header says {own:.4g} frames a second; it is read at {fps:.4g}, as was asked")
    if fps is None and not source.rate_is_given and source.count > 1:
        words.append(f"it states no rate: {grid.fps:.4g} frames a second are assumed; say the true one with --fps")
    if slow_motion != 1:
        words.append(
            f"it plays {slow_motion:g} times slower than life: {grid.fps:.4g} frames of it are {1 / slow_motion:.4g} s of life"
        )
    return words


def _with_losses(grid: Grid, look: Look) -> Grid:
    """Pictures that cannot be read give way to the nearest ones."""
    after = np.minimum(np.searchsorted(look.decoded, grid.pictures), len(look.decoded) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(look.decoded[after] - grid.pictures) <= np.abs(grid.pictures - look.decoded[before])
    there = look.decoded[np.where(nearer, after, before)]
    lost = there != grid.pictures
    if not lost.any():
        return grid
    wanted = np.unique(grid.pictures)
    gone = len(wanted) - len(np.intersect1d(wanted, look.decoded))
    words = (
        f"{gone} of its {len(wanted)} pictures are damaged and cannot be decoded: nobody is looked for there, the other "
        f"{len(wanted) - gone} are used",
    )
    return Grid(there, grid.held | lost, grid.fps, grid.words + words)


@dataclass(frozen=True)
class _Repeats:
    flags: np.ndarray
    """Of each frame, whether its picture repeats the one before. Shape (T,)."""
    pattern: Pattern | None


def _without_repeats(grid: Grid, look: Look, first: int, said: float | None, drop: bool) -> tuple[Grid, int]:
    """Mark or drop frames that repeat the one before; returns the number of the first frame too."""
    found = _repeats(grid, look)
    total, share = int(found.flags.sum()), len(found.flags)
    if not total:
        return grid, first
    pattern = found.pattern if drop and not grid.held.any() else None
    if pattern is None:
        words = (f"{total} of {share} frames repeat the one before: nobody is looked for in them",)
        told = grid.words + (words if total > _TOLD * share else ())
        return Grid(grid.pictures, grid.held | found.flags, grid.fps, told), first
    slower = grid.fps * pattern.kept / pattern.period
    fps = said if said and abs(said / slower - 1) < _SAME_RATE else slower
    word = (
        f"{total} of {share} pictures repeat the one before, in a regular pattern: it is read without them, at {fps:.4g} frames a "
        f"second instead of {grid.fps:.4g}"
    )
    kept = ~found.flags
    return Grid(grid.pictures[kept], grid.held[kept], fps, (*grid.words, word)), round(first * slower / grid.fps)


def _repeats(grid: Grid, look: Look) -> _Repeats:
    flags, pattern = repeated_pictures(look.changes, grid.fps)
    return _Repeats(flags[np.searchsorted(look.decoded, grid.pictures)] & ~grid.held, pattern)
