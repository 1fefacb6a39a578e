"""The film that a detection reads, opened as its settings say."""

from pathlib import Path

from sfv.detect.config import DetectConfig
from sfv.video import Video, open_video


def open_film(path: Path | str, config: DetectConfig) -> Video:
    """The film of ``path``, without the pictures that repeat the one before in a regular pattern. Raises VideoError."""
    return open_video(path, config.start, config.stop, config.fps, config.slow_motion, drop_repeats=True)
