"""One video of the benchmark with its truth, whichever set it is from: what is recovered, and what it is scored by."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sfv import metrics
from sfv.bench.recovery.detection import Cost
from sfv.bench.recovery.score import Truth
from sfv.bench.results import Row
from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import BodyMotion


@dataclass(frozen=True)
class ImageTruth:
    """Where joints are in the picture; only rendered clips have it."""

    xy_px: np.ndarray
    """The truth's joints. Shape (T, J, 2), pixels."""
    inverted: np.ndarray
    """Frames in which the head is below the pelvis in the picture. Shape (T,), bool."""
    torso: float
    """``metrics.torso_px`` of the clip."""


@dataclass(frozen=True)
class Case:
    """One video."""

    set: str
    """"real", "synthetic" or "exact"."""
    clip: str
    view: str
    background: str
    video: Path
    keypoints: Keypoints
    """The person who is scored, with the frames in which they were seen. One person."""
    ideal: Keypoints
    """The same as a lens without distortion, centred on the picture, sees them: used where the camera is known."""
    focal_px: float
    """True focal length, pixels."""
    truth: Truth
    names: tuple[str, ...]
    """Joints of the truth."""
    points: Callable[[BodyMotion, Body], np.ndarray]
    """Those joints of a recovered motion. Returns (T, J, 3), metres, the motion's world."""
    image: ImageTruth | None
    detect_cost: Cost
    """What the detector took for 100 frames."""
    alternative_c: np.ndarray | None = None
    """The truth as other evidence gives it, where the truth itself was measured. Shape (T, J, 3), metres, camera axes."""

    @property
    def label(self) -> str:
        """Short name, also of files."""
        return "_".join(part for part in (self.clip, self.view, self.background) if part)

    @property
    def keys(self) -> Row:
        """What names the case in a row."""
        return {"set": self.set, "clip": self.clip, "view": self.view} | (
            {"background": self.background} if self.background else {}
        )


def detection_row(keypoints: Keypoints, names: tuple[str, ...], image: ImageTruth) -> Row:
    """PCK of all frames and of inverted ones; frames in which the person was not found count as wrong."""
    found = np.full((len(image.xy_px), len(names), 2), np.nan)
    columns = [keypoints.names.index(name) for name in names]
    frames = keypoints.first_frame + np.arange(keypoints.num_frames)
    inside = (frames >= 0) & (frames < len(found))
    found[frames[inside]] = keypoints.xy_px[0][inside][:, columns]
    right = metrics.pck(found, image.xy_px, image.torso)
    row: Row = {"pck": float(right.mean())}
    if image.inverted.any():
        row["pck_inverted"] = float(right[image.inverted].mean())
    return row


def nearest_person(keypoints: Keypoints, names: tuple[str, ...], image: ImageTruth) -> int:
    """The person who is found right most often: pictures on the wall may look like people."""
    return int(
        np.argmax(
            [detection_row(keypoints.select(person), names, image)["pck"] for person in range(keypoints.num_people)]
        )
    )
