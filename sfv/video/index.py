"""The pictures of a film's file, listed without decoding them: how many, and when each is shown."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sfv.budget import DAMAGE
from sfv.errors import VideoError
from sfv.video.container import opened, unreadable
from sfv.video.limits import DEFAULT_FPS, HIGHEST_FPS, LOWEST_FPS

_RAW = ("h264", "hevc", "vvc", "h263", "mjpeg", "mpegvideo", "m4v", "vc1", "obu", "dirac", "dnxhd")
"""Streams without a container."""
_TAGS = ("DURATION", "DURATION-eng")
"""Where Matroska keeps how long a stream is."""
_MISSING_SHARE = 0.01
"""A header may promise this share more than the file holds (rounding of durations, broken AVI indices) ..."""
_MISSING_SECONDS = 0.25
"""... or a stream of its kind end so much earlier."""


@dataclass(frozen=True)
class Index:
    """The pictures of one film, numbered from 0 in the order in which they are shown."""

    stamps: np.ndarray | None
    """When each is shown, in units of the stream, ascending. Shape (N,), int; None where the file does not say: pictures count."""
    unit: float
    """Seconds of such a unit."""
    count: int
    """How many there are, N."""
    nominal_fps: float
    """Rate that the header states, or where it states nonsense an ordinary one."""
    stated_fps: float | None
    """Rate that the header states; None where it states none."""
    counted: bool
    """Whether the file knows no time at all (a raw stream), so that its rate is a guess of the program that reads it."""
    promised_seconds: float
    """How long the header says that the film is where less of it is there; else 0."""
    promised: int
    """How many pictures it promises in that case; else 0."""

    @property
    def times(self) -> np.ndarray | None:
        """Seconds at which the pictures are shown. Shape (N,)."""
        return None if self.stamps is None else self.stamps * self.unit


def index_file(path: Path) -> Index:
    """The pictures of a video file. Raises VideoError. The last few files are remembered as long as they do not change."""
    try:
        state = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return _index(path, (state.st_ino, state.st_mtime_ns, state.st_size))


@lru_cache(8)
def _index(path: Path, state: tuple[int, int, int]) -> Index:
    with opened(path) as (container, stream):
        nominal, stated = _header_rate(stream)
        packets, ended = _packets(container, stream)
        found = _listed(packets, container.format.name)
        unit = float(stream.time_base or 1)
        if not found:
            raise VideoError(f"{path} holds no frame; record or copy it again")
        stamps = None if found[0] is None else np.sort(np.asarray(found, np.int64))
        length = len(found) / nominal if stamps is None else float(stamps[-1] - stamps[0]) * unit + 1 / nominal
        raw = container.format.name in _RAW
        promised = _promised(container, stream, len(packets), ended, length)
    count = len(found)
    if promised <= max(count, 1):
        promised = 0
    seconds = promised * max(length, 1e-9) / count
    return Index(stamps, unit, count, nominal, stated, raw, seconds if promised else 0.0, promised)


def _header_rate(stream: VideoStream) -> tuple[float, float | None]:
    rate = stream.average_rate or stream.guessed_rate
    stated = float(rate) if rate else None
    return (stated if stated and LOWEST_FPS <= stated <= HIGHEST_FPS else DEFAULT_FPS), stated


@dataclass(frozen=True)
class _Packet:
    pts: int | None
    hidden: bool


def _packets(container: InputContainer, stream: VideoStream) -> tuple[list[_Packet], float]:
    """All packets of the film, and the last moment of any stream, seconds. What a damaged file breaks off at ends the list."""
    packets, ended = list[_Packet](), 0.0
    hides = stream.codec_context.name in ("vp8", "libvpx")
    try:
        for packet in container.demux():
            if packet.pts is not None and packet.time_base:
                ended = max(ended, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if packet.stream_index == stream.index and packet.size:
                # what an edit list leaves out is decoded, not shown; VP8 has packets that are only referred to
                packets.append(_Packet(packet.pts, packet.is_discard or (hides and not _shown(packet))))
    except (FFmpegError, *DAMAGE):
        pass
    return packets, ended


def _shown(packet: Packet) -> bool:
    """Whether a VP8 packet's picture is shown: a bit of its first byte."""
    return bool(memoryview(packet)[0] >> 4 & 1)


def _listed(packets: list[_Packet], container: str) -> list[int | None]:
    """Stamps of the pictures that are shown, all None where some have none, or where they are the decoder's order (AVI)."""
    stamps = [packet.pts for packet in packets if not packet.hidden]
    return [None] * len(stamps) if container == "avi" or None in stamps else stamps


def _promised(container: InputContainer, stream: VideoStream, packets: int, ended: float, length: float) -> int:
    """How many pictures the header promises where clearly fewer are there, else 0."""
    if stream.frames * (1 - _MISSING_SHARE) > packets + 1:
        return stream.frames
    if "matroska" not in container.format.name:
        return 0
    tag = next((stream.metadata[name] for name in _TAGS if name in stream.metadata), "")
    stated = _seconds(tag)
    if not stated and container.duration:  # of the whole file: all of its streams end too early
        stated = container.duration * 1e-6
        length = max(ended - (container.start_time or 0) * 1e-6, length)
    if stated * (1 - _MISSING_SHARE) - _MISSING_SECONDS < length or length <= 0:
        return 0
    return round(packets * stated / length)


def _seconds(tag: str) -> float:
    """Of "00:00:02.000000000"; 0 for anything else."""
    try:
        hours, minutes, seconds = (float(part) for part in tag.split(":"))
    except ValueError:
        return 0.0
    total = 3600 * hours + 60 * minutes + seconds
    return total if np.isfinite(total) else 0.0
