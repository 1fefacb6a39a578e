"""Decoding: the pictures of a film by their numbers, past packets that do not decode."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sfv.budget import DAMAGE
from sfv.video.container import opened
from sfv.video.index import Index

Picture = tuple[int, VideoFrame, VideoStream]
"""Number of a picture, the picture, and the stream that it is from."""


class Damaged(Exception):
    """A packet did not decode while several threads decoded, which then lose more than that packet's picture."""


def pictures(path: Path, index: Index, first: int, whole: bool) -> Iterator[Picture]:
    """Decoded pictures from number ``first`` on, ascending; those that do not decode are missing.

    ``whole``: several threads decode, and Damaged is raised at the first packet that does not. Raises VideoError.
    """
    if first and index.stamps is not None:
        begun = False
        for item in _run(path, index, first, whole, seek=True):
            begun = True
            yield item
        if begun:
            return
    yield from _run(path, index, first, whole, seek=False)


def _run(path: Path, index: Index, first: int, whole: bool, seek: bool) -> Iterator[Picture]:
    """One pass; with ``seek`` from the key picture before ``first`` on, or nothing where none is found there."""
    with opened(path) as (container, stream):
        stream.thread_type = "AUTO" if whole else "SLICE"
        if seek and not _sought(container, stream, index, first):
            return
        last, numbers = -1, _Numbers(index)
        for frame in _frames(container, stream, whole, numbers):
            number = numbers.of(frame)
            if seek and last < 0 and number > first:
                return
            if number > last:
                last = number
                if number >= first:
                    yield number, frame, stream


def _sought(container: InputContainer, stream: VideoStream, index: Index, first: int) -> bool:
    assert index.stamps is not None
    try:
        container.seek(int(index.stamps[first]), stream=stream)
    except (FFmpegError, *DAMAGE):
        return False
    return True


class _Numbers:
    """Which picture of the index a decoded frame is."""

    def __init__(self, index: Index) -> None:
        self._stamps, self._next = index.stamps, 0
        self.lost = 0
        """Packets that did not decode; where pictures only count, each stands for one."""

    def of(self, frame: VideoFrame) -> int:
        number = self._next
        if self._stamps is None:
            number += self.lost
            self.lost = 0
        elif frame.pts is not None:
            left, right = (int(np.searchsorted(self._stamps, frame.pts, side)) for side in ("left", "right"))
            # several with one stamp come one after the other; a stamp that is not listed belongs to the one before it
            number = min(max(left, self._next), right - 1) if right > left else right - 1
        self._next = number + 1
        return number


def _frames(container: InputContainer, stream: VideoStream, whole: bool, numbers: _Numbers) -> Iterator[VideoFrame]:
    """Everything that decodes, in the order of showing."""
    for packet in _packets(container, stream, whole):
        try:
            frames = packet.decode() if packet else stream.codec_context.decode(None)
        except EOFError:  # there is nothing left to flush
            continue
        except (FFmpegError, *DAMAGE) as error:
            if whole:
                raise Damaged from error
            numbers.lost += 1
            continue
        yield from (frame for frame in frames if isinstance(frame, VideoFrame))


def _packets(container: InputContainer, stream: VideoStream, whole: bool) -> Iterator[Packet | None]:
    """Packets in the order of decoding, an empty one at the end; None for it where a damaged file breaks off."""
    try:
        yield from container.demux(stream)
    except (FFmpegError, *DAMAGE) as error:
        if whole:
            raise Damaged from error
        yield None
