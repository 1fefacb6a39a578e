"""Lengths of the bones between landmarks, and the scale of an image in which none of them is longer than it can be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.ndimage import gaussian_filter1d, percentile_filter

from sfv.errors import SfvError
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

ROW = {name: row for row, name in enumerate(LANDMARK_NAMES)}
"""Row of each landmark."""
SCALE_XY_SIGMA, SCALE_WINDOW, SCALE_PERCENTILE, SCALE_SIGMA = 1.5, 15, 70, 5.0
"""Noise lengthens bones, so landmarks are smoothed first (Gaussian, frames); the scale of a frame is this percentile of the bounds
of so many frames on either side, smoothed with a Gaussian of so many frames. Tuned on made-up views of motion capture."""
_LEAST_SEEN = 0.3  # confidence from which a landmark counts for the scale
_PARENT = {
    **{f"{side}_{end}": f"{side}_{start}" for side in ("left", "right") for start, end in (
        ("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("ankle", "foot_index"), ("shoulder", "elbow"), ("elbow", "wrist"))},
    "left_shoulder": "left_hip", "right_shoulder": "right_hip", "left_ear": "left_shoulder", "right_ear": "right_shoulder",
    "nose": "left_ear",
}  # fmt: skip
"""Where a landmark that is never seen is taken to be."""


@dataclass(frozen=True)
class Lengths:
    """Distances between landmarks, both sides alike. Metres."""

    hips: float
    trunk: float
    shoulders: float
    upper_arm: float
    forearm: float
    thigh: float
    shin: float
    heel: float
    toe: float
    foot: float
    neck: float
    ears: float
    nose: float

    @classmethod
    def of(cls, landmarks: ArrayLike) -> "Lengths":
        """From landmarks in rest pose: ``Skeleton.rest(betas)[1]`` with the detector's offsets. Shape (19, 3), metres."""
        rest = np.asarray(landmarks, float)

        def bone(start: str, end: str) -> float:
            sides = [rest[ROW[f"{side}_{end}"]] - rest[ROW[f"{side}_{start}"]] for side in ("left", "right")]
            return float(np.mean(np.linalg.norm(sides, axis=-1)))

        def across(name: str) -> float:
            return float(np.linalg.norm(rest[ROW[f"left_{name}"]] - rest[ROW[f"right_{name}"]]))

        hips, shoulders, ears = (middle(rest, name) for name in ("hip", "shoulder", "ear"))
        return cls(
            across("hip"), float(np.linalg.norm(shoulders - hips)), across("shoulder"), bone("shoulder", "elbow"),
            bone("elbow", "wrist"), bone("hip", "knee"), bone("knee", "ankle"), bone("ankle", "heel"),
            bone("ankle", "foot_index"), bone("heel", "foot_index"), float(np.linalg.norm(ears - shoulders)), across("ear"),
            float(np.linalg.norm(rest[ROW["nose"]] - ears)),
        )  # fmt: skip


def smallest_scale(xy: np.ndarray, seen: np.ndarray, lengths: Lengths) -> np.ndarray:
    """Pixels a metre for which no bone is longer in the image than in truth. Shapes (T, 19, 2), (T, 19) -> (T,).

    Trunk, both thighs and both shins are asked, the two sides averaged, because the nearer one looks larger. The bound of a frame
    holds for its neighbours too, because people come nearer slowly. Raises SfvError where none has any length.
    """
    smooth = gaussian_filter1d(xy, SCALE_XY_SIGMA, axis=0, mode="nearest")
    ratios = [np.linalg.norm(middle(smooth, "hip") - middle(smooth, "shoulder"), axis=-1) / lengths.trunk]
    trust = [seen[:, [ROW[f"{side}_{name}"] for side in ("left", "right") for name in ("hip", "shoulder")]].min(1)]
    for start, end, length in (("hip", "knee", lengths.thigh), ("knee", "ankle", lengths.shin)):
        rows = [(ROW[f"{side}_{start}"], ROW[f"{side}_{end}"]) for side in ("left", "right")]
        both = [np.linalg.norm(smooth[:, a] - smooth[:, b], axis=-1) / length for a, b in rows]
        ratios.append(np.mean(both, 0))
        trust.append(seen[:, np.ravel(rows)].min(1))
    bound = np.where(np.array(trust) >= _LEAST_SEEN, ratios, 0.0).max(0)
    if not bound.any():
        bound = np.max(ratios, 0)
    if not bound.any():
        raise SfvError("neither trunk nor legs have any length in the image; the person is too small or was not seen")
    known = np.flatnonzero(bound)
    bound = np.interp(np.arange(len(bound)), known, bound[known])
    bound = percentile_filter(bound, SCALE_PERCENTILE, 2 * SCALE_WINDOW + 1, mode="nearest")
    return gaussian_filter1d(bound, SCALE_SIGMA, mode="nearest")


def middle(points: np.ndarray, name: str) -> np.ndarray:
    """Middle of the left and the right landmark. Shape (..., 19, D) -> (..., D)."""
    return (points[..., ROW[f"left_{name}"], :] + points[..., ROW[f"right_{name}"], :]) / 2


def bridged(xy: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Straight lines over frames without evidence; landmarks that are never seen go where their parents are."""
    filled, frames = np.empty_like(xy), np.arange(len(xy))
    never = []
    for name, row in ROW.items():
        known = np.flatnonzero(seen[:, row] > 0)
        if len(known):
            filled[:, row] = np.stack([np.interp(frames, known, xy[known, row, axis]) for axis in (0, 1)], -1)
        else:
            never.append(name)
    if len(never) == len(ROW):
        raise SfvError("no landmark has any confidence; there is nothing to lift")
    centre = filled[:, [row for name, row in ROW.items() if name not in never]].mean(1)
    for name in never:
        parent = name
        while parent in never and parent in _PARENT:
            parent = _PARENT[parent]
        filled[:, ROW[name]] = centre if parent in never else filled[:, ROW[parent]]
    return filled
