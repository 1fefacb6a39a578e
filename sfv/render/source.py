"""Chosen frames of the video that a motion was made from."""

from collections.abc import Iterator, Sequence

import numpy as np

from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.video import Video


def video_frames(
    video: Video, motion: BodyMotion, frames: Sequence[int] | np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """The pictures at the ascending ``frames`` (numbered at the motion's rate, as ``first_frame`` is), with their number in the video.

    A picture comes again where a number does. Raises SfvError where the video is not the motion's, VideoError.
    """
    wanted = np.round(np.asarray(frames) * video.fps / motion.fps).astype(int).tolist()
    size = motion.camera.image_size if motion.camera else video.size
    if wanted[-1] >= len(video) or video.size != size:
        raise SfvError(
            f"{video.path} ({len(video)} frames of {video.size[0]}x{video.size[1]}) is not the video of the motion, which ends at "
            f"frame {wanted[-1]} of {size[0]}x{size[1]}; give the video it was reconstructed from"
        )
    pictures = enumerate(video)
    at, picture = next(pictures)
    for goal in wanted:
        while at < goal:
            at, picture = next(pictures)
        yield goal, picture
