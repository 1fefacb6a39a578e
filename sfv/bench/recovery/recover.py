"""One case through one method: the row of the table, the errors of each frame, and the motion."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from sfv import metrics
from sfv.bench.recovery.case import Case, detection_row
from sfv.bench.recovery.detection import Cost, Stopwatch
from sfv.bench.recovery.landmarks import detector_certainty, detector_points, motion_certainty
from sfv.bench.recovery.score import score_motion, score_points
from sfv.bench.results import Row
from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.reconstruct import reconstruct
from sfv.storage.stamps import fingerprint, read_note, stamp_of, write_note

CAMERAS = ("known", "unknown")
"""Whether focal length and gravity are given."""
DETECTOR_METHODS = ("raw", "smoothed")
"""Methods without a fit: the detector's own 3D landmarks as they are, and after a low-pass."""
REFERENCE = "reference"
"""What a perfect method would score: the truth measured with one more camera against the truth."""
METHODS = (*DETECTOR_METHODS, "ours", "ours:hmr", "ours:landmarks", "ours:taylor")
"""All methods; what follows the colon is where the fit starts (``ReconstructConfig.init``)."""


@dataclass(frozen=True)
class Result:
    """What one method made of one case."""

    row: Row
    """Figures, without the keys that name the case."""
    frames: np.ndarray
    """Frames that were recovered. Shape (N,)."""
    pa_mm: np.ndarray
    """PA-MPJPE of each. Shape (N,)."""
    motion: Path | None
    """Where the motion lies; None for methods without a fit, and where it failed."""


def method_config(method: str, config: ReconstructConfig) -> ReconstructConfig:
    """The settings of a method that fits."""
    _, _, init = method.partition(":")
    return replace(config, init=init) if init else config


def run_method(
    case: Case, method: str, camera: str, config: ReconstructConfig, body: Body, work: Path, variant: str = ""
) -> Result:
    """Score ``method`` on ``case``; a motion in ``work`` that the same code and settings made is read, not made again.

    ``variant`` names settings that differ from the method's usual ones, for the file's name.
    """
    if method in DETECTOR_METHODS:
        return _detector_result(case, method)
    if method == REFERENCE:
        assert case.alternative_c is not None
        score = score_points(case.alternative_c, np.arange(len(case.alternative_c)), case.truth)
        return Result(score.row, score.frames, score.pa_mm, None)
    config = method_config(method, config)
    if camera == "known":
        x, y, z = case.truth.up_c
        config = replace(config, focal_px=case.focal_px, up_c=(float(x), float(y), float(z)))
    name = "_".join(part for part in (case.label, method.replace(":", "-"), camera, variant) if part)
    path = work / f"{name}.npz"
    keypoints = case.ideal if camera == "known" else case.keypoints
    fitted = _fitted(keypoints, config, body, path)
    if isinstance(fitted, str):
        return Result({"coverage": 0.0, "failure": fitted}, np.empty(0, int), np.empty(0), None)
    motion, cost = fitted
    points = case.points(motion, body)
    score = score_motion(motion, points, case.truth, body, motion_certainty(motion, case.names))
    row = score.row | {
        "seconds_per_100_frames": cost.processor,
        "seconds_everything": cost.processor + case.detect_cost.processor,
        "elapsed_everything": cost.elapsed + case.detect_cost.elapsed,
    }
    if case.image is not None:
        row |= _reprojection_row(case, motion, points)
    return Result(row, score.frames, score.pa_mm, path)


def _fitted(keypoints: Keypoints, config: ReconstructConfig, body: Body, path: Path) -> tuple[BodyMotion, Cost] | str:
    """The motion and what it cost, or why there is none; read from ``path`` where the same code, settings and keypoints made it."""
    note = path.with_suffix(".json")
    data = keypoints.xy_px.tobytes() + keypoints.confidence.tobytes() + keypoints.world_c.tobytes()
    stamp = stamp_of(fingerprint("reconstruct", "body", "motion"), config, data)
    kept = read_note(note, stamp)
    if kept is not None:
        return kept["failure"] or (BodyMotion.load(path), Cost(**kept["cost"]))
    watch = Stopwatch()
    try:
        motion = reconstruct(keypoints, config, body)
    except SfvError as error:
        write_note(note, stamp, {"failure": str(error), "cost": None})
        return str(error)
    cost = watch.per_100(len(motion))
    motion.save(path)
    write_note(note, stamp, {"failure": "", "cost": asdict(cost)})
    return motion, cost


def _detector_result(case: Case, method: str) -> Result:
    points, frames = detector_points(case.ideal, case.names, method == "smoothed")
    certainty = detector_certainty(case.ideal, case.names, frames)
    score = score_points(points, case.keypoints.first_frame + frames, case.truth, certainty)
    row = score.row | {"seconds_everything": case.detect_cost.processor, "elapsed_everything": case.detect_cost.elapsed}
    if case.image is not None:
        row |= detection_row(case.keypoints, case.names, case.image)
    return Result(row, score.frames, score.pa_mm, None)


def _reprojection_row(case: Case, motion: BodyMotion, points_w: np.ndarray) -> Row:
    """PCK of the recovered joints in the picture; frames that were not recovered count as wrong."""
    assert case.image is not None
    assert motion.camera is not None
    found = np.full(case.image.xy_px.shape, np.nan)
    frames = motion.first_frame + np.arange(len(motion))
    inside = (frames >= 0) & (frames < len(found))
    found[frames[inside]] = motion.camera.project(points_w)[inside]
    right = metrics.pck(found, case.image.xy_px, case.image.torso)
    row: Row = {"pck": float(right.mean())}
    if case.image.inverted.any():
        row["pck_inverted"] = float(right[case.image.inverted].mean())
    return row
