"""How near clips come to held-out ones: the same recording hides under many names, but not from its poses."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.rest import REST_JOINTS
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

_HZ = 10.0
"""Poses of a clip that are compared, a second."""
_STRETCH = 5
"""Poses in a row, half a second, that must all be near: single poses, as of standing, are alike in everything."""
_POINTS = [SMPL_JOINTS.index(f"{side}_{part}") for side in ("left", "right") for part in (
    "hip", "knee", "ankle", "foot", "shoulder", "elbow", "wrist")]  # fmt: skip
_ACROSS = [
    SMPL_JOINTS.index(name.replace("left", "#").replace("right", "left").replace("#", "right")) for name in SMPL_JOINTS
]
_CHUNK = 2000  # poses compared at once


@dataclass(frozen=True)
class Nearest:
    """What a clip comes nearest to."""

    held_out: str
    """The held-out clip."""
    millimetres: float
    """Mean distance of 14 joints about the pelvis, headings taken out, over the half second that is nearest."""
    median: float
    """Median over the whole clip of the distance to the nearest pose of any held-out clip, millimetres."""


def nearest(clips: Mapping[str, BodyMotion], held_out: Mapping[str, BodyMotion]) -> dict[str, Nearest]:
    """For each of ``clips`` what it is nearest to, mirrored or not. Raises ValueError where nothing is held out."""
    if not held_out:
        raise ValueError("nothing is held out")
    targets, owner = [], []
    names = list(held_out)
    for number, clip in enumerate(held_out.values()):
        for flip in (False, True):
            targets.append(_poses(clip, flip, 3 * _HZ))
            owner += [number] * len(targets[-1])
    wanted, owners = torch.cat(targets), torch.tensor(owner)
    found = {}
    for name, clip in clips.items():
        distance, which = _to_nearest(_poses(clip, False, _HZ), wanted)
        length = min(_STRETCH, len(distance))
        means = distance.unfold(0, length, 1).mean(-1)
        best = int(means.argmin())
        found[name] = Nearest(
            names[int(owners[which[best + length // 2]])], 1000 * float(means[best]), 1000 * float(distance.median())
        )
    return found


def _to_nearest(poses: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Distance to the nearest pose, metres, and which it is. Shapes (T, 14, 3), (W, 14, 3) -> (T,), (T,)."""
    distances, which = [], []
    for part in poses.split(_CHUNK):
        apart = torch.cdist(part.flatten(1), wanted.flatten(1))
        # candidates by the root mean square, which is quick; then the mean of the joints' distances of the best
        nearest = apart.topk(min(8, len(wanted)), largest=False).indices
        mean = (part[:, None] - wanted[nearest]).norm(dim=-1).mean(-1)
        least = mean.min(1)
        distances.append(least.values)
        which.append(nearest.gather(1, least.indices[:, None])[:, 0])
    return torch.cat(distances), torch.cat(which)


def _poses(clip: BodyMotion, flip: bool, hz: float) -> Tensor:
    """Joints about the pelvis, with the heading taken out. Shape (T, 14, 3), metres."""
    rows = np.unique(np.round(np.arange(0, len(clip), max(clip.fps / hz, 1.0))).astype(int))
    rows = rows[rows < len(clip)]
    local = rotvec_to_rotmat(torch.as_tensor(clip.poses[rows], dtype=torch.float32))
    sign = torch.tensor([-1.0, 1.0, 1.0])
    if flip:  # seen in a mirror across x = 0
        local = local[:, _ACROSS] * sign[:, None] * sign
    rest = torch.as_tensor(REST_JOINTS, dtype=torch.float32)
    turned, placed = [local[:, 0]], [torch.zeros(len(rows), 3)]
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        turned.append(turned[parent] @ local[:, joint])
        placed.append(placed[parent] + (turned[parent] @ (rest[joint] - rest[parent])))
    points = torch.stack(placed, 1)[:, _POINTS]
    across = points[:, 0] - points[:, len(_POINTS) // 2]  # from the right hip to the left one
    angle = torch.atan2(across[:, 1], across[:, 0])
    zero = torch.zeros_like(angle)
    return points @ rotvec_to_rotmat(torch.stack((zero, zero, -angle), -1)).mT
