"""Who is who, in the manner of PHALP (Rajasegaran et al., CVPR 2022): by appearance, 3D pose and place of the recovered body.

PHALP multiplies a Cauchy likelihood of appearance and of pose with exponential ones of place and nearness whose width grows
with the uncertainty of their prediction (its eq. 19); here their negative logarithms are added. Appearance is the colours of
the body's parts, pose the metric landmarks, nearness the body's size in the picture; place and nearness are predicted by
straight lines through the last frames. Weights are this project's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from sfv.detect.blazepose.geometry import body_scale
from sfv.detect.blazepose.networks import Pose
from sfv.detect.config import AssociationConfig
from sfv.detect.landmarks import BODY
from sfv.detect.tracking.appearance import Appearance

_MAX_POSE = 1.5
"""Largest squared difference of poses that counts (PHALP clips there too)."""


@dataclass(frozen=True)
class Seen:
    """What one detection tells about who it is."""

    place: np.ndarray
    """x, y of the region's middle and the logarithm of the body's scale, pixels. Shape (3,)."""
    joints_c: np.ndarray
    """Limbs' landmarks, hips at the origin, camera axes. Shape (16, 3), metres."""
    appearance: Appearance

    @property
    def scale(self) -> float:
        """Torso length, pixels."""
        return float(np.exp(self.place[2]))


def seen(pose: Pose, appearance: Appearance) -> Seen:
    """Features of a pose."""
    return Seen(np.append(pose.roi.centre, np.log(body_scale(pose))), pose.world_c[BODY], appearance)


def predict(frames: Sequence[int], places: Sequence[np.ndarray], frame: int, damping: float) -> np.ndarray:
    """Place in ``frame`` by a straight line through earlier places, robustly (median of the slopes to all of them). Shape (3,).

    ``damping``: frames after which the motion is thought to have died away, so that nobody flies off while unseen.
    """
    last, now = places[-1], frames[-1]
    if len(places) < 2 or frame == now:
        return last
    slopes = np.array([(last - place) / (now - earlier) for earlier, place in zip(frames[:-1], places[:-1])])
    ahead = damping * (1 - np.exp(-abs(frame - now) / damping)) * np.sign(frame - now)
    return last + np.median(slopes, axis=0) * ahead


def cost(known: Seen, expected: np.ndarray, found: Seen, away: float, cut: bool, config: AssociationConfig) -> float:
    """Minus log likelihood that ``found`` is the person last seen as ``known``.

    ``expected``: place predicted for this frame, shape (3,). ``away``: seconds since they were seen; with them place, nearness
    and pose fade. ``cut``: the video cut since, and they mean nothing.
    """
    total = np.log1p(config.appearance * known.appearance.difference(found.appearance, config))
    if cut:
        return float(total)
    certain = 1 / (1 + away / config.fade)
    pose = min(float(((known.joints_c - found.joints_c) ** 2).sum(1).mean()), _MAX_POSE)
    off = np.linalg.norm(found.place[:2] - expected[:2]) / max(known.scale, found.scale)
    near = abs(found.place[2] - expected[2])
    return float(
        total + np.log1p(config.pose * certain * pose) + certain * (off / config.place + near / config.nearness)
    )


def assign(costs: np.ndarray, max_cost: float) -> list[tuple[int, int]]:
    """Pairs (known, found) of least total cost, none above ``max_cost``. Shape (K, F)."""
    if not costs.size:
        return []
    rows, columns = linear_sum_assignment(np.minimum(costs, max_cost + 1e3 * (costs > max_cost)))
    return [(int(k), int(f)) for k, f in zip(rows, columns) if costs[k, f] <= max_cost]
