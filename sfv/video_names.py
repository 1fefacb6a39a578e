"""How names of videos and pictures end. Imports nothing heavy: names are checked before the libraries that read them are loaded."""

from pathlib import Path

from sfv.errors import VideoError

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".avi")
"""How the name of a video file ends; what is written must hold H.264."""


def check_video_name(path: Path | str) -> None:
    """Raises VideoError where the name's ending is no video's: better before an hour of work than after it."""
    if Path(path).suffix.lower() not in VIDEO_SUFFIXES:
        raise VideoError(
            f"{path} does not end like a video; name it {', '.join(VIDEO_SUFFIXES[:-1])} or {VIDEO_SUFFIXES[-1]}"
        )
