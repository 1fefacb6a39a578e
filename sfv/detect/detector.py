"""Detectors by name: BlazePose, files of other systems, and what other packages add (entry points ``sfv.detectors``)."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from sfv.detect.config import DetectConfig
from sfv.detect.foreign.read import read_foreign
from sfv.detect.keypoints import Keypoints
from sfv.detect.pipeline import detect_blazepose
from sfv.detect.tracking.track import Progress
from sfv.errors import UnknownNameError

ENTRY_POINTS = "sfv.detectors"


class Detector(Protocol):
    """Keypoints of everybody in a video; nobody is no error here (an array of no people)."""

    def __call__(self, video_path: Path, config: DetectConfig, progress: Progress | None = None) -> Keypoints:
        """Detect; ``progress`` is told (frames done, frames in all)."""
        ...


BUILT_IN: dict[str, Detector] = {
    "blazepose": detect_blazepose, "openpose": read_foreign, "json": read_foreign, "npz": read_foreign,
}  # fmt: skip
"""Detectors that come with sfv; files of other programs are told apart by what they hold, whichever name is given."""


def find_detector(name: str) -> Detector:
    """The detector of that name. Raises UnknownNameError that lists what exists."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    added = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in added:
        raise UnknownNameError("detector", name, [*BUILT_IN, *added])
    return added[name].load()


def detector_names() -> list[str]:
    """Every detector that can be found."""
    return [*BUILT_IN, *(point.name for point in entry_points(group=ENTRY_POINTS))]
