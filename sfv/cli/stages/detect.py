"""``sfv detect``: video -> keypoints.npz."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.detect.config import DetectConfig

_DEFAULT = DetectConfig()
_OUT = Path("keypoints.npz")


COMMON = ("detector", "keypoints", "layout", "start", "stop", "fps", "slow_motion", "mode", "threads", "min_seconds")
"""Settings that the short help shows too."""


def detect(
    video: Annotated[str, tyro.conf.Positional],
    out: Path = _OUT,
    config: Annotated[DetectConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Find everybody in a video or picture, follow them, and write their 2D keypoints.

    Prints who was found and when, and whether the camera moves or the video cuts.

    Args:
        video: A video file, a picture, a folder of images, or a video among the assets (demo_video, balance_cam01 ...).
        out: File to write (.npz); without it an older keypoints.npz is kept under a dated name.
    """
    import sfv

    sfv.detect(video, out, config=config, keep_older=out == _OUT, log=print)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(detect, arguments, "sfv detect", common=COMMON)
