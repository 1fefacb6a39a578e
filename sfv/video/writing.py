"""H.264 files out."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from sfv.budget import in_short
from sfv.errors import VideoError
from sfv.files import atomic_path
from sfv.video_names import check_video_name

_SLOWEST, _FASTEST = 0.1, 1000.0
"""Frames a second that a file is written with."""


def write_video(path: Path | str, frames: Iterable[np.ndarray], fps: float, crf: int = 20) -> None:
    """Write RGB uint8 frames of shape (H, W, 3) as H.264, yuv420p; the file appears only when it is complete.

    An odd width or height is padded by one pixel. ``crf`` is x264's quality: 0 lossless, 51 worst. Raises VideoError
    where there is no frame, sizes differ, the rate makes no sense, the name's ending is no video's, or the encoder fails.
    """
    check_video_name(path)
    if not _SLOWEST <= fps <= _FASTEST:
        raise VideoError(
            f"{path} cannot be written at {fps:g} frames a second; {_SLOWEST:g} to {_FASTEST:g} are possible"
        )
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise VideoError(f"there is no frame to write to {path}")
    height, width = first.shape[:2]
    with atomic_path(path) as temporary:
        try:
            _encode(temporary, path, chain((first,), frames), (width, height), fps, crf)
        except FFmpegError as error:
            raise VideoError(f"{path} could not be written ({in_short(error)})") from error


def _encode(
    temporary: Path, path: Path | str, frames: Iterable[np.ndarray], size: tuple[int, int], fps: float, crf: int
) -> None:
    width, height = size
    with av.open(str(temporary), "w") as container:
        stream = container.add_stream("libx264", Fraction(fps).limit_denominator(1001), {"crf": str(crf)})
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        for frame in frames:
            if frame.shape[:2] != (height, width):
                raise VideoError(
                    f"frames of {path} differ in size: {frame.shape[1]}x{frame.shape[0]} after {width}x{height}"
                )
            even = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
            container.mux(stream.encode(VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())
