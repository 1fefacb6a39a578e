"""Several calibrated views of one person to 3D landmarks: robust, with left and right put right, clocks aligned, and residuals told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
from scipy.signal import butter, sosfiltfilt

from sfv.bench.recovery.sets.calibration import CalibratedCamera
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR

_CAUCHY_PX = 15.0
"""Residual at which a view's weight has fallen to a half."""
_REWEIGHTINGS = 10
_DROP_PX = 40.0
"""A point whose views disagree by more (weighted root mean square) is dropped and bridged."""
_CUTOFF_HZ, _ORDER = 6.0, 2  # zero phase: the order counts twice
_SWAP_COST = 0.02  # what calling a group of a view swapped costs, in units of the Cauchy loss per landmark
_GROUPS = tuple(
    tuple(index for index, name in enumerate(LANDMARK_NAMES) if any(part in name for part in parts))
    for parts in (("nose", "ear", "shoulder", "hip"), ("elbow", "wrist"), ("knee", "ankle", "heel", "foot"))
)
"""Landmarks that change sides together: torso and face, arms, legs."""
_OFFSET_STEPS = (1.0, 0.5, 0.25)  # frames: the clocks are searched coarse to fine


@dataclass(frozen=True)
class View:
    """One camera's landmarks of the person, as rays."""

    camera: CalibratedCamera
    rays: np.ndarray
    """Undistorted landmarks on the plane z = 1; NaN where unseen. Shape (T, 19, 2)."""
    weight: np.ndarray
    """Confidence, 0 where unseen. Shape (T, 19)."""

    def delayed(self, frames: float) -> "View":
        """What this camera would have seen ``frames`` later on its own clock (linear between frames, held at the ends)."""
        count = len(self.rays)
        where = np.clip(np.arange(count) + frames, 0, count - 1)
        low = np.minimum(where.astype(int), count - 2)
        share = (where - low)[:, None]
        weight = np.minimum(self.weight[low], self.weight[low + 1])
        rays = (1 - share[..., None]) * self.rays[low] + share[..., None] * self.rays[low + 1]
        return replace(self, rays=rays, weight=weight)

    def exchanged(self, partner: list[int]) -> "View":
        """With every landmark called what its partner was."""
        return replace(self, rays=self.rays[:, partner], weight=self.weight[:, partner])


@dataclass(frozen=True)
class Reference:
    """Triangulated landmarks of the fit, in the calibration's world."""

    landmarks_w: np.ndarray
    """LANDMARK_NAMES. Shape (T, 19, 3), metres, z up, filtered."""
    residual_px: dict[str, float]
    """Median distance between each camera's landmarks and the unfiltered points in its image, pixels."""
    swapped: dict[str, float]
    """Share of each camera's landmarks whose side was changed."""
    dropped: float
    """Share of points without agreement, bridged."""
    bone_deviation: float
    """Mean standard deviation of limb lengths over the clip, metres: no limb's length should change."""


def view_of(keypoints: Keypoints, person: int, camera: CalibratedCamera) -> View:
    """Rays of one person. Raises SfvError where the keypoints lack one of the 19 landmarks."""
    missing = [name for name in LANDMARK_NAMES if name not in keypoints.names]
    if missing:
        raise SfvError(f"the keypoints of {camera.name} lack {', '.join(missing)}; detect with blazepose")
    rows = [keypoints.names.index(name) for name in LANDMARK_NAMES]
    xy = keypoints.xy_px[person][:, rows]
    weight = np.where(np.isfinite(xy).all(-1), keypoints.confidence[person][:, rows], 0.0)
    return View(camera, camera.rays(np.nan_to_num(xy)), weight)


def triangulate(views: Sequence[View], fps: float) -> Reference:
    """Landmarks that all views, whose clocks agree, see together.

    Raises SfvError for fewer than two views or different numbers of frames.
    """
    if len(views) < 2 or len({len(view.rays) for view in views}) > 1:
        raise SfvError(
            f"{len(views)} views of {[len(view.rays) for view in views]} frames; two or more of one length are needed"
        )
    swaps = _put_sides_right(views)
    sides = _with_sides(views, swaps)
    points, loss = robust_points(sides)
    bad = np.sqrt(loss) > _DROP_PX
    smooth = low_pass(_bridged(points, bad), fps)
    return Reference(
        smooth,
        {view.camera.name: residual_px(points, view) for view in sides},
        {view.camera.name: float(swap.mean()) for view, swap in zip(views, swaps)},
        float(bad.mean()),
        _bone_deviation(smooth),
    )


def residual_px(points: np.ndarray, view: View) -> float:
    """Median distance of seen landmarks from points (T, 19, 3) in the view's image, pixels."""
    return float(np.median(_residuals(points, [view])[0][view.weight > 0]))


def robust_points(views: Sequence[View]) -> tuple[np.ndarray, np.ndarray]:
    """Points (T, J, 3) by linear triangulation of the pair of views that suits all best, then reweighted with a Cauchy loss.

    The second result is the mean squared residual that remains, weighted as at the end. Shape (T, J), pixels^2.
    """
    rows = np.stack([_equations(view) for view in views])
    confidence = np.stack([view.weight for view in views])
    best, best_loss = None, None
    for pair in combinations(range(len(views)), 2):
        points = _solve(rows[list(pair)], np.ones((2, *confidence.shape[1:])))
        loss = (confidence * np.log1p((_residuals(points, views) / _CAUCHY_PX) ** 2)).sum(0)
        if best is None or best_loss is None:
            best, best_loss = points, loss
        else:
            better = loss < best_loss
            best, best_loss = np.where(better[..., None], points, best), np.where(better, loss, best_loss)
    assert best is not None  # two or more views were asked for
    points = best
    for _ in range(_REWEIGHTINGS):
        weight = confidence / (1 + (_residuals(points, views) / _CAUCHY_PX) ** 2)
        points = _solve(rows, np.sqrt(np.maximum(weight, 1e-6)))
    residual = _residuals(points, views)
    weight = confidence / (1 + (residual / _CAUCHY_PX) ** 2)
    return points, (weight * residual**2).sum(0) / np.maximum(weight.sum(0), 1e-6)


