"""Which poses arms and legs take: a codebook of bone directions in the axes of the trunk, learned from open motion capture.

Made by scripts/build_limb_prior.py; the parameters ship. A pose costs by its distance to the nearest code, so that rare poses that
occurred at all are cheap and those that no one takes (knees forward, elbows behind the back) are dear.
"""

from functools import cache
from pathlib import Path

import numpy as np

from sfv.files import load_npz
from sfv.reconstruct.fit.starts.plausibility import Axes

PARAMETERS = Path(__file__).parent / "limb_prior.npz"
"""Made by scripts/build_limb_prior.py."""
SCHEMA, VERSION = "sfv.limb_prior", 1
LIMBS = {"leg": ("hip", "knee", "ankle"), "arm": ("shoulder", "elbow", "wrist")}
"""Landmarks of each limb, from the trunk outwards."""
WIDTH, MOST = 0.35, 3.0
"""Distance from the nearest code that costs a half, and the greatest cost."""
_CHUNK = 512  # frames at a time: 16 MB of distances


def limb_directions(axes: Axes, start: np.ndarray, middle: np.ndarray, end: np.ndarray, out: float) -> np.ndarray:
    """Unit directions of both bones in the trunk's axes, as if it were a left limb (``out`` is -1 for right ones).

    Shapes (..., 3) -> (..., 6): left, up, forward of the upper bone, then of the lower one.
    """
    parts = []
    for bone in (middle - start, end - middle):
        unit = bone / np.maximum(np.linalg.norm(bone, axis=-1, keepdims=True), 1e-9)
        parts += [out * (unit * axes.left).sum(-1), (unit * axes.up).sum(-1), (unit * axes.forward).sum(-1)]
    return np.stack(parts, -1)


def limb_cost(limb: str, axes: Axes, start: np.ndarray, middle: np.ndarray, end: np.ndarray, out: float) -> np.ndarray:
    """How unusual a limb's pose is, from 0 to MOST. Shapes (T, ..., 3) -> (T, ...)."""
    directions, codes = limb_directions(axes, start, middle, end, out), _codebook()[limb]
    cost = np.empty(directions.shape[:-1])
    for first in range(0, len(directions), _CHUNK):
        part = directions[first : first + _CHUNK]
        squares = (part**2).sum(-1) + ((codes**2).sum(-1) - 2 * part @ codes.T).min(-1)
        cost[first : first + _CHUNK] = 0.5 * np.maximum(squares, 0.0) / WIDTH**2
    return np.minimum(cost, MOST)


@cache
def _codebook() -> dict[str, np.ndarray]:
    data = load_npz(PARAMETERS, SCHEMA, VERSION, tuple(LIMBS))
    return {limb: data[limb].astype(float) for limb in LIMBS}
