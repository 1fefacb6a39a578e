"""How implausible trunk, head and feet of bare landmarks are: hips do not twist against shoulders, feet and nose point forward.

Every cost is 0 for a usual pose and about 1 for one that no body can take; arms and legs are
in ``limb_prior``.
"""

from typing import NamedTuple

import numpy as np

_FOOT, _FOOT_LENGTH, _TWIST, _SQUARE, _HEAD = 0.7, 2.0, 2.0, 1.0, 0.5
"""Weights of: foot direction, foot length, twist of the trunk, lines square to the trunk, head."""


class Axes(NamedTuple):
    """Unit directions of the trunk. Shapes (..., 3)."""

    left: np.ndarray
    up: np.ndarray
    forward: np.ndarray


def body_axes(points: dict[str, np.ndarray]) -> Axes:
    """From hips and shoulders, the hips counting twice. Points of shape (..., 3)."""
    hips, shoulders = (points[f"left_{name}"] - points[f"right_{name}"] for name in ("hip", "shoulder"))
    up = _unit(points["left_shoulder"] + points["right_shoulder"] - points["left_hip"] - points["right_hip"])
    across = hips + 0.5 * shoulders
    left = _unit(across - _dot(across, up)[..., None] * up)
    return Axes(left, up, np.cross(left, up))


def torso_cost(axes: Axes, points: dict[str, np.ndarray]) -> np.ndarray:
    """Hip line and shoulder line are parallel and square to the trunk. Shape (...)."""
    hips, shoulders = (_unit(points[f"left_{name}"] - points[f"right_{name}"]) for name in ("hip", "shoulder"))
    square = _dot(hips, axes.up) ** 2 + _dot(shoulders, axes.up) ** 2
    return _TWIST * (1 - _dot(hips, shoulders)) + _SQUARE * square


def foot_cost(
    axes: Axes, knee: np.ndarray, ankle: np.ndarray, heel: np.ndarray, toe: np.ndarray, foot: float
) -> np.ndarray:
    """Toes point forward, square to the shin; ``foot`` is the distance from heel to toe, metres. Shape (...)."""
    sole = toe - heel
    ahead = _unit(np.cross(axes.left, knee - ankle))
    long = np.linalg.norm(sole, axis=-1) / foot - 1
    return _FOOT * (1 - _dot(_unit(sole), ahead)) + _FOOT_LENGTH * long**2


def head_cost(
    axes: Axes, neck: np.ndarray, head: np.ndarray, nose: np.ndarray, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """The head goes on from the trunk, the nose points forward, the left ear is at the left."""
    up, ahead, across = _unit(head - neck), _unit(nose - head), _unit(left - right)
    return _HEAD * (
        3 - _dot(up, axes.up) - _dot(ahead, axes.forward) - _dot(across, axes.left) + _dot(ahead, across) ** 2
    )


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(-1)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9)
