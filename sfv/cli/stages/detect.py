"""``sfv detect``: video -> keypoints.npz."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.detect.config import DetectConfig

_DEFAULT = DetectConfig()
_OUT = Path("keypoints.npz")


COMMON = (
    "detector",
    "keypoints",
    "layout",
    "start",
    "stop",
    "fps",
    "slow_motion",
    "mode",
    "threads",
    "min_seconds",
)
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
    from sfv.detect.describe import describe, describe_scene
    from sfv.names import find_video
    from sfv.outputs import make_way, writable_npz
    from sfv.progress import stage_progress, tell_film

    path = find_video(video)
    out = writable_npz(out)
    from sfv.detect.film import open_film
    from sfv.detect.run import detect as find_people

    tell_film(open_film(path, config).words)
    with stage_progress("detect") as progress:
        keypoints = find_people(path, config, progress)
    make_way(out, _OUT)
    keypoints.save(out)
    print("\n".join([*describe(keypoints), *describe_scene(keypoints), f"wrote {out}"]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(detect, arguments, "sfv detect", common=COMMON)