def low_pass(points: np.ndarray, fps: float) -> np.ndarray:
    """Butterworth filter of 6 Hz, forwards and backwards. Shape (T, ...)."""
    sections = np.asarray(butter(_ORDER, min(_CUTOFF_HZ, 0.45 * fps), fs=fps, output="sos"))
    return sosfiltfilt(sections, points, axis=0, padlen=min(len(points) - 1, 9))


def reprojection_loss(views: Sequence[View]) -> float:
    """Mean Cauchy loss of the best points, without regard to left and right: tells whether the views show one person."""
    points, _ = robust_points(views)
    return float(np.mean(_loss(points, views)))


def _loss(points: np.ndarray, views: Sequence[View]) -> np.ndarray:
    confidence = np.stack([view.weight for view in views])
    return (confidence * np.log1p((_residuals(points, views) / _CAUCHY_PX) ** 2)).sum(0)


def _equations(view: View) -> np.ndarray:
    """The two linear equations a ray gives for a homogeneous point, about unit scale. Shape (T, J, 2, 4)."""
    matrix = np.column_stack((view.camera.rotation, view.camera.translation))
    return view.rays[..., None] * matrix[2] - matrix[:2]


def _solve(rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Least squares points of weighted equations. Shapes (C, T, J, 2, 4), (C, T, J) -> (T, J, 3)."""
    weighted = rows * weight[..., None, None]
    normal = np.einsum("ctjri,ctjrk->tjik", weighted, weighted)
    left, right = normal[..., :3, :3] + 1e-9 * np.eye(3), -normal[..., :3, 3:]
    return np.linalg.solve(left, right)[..., 0]


def _residuals(points: np.ndarray, views: Sequence[View]) -> np.ndarray:
    """Distance in each image, pixels. Shape (C, T, J)."""
    out = []
    for view in views:
        seen = view.camera.to_camera(points)
        flat = seen[..., :2] / np.maximum(seen[..., 2:], 0.1)
        out.append(np.linalg.norm(flat - view.rays, axis=-1) * view.camera.focal_px)
    return np.stack(out)


def _put_sides_right(views: Sequence[View]) -> np.ndarray:
    """Which landmarks must change sides so that the views agree, group by group. Shape (C, T, 19), bool.

    The sides of all views together cannot be told from residuals: the majority is believed.
    """
    swaps = np.zeros((len(views), *views[0].weight.shape), dtype=bool)
    choices = [choice for choice in product((False, True), repeat=len(views)) if sum(choice) * 2 <= len(views)]
    for group in _GROUPS:
        cut = [replace(view, rays=view.rays[:, list(group)], weight=view.weight[:, list(group)]) for view in views]
        partner = [group.index(MIRROR[index]) for index in group]
        costs = []
        for choice in choices:
            turned = [view.exchanged(partner) if swap else view for view, swap in zip(cut, choice)]
            costs.append(_loss(robust_points(turned)[0], turned).mean(1) + _SWAP_COST * sum(choice))
        best = np.array(choices)[np.argmin(costs, axis=0)]  # (T, C)
        swaps[:, :, list(group)] = best.T[..., None]
    return swaps


def _with_sides(views: Sequence[View], swaps: np.ndarray) -> list[View]:
    out = []
    for view, swap in zip(views, swaps):
        other = view.exchanged(list(MIRROR))
        rays = np.where(swap[..., None], other.rays, view.rays)
        out.append(replace(view, rays=rays, weight=np.where(swap, other.weight, view.weight)))
    return out


def clock_offsets(views: Sequence[View]) -> np.ndarray:
    """Frames by which each view's clock is late against the first's, by descent over one at a time, coarse to fine. Shape (C,)."""
    views = _with_sides(views, _put_sides_right(views))
    offsets = np.zeros(len(views))

    def cost(trial: np.ndarray) -> float:
        return reprojection_loss([view.delayed(offset) for view, offset in zip(views, trial)])

    base = cost(offsets)
    for step in _OFFSET_STEPS:
        moved = True
        while moved:
            moved = False
            for index, sign in product(range(1, len(views)), (-1, 1)):
                trial = offsets.copy()
                trial[index] += sign * step
                value = cost(trial)
                if value < base:
                    base, offsets, moved = value, trial, True
    return offsets


def _bridged(points: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """Dropped points by linear interpolation over time. Shapes (T, J, 3), (T, J)."""
    out, frames = points.copy(), np.arange(len(points))
    for landmark in range(points.shape[1]):
        good = np.flatnonzero(~bad[:, landmark])
        if len(good) == 0:
            raise SfvError(
                f"the views never agree on the {LANDMARK_NAMES[landmark]}; is it the same person in all of them?"
            )
        for axis in range(3):
            out[:, landmark, axis] = np.interp(frames, good, points[good, landmark, axis])
    return out


def _bone_deviation(points: np.ndarray) -> float:
    """Mean over limbs of the standard deviation of their length, metres."""
    limbs = [
        (LANDMARK_NAMES.index(f"{side}_{a}"), LANDMARK_NAMES.index(f"{side}_{b}"))
        for side in ("left", "right")
        for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip"))
    ]
    return float(np.mean([np.linalg.norm(points[:, a] - points[:, b], axis=-1).std() for a, b in limbs]))
