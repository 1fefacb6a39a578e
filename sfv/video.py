"""Videos in and out: RGB frames at one constant rate from a video file or a folder of images, H.264 files out."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sfv.errors import VideoError
from sfv.files import atomic_path
from sfv.video_names import IMAGE_SUFFIXES, check_video_name

FOLDER_FPS = 30.0
"""Rate of a folder of images where none is given: most cameras' rate."""
MISSING_SHARE = 0.01
"""A header may promise this share of frames more than the file holds (rounding of durations, broken AVI indices)."""


@dataclass(frozen=True)
class Video:
    """Frames of a video, read anew in every iteration: contiguous RGB uint8 of shape (height, width, 3), upright.

    Only one frame at a time is held. Iterating raises VideoError where the file turns out to be damaged.
    """

    path: Path
    fps: float
    """Frames per second, constant; a variable rate is resampled to its typical one (nearest frame)."""
    size: tuple[int, int]
    """Width and height in pixels, after the rotation that the file asks for."""
    num_frames: int
    first_frame: int = 0
    """Which frame of the whole video frame 0 is; more than 0 after a cut."""
    _read: Callable[[], Iterator[np.ndarray]] = field(repr=False, kw_only=True)

    def __iter__(self) -> Iterator[np.ndarray]:
        return self._read()

    def __len__(self) -> int:
        return self.num_frames


