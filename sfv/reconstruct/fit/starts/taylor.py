"""C. J. Taylor's closed-form lift (CVIU 80, 2000): 2D joints and known bone lengths give each bone's depth up to its sign.

Under scaled orthography with s pixels a metre a bone of length l whose image is d pixels long has dz = +-sqrt(l^2 - (d/s)^2), and s
is at least the largest d/l. Here the same is done along the rays of a perspective camera that is as far away as s says, so that
near limbs look larger; with a long focal length it is Taylor's formula. All signs are tried; ``plausibility`` says which of them a
body can do, and a Viterbi pass over the clip chooses those that also move smoothly.

Camera axes: x right, y down, z away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sfv.errors import SfvError
from sfv.reconstruct.fit.starts.bones import ROW, Lengths, bridged, middle, smallest_scale
from sfv.reconstruct.fit.starts.limb_prior import limb_cost
from sfv.reconstruct.fit.starts.plausibility import Axes, body_axes, foot_cost, head_cost, torso_cost
from sfv.reconstruct.fit.starts.smooth_choice import smooth_choice
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

_SIGNS = np.array([1.0, -1.0])
_TORSO = np.array([(h, t, s) for h in _SIGNS for t in _SIGNS for s in _SIGNS])
"""Signs of hip line, trunk and shoulder line, + where the left hip, the shoulders, the left shoulder are farther. Shape (8, 3)."""


def lift(
    xy_px: ArrayLike, confidence: ArrayLike, lengths: Lengths, focal_px: float, scale: ArrayLike | None = None
) -> list[np.ndarray]:
    """3D landmarks from 2D ones.

    Args:
        xy_px: landmarks about the principal point; NaN where absent. Shape (T, 19, 2), pixels.
        confidence: evidence for each in [0, 1], 0 where absent; bridged over time there. Shape (T, 19).
        lengths: of the person's bones.
        focal_px: focal length, pixels.
        scale: pixels a metre at the hips, where it is known; else ``smallest_scale``. Shape (T,).

    Returns four hypotheses of root-relative landmarks (mid-hips at 0) in camera axes, each of shape (T, 19, 3), metres: the most
    plausible; the most plausible whose trunk is tilted the other way throughout; and the mirror images of both in the image plane.
    Raises SfvError for wrong shapes, a focal length that is none, and where no landmark is ever seen.
    """
    seen, xy = np.nan_to_num(np.asarray(confidence, float)), np.asarray(xy_px, float)
    if xy.ndim != 3 or xy.shape[1:] != (len(LANDMARK_NAMES), 2) or seen.shape != xy.shape[:2] or not len(xy):
        raise SfvError(f"landmarks must be (T, 19, 2) with confidence (T, 19), got {xy.shape} and {seen.shape}")
    if not (np.isfinite(focal_px) and focal_px > 0):
        raise SfvError(f"{focal_px} is no focal length; give it in pixels")
    seen = np.where(np.isfinite(xy).all(-1), seen, 0.0)
    xy = bridged(xy, seen)
    if scale is None:
        scale = smallest_scale(xy, seen, lengths)
    depth = focal_px / np.broadcast_to(np.asarray(scale, float), len(xy))
    torso = _Torso(xy, depth, lengths, focal_px)
    limbs = _limbs(torso, xy, seen, lengths, focal_px)
    unary = torso_cost(torso.axes, torso.points) + sum(limb.cost.min(-1) for limb in limbs)
    first = smooth_choice(unary, torso.slopes)
    found = [_assemble(torso, limbs, path) for path in (first, len(_TORSO) - 1 - first)]
    best = [landmarks for _, landmarks in sorted(found, key=lambda pair: pair[0])]
    return [*best, *(landmarks * [1.0, 1.0, -1.0] for landmarks in best)]


class _Torso:
    """Hips and shoulders for all eight sign triples. Points have shape (T, 8, 3), camera axes, metres."""

    def __init__(self, xy: np.ndarray, depth: np.ndarray, lengths: Lengths, focal: float) -> None:
        hip, trunk, shoulder = _TORSO.T
        here = np.broadcast_to(depth[:, None], (len(xy), len(_TORSO)))
        left, right = _pair(xy, "hip", here, lengths.hips, hip, focal)
        neck = reach((left + right) / 2, _rays(middle(xy, "shoulder"), focal)[:, None], lengths.trunk, trunk)
        up_left, up_right = _pair(xy, "shoulder", neck[..., 2], lengths.shoulders, shoulder, focal)
        self.points = {"left_hip": left, "right_hip": right, "left_shoulder": up_left, "right_shoulder": up_right}
        self.root = (left + right) / 2
        self.neck = neck
        self.axes: Axes = body_axes(self.points)
        lines = (
            (left - right, lengths.hips),
            (neck - self.root, lengths.trunk),
            (up_left - up_right, lengths.shoulders),
        )
        self.slopes = np.stack([line[..., 2] / length for line, length in lines], -1)


@dataclass(frozen=True)
class _Limb:
    """A chain for all torso signs (8) and its own S ones."""

    points: dict[str, np.ndarray]
    """Landmarks. Shape (T, 8, S, 3)."""
    cost: np.ndarray
    """How implausible each is. Shape (T, 8, S)."""
    slopes: np.ndarray
    """dz of each of its bones over their lengths. Shape (T, 8, S, J)."""


def _limbs(torso: _Torso, xy: np.ndarray, seen: np.ndarray, lengths: Lengths, focal: float) -> list[_Limb]:
    rays = {name: _rays(xy[:, row], focal)[:, None, None] for name, row in ROW.items()}
    axes = Axes(*(axis[:, :, None] for axis in torso.axes))
    two = np.array(np.meshgrid(*[_SIGNS] * 2, indexing="ij")).reshape(2, -1)
    limbs = []
    for side, out in (("left", 1.0), ("right", -1.0)):
        hip = torso.points[f"{side}_hip"][:, :, None]
        knee = reach(hip, rays[f"{side}_knee"], lengths.thigh, two[0])
        ankle = reach(knee, rays[f"{side}_ankle"], lengths.shin, two[1])
        cost = limb_cost("leg", axes, hip, knee, ankle, out)
        leg = _limb({"knee": knee, "ankle": ankle}, cost, (hip, knee, ankle), (lengths.thigh, lengths.shin), seen, side)
        limbs.append(_with_foot(leg, rays, axes, lengths, seen, side))
        shoulder = torso.points[f"{side}_shoulder"][:, :, None]
        elbow = reach(shoulder, rays[f"{side}_elbow"], lengths.upper_arm, two[0])
        wrist = reach(elbow, rays[f"{side}_wrist"], lengths.forearm, two[1])
        cost = limb_cost("arm", axes, shoulder, elbow, wrist, out)
        chain = (shoulder, elbow, wrist)
        limbs.append(
            _limb({"elbow": elbow, "wrist": wrist}, cost, chain, (lengths.upper_arm, lengths.forearm), seen, side)
        )
    three = np.array(np.meshgrid(*[_SIGNS] * 3, indexing="ij")).reshape(3, -1)
    neck = torso.neck[:, :, None]
    head = reach(neck, _rays(middle(xy, "ear"), focal)[:, None, None], lengths.neck, three[0])
    nose = reach(head, rays["nose"], lengths.nose, three[1])
    left, right = _pair(xy, "ear", head[..., 2], lengths.ears, three[2], focal)
    cost = head_cost(axes, neck, head, nose, left, right)
    points = {"nose": nose, "left_ear": left, "right_ear": right}
    return [*limbs, _limb(points, cost, (neck, head, nose), (lengths.neck, lengths.nose), seen, "")]


def _with_foot(
    leg: "_Limb", rays: dict[str, np.ndarray], axes: Axes, lengths: Lengths, seen: np.ndarray, side: str
) -> "_Limb":
    """The leg with the best heel and toe for each of its readings: a foot is short, so it needs no reading of its own over time."""
    four = np.array(np.meshgrid(*[_SIGNS] * 2, indexing="ij")).reshape(2, -1)
    knee, ankle = (leg.points[f"{side}_{name}"][..., None, :] for name in ("knee", "ankle"))
    heel = reach(ankle, rays[f"{side}_heel"][..., None, :], lengths.heel, four[0])
    toe = reach(ankle, rays[f"{side}_foot_index"][..., None, :], lengths.toe, four[1])
    cost = foot_cost(Axes(*(axis[..., None, :] for axis in axes)), knee, ankle, heel, toe, lengths.foot)
    best = cost.argmin(-1)[..., None]
    heel, toe = (np.take_along_axis(points, best[..., None], -2)[..., 0, :] for points in (heel, toe))
    evidence = seen[:, [ROW[f"{side}_heel"], ROW[f"{side}_foot_index"]]].mean(1)[:, None, None]
    points = leg.points | {f"{side}_heel": heel, f"{side}_foot_index": toe}
    return _Limb(points, leg.cost + evidence * np.take_along_axis(cost, best, -1)[..., 0], leg.slopes)


def _limb(
    points: dict[str, np.ndarray], cost: np.ndarray, chain: tuple[np.ndarray, ...], lengths: tuple[float, ...], seen: np.ndarray,
    side: str,
) -> _Limb:  # fmt: skip
    """What is not seen says nothing about signs."""
    named = {f"{side}_{name}" if side else name: value for name, value in points.items()}
    evidence = seen[:, [ROW[name] for name in named]].mean(1)
    slopes = [(end - start)[..., 2] / length for start, end, length in zip(chain, chain[1:], lengths)]
    return _Limb(named, cost * evidence[:, None, None], np.stack(slopes, -1))


def _assemble(torso: _Torso, limbs: list[_Limb], path: np.ndarray) -> tuple[float, np.ndarray]:
    """The best limbs for a path of torso signs: how implausible it all is, and the landmarks about mid-hips."""
    frames = np.arange(len(path))
    landmarks = np.empty((len(path), len(LANDMARK_NAMES), 3))
    total = float(torso_cost(torso.axes, torso.points)[frames, path].sum())
    for name, points in torso.points.items():
        landmarks[:, ROW[name]] = points[frames, path]
    for limb in limbs:
        cost = limb.cost[frames, path]
        choice = smooth_choice(cost, limb.slopes[frames, path])
        total += float(cost[frames, choice].sum())
        for name, points in limb.points.items():
            landmarks[:, ROW[name]] = points[frames, path, choice]
    return total, landmarks - torso.root[frames, path][:, None]


def reach(parent: np.ndarray, ray: np.ndarray, length: float, sign: np.ndarray) -> np.ndarray:
    """The point on a ray (..., 3) from the camera that is ``length`` from ``parent`` (..., 3): the farther (+) or nearer (-) one.

    The ray's nearest point where it passes farther away than that.
    """
    a, b = (ray * ray).sum(-1), (ray * parent).sum(-1)
    root = np.sqrt(np.maximum(b * b - a * ((parent * parent).sum(-1) - length**2), 0.0))
    return ray * ((b + sign * root) / a)[..., None]


def _pair(
    xy: np.ndarray, name: str, depth: np.ndarray, length: float, sign: np.ndarray, focal: float
) -> tuple[np.ndarray, np.ndarray]:
    """Left and right of a line of known length whose middle is at ``depth`` (T, ..., S). Shapes (T, ..., S, 3)."""
    shape = (len(xy), *[1] * (depth.ndim - 1), 3)
    left, right = (_rays(xy[:, ROW[f"{side}_{name}"]], focal).reshape(shape) for side in ("left", "right"))
    # |left (z + e) - right (z - e)| = length is quadratic in e
    apart, together = left - right, left + right
    a, b = (together**2).sum(-1), depth * (apart * together).sum(-1)
    root = np.sqrt(np.maximum(b * b - a * (depth**2 * (apart**2).sum(-1) - length**2), 0.0))
    half = (-b + sign * root) / a
    return left * (depth + half)[..., None], right * (depth - half)[..., None]


def _rays(xy: np.ndarray, focal: float) -> np.ndarray:
    """Directions with z = 1. Shape (T, 2) -> (T, 3)."""
    return np.concatenate((xy / focal, np.ones((len(xy), 1))), -1)
