"""Chosen frames of the video that a motion was made from."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.video import Video, open_video, reopen


def video_of(path: Path | str, motion: BodyMotion, keypoints: Keypoints | None = None) -> Video:
    """The video that a motion was made from, read as it was then. Raises VideoError where it cannot be that one.

    Motions of other programs do not say how; then a video file is read as its header says, and a folder of images at the motion's rate.
    """
    film = motion.film or (keypoints.film if keypoints is not None else None)
    if film is not None:
        return reopen(path, film)
    return open_video(path, fps=motion.fps if Path(path).is_dir() else None)


def video_frames(
    video: Video, motion: BodyMotion, frames: Sequence[int] | np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """The pictures at the ascending ``frames`` (numbered at the motion's rate, as ``first_frame`` is), with their number in the video.

    A picture comes again where a number does. Raises SfvError where the video is not the motion's, VideoError.
    """
    wanted = np.round(np.asarray(frames) * video.fps / motion.fps).astype(int)
    inside = wanted - video.first_frame
    size = motion.camera.image_size if motion.camera else video.size
    if inside[0] < 0 or inside[-1] >= len(video) or video.size != size:
        raise SfvError(
            f"{video.path} (frames {video.first_frame} to {video.first_frame + len(video) - 1} of {video.size[0]}x{video.size[1]}) is "
            f"not the video of the motion, which shows frames {wanted[0]} to {wanted[-1]} of {size[0]}x{size[1]}; give the video it was "
            "reconstructed from"
        )
    yield from zip(wanted.tolist(), video.at(inside), strict=True)
