"""How far joints go and where they usually are: limits and a pose prior on the numbers that describe a frame.

Rotation vectors of the T-pose (y up, z forward, x to the left), radians. Ranges are those of clinical goniometry for adults,
widened a little for athletes; a rotation vector's component is not quite an anatomical angle, which the width forgives.
Right limbs mirror left ones: y and z change sign.
"""

from functools import cache

import torch
from torch import Tensor

from sfv.reconstruct.model.skeleton import DOFS, LAYOUT

_BALLS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "spine": ((-0.5, 1.2), (-0.9, 0.9), (-0.6, 0.6)),  # x: + forward
    "neck": ((-0.8, 0.8), (-1.3, 1.3), (-0.7, 0.7)),
    "left_collar": ((-0.2, 0.2), (-0.4, 0.4), (-0.3, 0.5)),
    "left_shoulder": ((-1.7, 1.7), (-2.2, 1.2), (-1.9, 1.7)),  # y: - forward, z: - down
    "left_hip": ((-2.3, 0.7), (-0.8, 0.8), (-0.6, 1.2)),  # x: - flexion, z: + outwards
    "left_ankle": ((-0.6, 0.9), (-0.5, 0.5), (-0.4, 0.4)),  # x: - toes up
}
_HINGES = {"left_elbow": (-0.1, 2.7), "left_knee": (-0.15, 2.7), "left_foot": (-0.3, 1.1)}
_USUAL: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # mean and standard deviation over everyday and athletic motion
    "spine": ((0.05, 0.0, 0.0), (0.35, 0.25, 0.2)),
    "neck": ((0.0, 0.0, 0.0), (0.3, 0.4, 0.2)),
    "left_collar": ((0.0, 0.0, 0.0), (0.05, 0.12, 0.12)),
    "left_shoulder": ((0.0, -0.2, -1.0), (0.5, 0.6, 0.6)),
    "left_hip": ((-0.25, 0.0, -0.09), (0.7, 0.2, 0.2)),
    "left_ankle": ((0.0, 0.0, 0.0), (0.3, 0.12, 0.12)),
    "left_elbow": ((0.5,), (0.7,)),
    "left_knee": ((0.4,), (0.8,)),
    "left_foot": ((0.0,), (0.12,)),
}
_MIRRORED = (1.0, -1.0, -1.0)


def _both_sides(name: str) -> list[tuple[str, tuple[float, ...]]]:
    signs = _MIRRORED if name in _BALLS else (1.0,)
    if not name.startswith("left"):
        return [(name, (1.0, 1.0, 1.0))]
    return [(name, (1.0,) * len(signs)), (name.replace("left", "right"), signs)]


@cache
def limits() -> tuple[Tensor, Tensor]:
    """Least and greatest value of each number of a frame; infinite for the pelvis. Shapes (DOFS,), (DOFS,)."""
    low, high = torch.full((DOFS,), -torch.inf), torch.full((DOFS,), torch.inf)
    for name, ranges in (_BALLS | {name: (pair,) for name, pair in _HINGES.items()}).items():
        for side, signs in _both_sides(name):
            pairs = [sorted((sign * a, sign * b)) for sign, (a, b) in zip(signs, ranges)]
            low[LAYOUT[side]] = torch.tensor([pair[0] for pair in pairs])
            high[LAYOUT[side]] = torch.tensor([pair[1] for pair in pairs])
    return low, high


@cache
def usual_pose() -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each number of a frame; deviation infinite for the pelvis. Shapes (DOFS,), (DOFS,)."""
    mean, deviation = torch.zeros(DOFS), torch.full((DOFS,), torch.inf)
    for name, (centre, width) in _USUAL.items():
        for side, signs in _both_sides(name):
            mean[LAYOUT[side]] = torch.tensor([sign * value for sign, value in zip(signs, centre)])
            deviation[LAYOUT[side]] = torch.tensor(width)
    return mean, deviation
