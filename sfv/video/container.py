"""The one place that opens a film's file: only formats that hold pictures themselves, and nothing but that file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from sfv.budget import DAMAGE, in_short, regular_file
from sfv.errors import FileFormatError, VideoError
from sfv.video.limits import MAX_PIXELS, check_pixels

_FORMATS = (
    "mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "m4v", "h263", "h264", "hevc", "vvc", "av1", "obu",
    "ivf", "vc1", "flv", "asf", "ogg", "gif", "apng", "mjpeg", "dv", "mxf", "nut", "rm", "yuv4mpegpipe", "wtv", "dirac", "dnxhd",
    "wav", "w64", "mp3", "flac", "aac", "ac3", "aiff", "caf", "au",
)  # fmt: skip
"""Containers and streams that are read; sound, so that it can be named. Play lists, which name other files, are not among them."""
_BUFFER = 1 << 18


class _File:
    """A file for the library to read from, without a name that it might interpret (or fail to encode)."""

    def __init__(self, handle: IO[bytes]) -> None:
        self.read, self.seek, self.tell = handle.read, handle.seek, handle.tell


def _refuse(url: str, flags: int, options: dict[str, str]) -> None:
    raise OSError(f"it names another file, {url[:80]}, which is not opened")


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its film. Raises VideoError: no ordinary file, not readable, no film in it, too large pictures."""
    try:
        with regular_file(path).open("rb") as handle, _container(handle) as container:
            yield container, film_stream(container, path)
    except FileFormatError as error:
        raise VideoError(str(error)) from error
    except VideoError:
        raise
    except (FFmpegError, *DAMAGE) as error:
        raise unreadable(path, error) from error


def _container(handle: IO[bytes]) -> InputContainer:
    return av.open(
        _File(handle),
        "r",
        metadata_errors="replace",  # titles in whatever encoding
        container_options={"format_whitelist": ",".join(_FORMATS), "protocol_whitelist": "none"},
        options={"max_pixels": str(MAX_PIXELS)},
        io_open=_refuse,
        buffer_size=_BUFFER,
    )


def film_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first stream of moving pictures; cover pictures of music are none. Raises VideoError."""
    films = [stream for stream in container.streams.video if not stream.disposition & _ATTACHED]
    if not films:
        held = (
            "only a cover picture" if container.streams.video else "only sound" if container.streams.audio else "none"
        )
        raise VideoError(f"{path} has no video stream ({held}); give a file with a film in it")
    stream = films[0]
    check_pixels(stream.codec_context.width, stream.codec_context.height, path)
    return stream


_ATTACHED = Disposition.attached_pic


def unreadable(path: Path, error: BaseException) -> VideoError:
    """The sentence about a file that is no film, or too damaged."""
    reason = "invalid data" if isinstance(error, FFmpegError) and "Invalid" in str(error) else in_short(error)
    return VideoError(
        f"{path} is not a readable video ({reason}); if it should be one, it is damaged or not completely copied: copy it again, "
        "or convert it with 'ffmpeg -i FILE mended.mp4'"
    )
