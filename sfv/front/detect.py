"""``sfv.detect``: a video becomes the keypoints of everybody in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfv.detect.config import DetectConfig
from sfv.front.outputs import path_of, ready
from sfv.front.settings import Log, quiet, with_settings
from sfv.names import find_video
from sfv.storage.outputs import writable_npz

if TYPE_CHECKING:
    from sfv.detect.keypoints import Keypoints


def detect(
    video: str | Path,
    out: str | Path | None = None,
    *,
    config: DetectConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
    **settings: Any,
) -> "Keypoints":
    """Find everybody in a video or picture and follow them.

    Args:
        video: A video file, a picture, a folder of images, or the name of a video among the assets (``demo_video``).
        out: File to write (keypoints.npz); None writes nothing.
        config: Settings of detection.
        keep_older: Keep what lies at ``out`` under a dated name instead of replacing it.
        log: Called with each line about who was found and when, and whether the camera moves or the video cuts.
        settings: Single fields of ``DetectConfig`` (``start=1.0, stop=3.0``), which win over ``config``.

    Returns:
        2D landmarks of all people, who is seen most first.

    Raises:
        VideoError: It is not a readable video.
        NoPersonError: Nobody is seen, or nobody for long enough.
        SfvError: A name or a setting is unknown.
    """
    path, target = find_video(video), path_of(out)
    config = with_settings(config or DetectConfig(), settings)
    if target is not None:
        target = writable_npz(target)
    from sfv.detect.describe import describe, describe_scene
    from sfv.detect.film import open_film
    from sfv.detect.run import detect as find_people
    from sfv.system.progress import log_film, stage_progress

    log_film(open_film(path, config).words)
    with stage_progress("detect") as progress:
        keypoints = find_people(path, config, progress)
    if target is not None:
        ready(target, keep_older)
        keypoints.save(target)
    log("\n".join([*describe(keypoints), *describe_scene(keypoints)]))
    if target is not None:
        log(f"wrote {target}")
    return keypoints
