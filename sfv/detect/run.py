"""The detection stage: a video in, ``Keypoints`` of everybody in it out, or a clear word why not."""

from pathlib import Path

from sfv.detect.config import DetectConfig
from sfv.detect.detector import find_detector
from sfv.detect.keypoints import Keypoints
from sfv.detect.tracking.track import Progress
from sfv.errors import NoPersonError, SettingError


def detect(video_path: Path | str, config: DetectConfig | None = None, progress: Progress | None = None) -> Keypoints:
    """2D landmarks of all people in a video, who is seen most first; ``progress`` is told (frames done, frames in all).

    Raises VideoError (not a readable video), UnknownNameError (no such detector), FileFormatError (keypoint files of
    another system), NoPersonError when nobody is seen, or nobody for ``config.min_seconds`` (not asked of a single picture).
    """
    config = config or DetectConfig()
    if config.keypoints and config.detector == "blazepose":
        raise SettingError(
            "is read by the detectors openpose, json and npz; add --detector openpose, or leave it out to look for people in the "
            "video itself", "keypoints"
        )  # fmt: skip
    keypoints = find_detector(config.detector)(Path(video_path), config, progress)
    if not keypoints.num_people or not keypoints.present.any():
        if config.keypoints:
            raise NoPersonError(
                f"nobody is in {config.keypoints}: no frame of the video has a point with a confidence above 0"
            )
        raise NoPersonError(
            f"nobody was found in {video_path}; a person should be at least a ninth of the picture high, in view from head "
            "to feet, and not much hidden (a video where one is can be cut out of a longer one with start and stop)"
        )
    told = f" ({'; '.join(keypoints.notes)})" if keypoints.notes else ""
    own = 1.0 if keypoints.film is None else 1 - float(keypoints.film.held.mean())
    longest = keypoints.present.sum(1).max() / (keypoints.fps * max(own, 1 / keypoints.num_frames))
    if longest < config.min_seconds and keypoints.num_frames > 1:
        raise NoPersonError(
            f"a person was found in {video_path}, but is seen for only {longest:.2f} s; at least {config.min_seconds:g} s are "
            f"needed: use a longer video of this person{told}"
        )
    return keypoints
