"""Films of parkour with motion-capture truth (LAAS Parkour dataset, Li et al. 2019; Maldonado 2017), which the user has: not an asset.

The folder holds films, ``NAME.mp4``, and ``truth.npz`` with ``NAME.joints`` (T, 16, 3), metres, any axes, and ``joint_names``. The
camera is not calibrated, so that only what Procrustes leaves is measured. Films and truth are in step to a frame: the best of three
offsets counts, one for a film and method. What is recovered stands beside the detector's own 3D landmarks of the same frames.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sfv import metrics
from sfv.bench.recovery.detection import keypoints_of
from sfv.bench.recovery.landmarks import (
    REAL_NAMES,
    columns,
    detector_certainty,
    detector_points,
    landmarks_of,
    motion_certainty,
)
from sfv.bench.recovery.recover import method_config
from sfv.bench.recovery.score import CALIBRATION, calibration_sums
from sfv.bench.results import Row
from sfv.body import Body
from sfv.detect.config import DetectConfig
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.files import read_npz
from sfv.motion.fields import fields_of, numbers, texts
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.reconstruct import reconstruct

SET = "parkour"
FPS = 25.0
"""True rate of the films; their headers say 10."""
LEAST_SECONDS = 0.3
"""Seconds for which the person must be seen: a vault is over in one."""
_OFFSETS = (-1, 0, 1)
_AHEAD = 3  # rows of the truth after the film's last frame
_SIDES = {"l": "left", "r": "right"}
_PARTS = {"toes": "foot_index"}


def parkour_rows(
    films: Path,
    methods: Sequence[str],
    detect: DetectConfig,
    config: ReconstructConfig,
    body: Body,
    work: Path,
    log: Callable[[str], None],
) -> list[Row]:
    """Rows of every film and method: PA-MPJPE of 14 points and the share of frames it is the mean of.

    Raises SfvError where the folder does not hold films and their truth.
    """
    truth = read_truth(films)
    detect = replace(detect, fps=FPS, min_seconds=LEAST_SECONDS)
    rows: list[Row] = []
    for name, joints in truth.items():
        found = keypoints_of(films / f"{name}.mp4", work / f"{SET}_{name}_keypoints.npz", detect)
        for method in (one for one in methods if one in ("raw", "ours") or one.startswith("ours:")):
            keys: Row = {
                "set": SET,
                "clip": name,
                "view": "",
                "camera": "" if method == "raw" else "unknown",
                "method": method,
            }
            row: Row = {"coverage": 0.0}
            if found is not None:
                keypoints = found[0].select(int(found[0].present.sum(1).argmax()))
                row = _row(keypoints, method, replace(config, min_seconds=LEAST_SECONDS), joints, body)
            rows.append(keys | row)
            log(
                f"{name}, {method}: PA-MPJPE {row.get('pa_mpjpe_mm', float('nan')):.1f} mm of {row['coverage']:.2f} of the frames"
            )
    return rows


def read_truth(films: Path) -> dict[str, np.ndarray]:
    """REAL_NAMES of every film that is there, its own frames. Shape (T, 14, 3) each. Raises SfvError, FileFormatError."""
    path = films / "truth.npz"
    if not path.is_file():
        raise SfvError(f"{films} holds no truth.npz; give the folder of the parkour films and their truth with --films")
    data = read_npz(path)
    with fields_of(path, "truth of the parkour films"):
        names = [_landmark(name) for name in texts(data["joint_names"], "joint_names")]
        rows = [names.index(name) for name in REAL_NAMES]
        found = {
            key.removesuffix(".joints"): numbers(value, key, (None, len(names), 3))[:-_AHEAD, rows]
            for key, value in data.items()
            if key.endswith(".joints")
        }
    there = {name: joints for name, joints in found.items() if (films / f"{name}.mp4").is_file()}
    if not there:
        raise SfvError(f"{films} holds none of the films of its truth.npz, for example {next(iter(found), 'NAME')}.mp4")
    return there


def _landmark(name: str) -> str:
    """The project's name of a joint: left_foot_index of l_toes."""
    side, _, part = name.partition("_")
    return f"{_SIDES.get(side, side)}_{_PARTS.get(part, part)}"


def _row(keypoints: Keypoints, method: str, config: ReconstructConfig, joints: np.ndarray, body: Body) -> Row:
    raw, seen = detector_points(keypoints, REAL_NAMES, smooth=False)
    raw_frames = keypoints.first_frame + seen
    if method == "raw":
        return best_offset(raw, raw_frames, joints, detector_certainty(keypoints, REAL_NAMES, seen))
    try:
        motion = reconstruct(keypoints, method_config(method, config), body)
    except SfvError as error:
        return {"coverage": 0.0, "failure": str(error)}
    points = landmarks_of(motion, body)[:, columns(REAL_NAMES)]
    frames = motion.first_frame + np.arange(len(motion))
    row = best_offset(points, frames, joints, motion_certainty(motion, REAL_NAMES))
    return row | _beside_landmarks(points, frames, raw, raw_frames, joints)


def _beside_landmarks(
    points: np.ndarray, frames: np.ndarray, raw: np.ndarray, raw_frames: np.ndarray, joints: np.ndarray
) -> Row:
    """PA-MPJPE of the detector's landmarks where both are there, and whether the recovered points are worse than they.

    Each has its own best offset. Empty where no frame has both.
    """
    common, mine, theirs = np.intersect1d(frames, raw_frames, return_indices=True)
    recovered = best_offset(points[mine], common, joints).get("pa_mpjpe_mm")
    landmarks = best_offset(raw[theirs], common, joints).get("pa_mpjpe_mm")
    if recovered is None or landmarks is None:
        return {}
    return {"landmarks_pa_mpjpe_mm": landmarks, "worse_than_landmarks": float(recovered > landmarks)}


def best_offset(points: np.ndarray, frames: np.ndarray, joints: np.ndarray, certainty: np.ndarray | None = None) -> Row:
    """Figures of points (N, 14, 3) of ``frames`` (N,) against the truth (T, 14, 3), at the offset of -1, 0 or 1 frame that fits best.

    ``certainty``: how sure each point is said to be, (N, 14); what is right is judged after Procrustes.
    """
    errors = []
    for offset in _OFFSETS:
        inside = (frames + offset >= 0) & (frames + offset < len(joints))
        if inside.any():
            errors.append((float(metrics.pa_mpjpe(points[inside], joints[frames[inside] + offset]).mean()), offset))
    if not errors:
        return {"coverage": 0.0}
    error, offset = min(errors)
    row: Row = {"pa_mpjpe_mm": 1000 * error, "coverage": min(1.0, len(frames) / len(joints)), "offset": offset}
    if certainty is not None:
        inside = (frames + offset >= 0) & (frames + offset < len(joints))
        target = joints[frames[inside] + offset]
        row[CALIBRATION] = calibration_sums(certainty[inside], metrics.procrustes(points[inside], target), target)
    return row