def open_video(
    path: Path | str, start: float | None = None, stop: float | None = None, fps: float | None = None
) -> Video:
    """Open a video file (mp4, mov, avi and whatever else FFmpeg reads) or a folder of images (png, jpg; natural order).

    ``start`` and ``stop`` cut, in seconds. ``fps`` is the rate of a folder of images, 30 where it is not given; a video
    file has its own, and ``fps`` is used only where it states none. Raises VideoError that says what is wrong and how
    to mend it: missing, no video, no frame, truncated, nothing inside the cut.
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise VideoError(f"{path} does not exist; check the name")
    if fps is not None and not 0 < fps < math.inf:
        raise VideoError(f"a rate of {fps} frames per second makes no sense; give a positive one")
    return _open_folder(path, start, stop, fps or FOLDER_FPS) if path.is_dir() else _open_file(path, start, stop, fps)


def _cut(path: Path, num_frames: int, fps: float, start: float | None, stop: float | None) -> range:
    """Frames between two times in seconds. Raises VideoError where there are none."""
    first = 0 if start is None else max(round(start * fps), 0)
    last = num_frames if stop is None else min(round(stop * fps), num_frames)
    if last <= first:
        raise VideoError(
            f"{path} lasts {num_frames / fps:.2f} s: nothing lies between {start or 0} s and {stop or 'the end'}"
        )
    return range(first, last)


def image_files(folder: Path) -> list[Path]:
    """The images of a folder in natural order, as ``open_video`` counts them. Raises VideoError where there are none."""
    files = [
        file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")
    ]
    if not files:
        raise VideoError(
            f"{folder} holds no image ({', '.join(IMAGE_SUFFIXES)}); give a video file or a folder of images"
        )
    return sorted(
        files,
        key=lambda file: [
            (part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", file.name)
        ],
    )


def _open_folder(path: Path, start: float | None, stop: float | None, fps: float) -> Video:
    files = image_files(path)
    frames = _cut(path, len(files), fps, start, stop)
    height, width = _read_image(files[0]).shape[:2]

    def read() -> Iterator[np.ndarray]:
        for file in files[frames.start : frames.stop]:
            image = _read_image(file)
            if image.shape[:2] != (height, width):
                size = f"{image.shape[1]}x{image.shape[0]}"
                raise VideoError(
                    f"{file} is {size} pixels, the first image {width}x{height}; images of a folder must have one size"
                )
            yield image

    return Video(path, fps, (width, height), len(frames), frames.start, _read=read)


def _read_image(file: Path) -> np.ndarray:
    data = np.frombuffer(file.read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if image is None:
        raise VideoError(f"{file} is not a readable image; remove it or make it again")
    return np.ascontiguousarray(image[..., ::-1])


def _open_file(path: Path, start: float | None, stop: float | None, fps: float | None) -> Video:
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise VideoError(f"{path} has no video stream; give a file with pictures in it")
            stream = container.streams.video[0]
            promised = stream.frames
            rate = float(stream.average_rate or stream.guessed_rate or fps or FOLDER_FPS)
            times, stamped = _packet_times(container, stream, rate)
    except (FFmpegError, OSError) as error:
        raise VideoError(
            f"{path} is not a readable video ({error.strerror or error}); if it should be one, it is damaged or not "
            f"completely copied: copy it again, or convert it with 'ffmpeg -i {path.name} mended.mp4'"
        ) from error
    if not times:
        raise VideoError(f"{path} holds no frame; record or copy it again")
    spacing, even = _spacing(times, rate)
    grid = times if even else np.arange(times[0], times[-1] + spacing / 2, spacing).tolist()
    truncated = promised * (1 - MISSING_SHARE) > len(times) + 1
    frames = _cut(path, promised if truncated else len(grid), 1 / spacing, start, stop)
    if frames.stop > len(grid):
        raise _truncated(path, len(times), 1 / spacing)

    def read() -> Iterator[np.ndarray]:
        return _decode(path, grid[frames.start : frames.stop], spacing, stamped)

    height, width = next(read()).shape[:2]
    return Video(path, 1 / spacing, (width, height), len(frames), frames.start, _read=read)


def _truncated(path: Path, readable: int, fps: float) -> VideoError:
    return VideoError(
        f"{path} is truncated or damaged: only its first {readable} frames can be read; copy it again, or cut it to "
        f"the readable part (stop at {max(readable - 1, 0) / fps:.2f} s)"
    )


def _packet_times(container: InputContainer, stream: VideoStream, rate: float) -> tuple[list[float], bool]:
    """Presentation times of all frames in seconds, in order, without decoding, and whether the file states them.

    Raw streams have none, and those of AVI are the decoder's order, not the pictures': such frames are counted instead.
    """
    packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
    stamps = [packet.pts for packet in packets if packet.pts is not None]
    if container.format.name == "avi" or len(stamps) < len(packets):
        return [index / rate for index in range(len(packets))], False
    return sorted(stamp * float(stream.time_base or 1) for stamp in stamps), True


def _spacing(times: list[float], nominal_fps: float) -> tuple[float, bool]:
    """Seconds between frames, and whether the frames are evenly spaced already (rounded time stamps are)."""
    if len(times) < 2:
        return 1 / nominal_fps, True
    index = np.arange(len(times))
    mean = (times[-1] - times[0]) / (len(times) - 1)
    even = mean > 0 and np.abs(np.asarray(times) - times[0] - mean * index).max() < 0.5 * mean
    if not even:
        steps = np.diff(times)
        return float(np.median(steps[steps > 0])) if (steps > 0).any() else 1 / nominal_fps, False
    return (1 / nominal_fps if abs(nominal_fps * mean - 1) < 0.01 else mean), True


def _decode(path: Path, wanted: list[float], spacing: float, stamped: bool) -> Iterator[np.ndarray]:
    """The frame nearest in time to each of ``wanted`` (seconds, ascending)."""
    done, previous = 0, None
    try:
        for time, frame in _frames_from(path, wanted[0], None if stamped else spacing):
            while previous is not None and wanted[done] - previous[0] < time - wanted[done]:
                yield _upright(previous[1])
                done += 1
                if done == len(wanted):
                    return
            previous = time, frame
    except FFmpegError as error:
        raise _truncated(path, done, 1 / spacing) from error
    for time in wanted[done:]:
        if previous is None or time - previous[0] > spacing:
            raise _truncated(path, done, 1 / spacing)
        yield _upright(previous[1])
        done += 1


def _frames_from(path: Path, start: float, counted: float | None) -> Iterator[tuple[float, VideoFrame]]:
    """Decoded frames and their times in seconds, from the last key frame before ``start``; all of them when ``counted``."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = float(stream.time_base or 1)
        if counted is None and start > (stream.start_time or 0) * base:
            container.seek(int(start / base), stream=stream)
        for index, frame in enumerate(container.decode(stream)):
            yield ((frame.pts or 0) * base if counted is None else index * counted), frame


def _upright(frame: VideoFrame) -> np.ndarray:
    """RGB pixels, turned as the file asks (``rotation``: degrees counter-clockwise), shape (H, W, 3)."""
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90) % 4))


def write_video(path: Path | str, frames: Iterable[np.ndarray], fps: float, crf: int = 20) -> None:
    """Write RGB uint8 frames of shape (H, W, 3) as H.264, yuv420p; the file appears only when it is complete.

    An odd width or height is padded by one pixel. ``crf`` is x264's quality: 0 lossless, 51 worst. Raises VideoError
    where there is no frame, sizes differ, or the name's ending is no video's.
    """
    check_video_name(path)
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise VideoError(f"there is no frame to write to {path}")
    height, width = first.shape[:2]
    with atomic_path(path) as temporary, av.open(str(temporary), "w") as container:
        stream = container.add_stream("libx264", Fraction(fps).limit_denominator(1001), {"crf": str(crf)})
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        for frame in chain((first,), frames):
            if frame.shape[:2] != (height, width):
                raise VideoError(
                    f"frames of {path} differ in size: {frame.shape[1]}x{frame.shape[0]} after {width}x{height}"
                )
            even = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
            container.mux(stream.encode(VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())
