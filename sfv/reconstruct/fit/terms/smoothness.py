"""The term of smooth motion."""

from torch import Tensor

from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.terms.term import JOINTS, ClipState, Part, Term

MOVING = [SMPL_JOINTS.index(name) for name in (
    "pelvis", "spine3", "head", *(f"{side}_{joint}" for side in ("left", "right")
                                  for joint in ("knee", "ankle", "foot", "shoulder", "elbow", "wrist")))]  # fmt: skip
"""Joints whose accelerations are smooth."""


class Smoothness(Term):
    """Accelerations of MOVING joints, as of a body of mean size: else a small one near the camera would be the smoothest."""

    def __init__(self, fps: float, sigma: float) -> None:
        """``sigma``: standard deviation of each acceleration, m/s^2."""
        self._square, self._sigma = fps**2, sigma

    def energy(self, state: ClipState) -> Tensor:
        points = state.posed.joints[:, MOVING] * state.skeleton.size_gain(state.unknowns.betas)
        acceleration = (points[2:] - 2 * points[1:-1] + points[:-2]) * self._square
        return 0.5 * (acceleration / self._sigma).square().sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        points = part.linear.posed.joints[:, MOVING].flatten(1)
        rows = part.linear.by_dofs[:, MOVING].flatten(1, 2) * part.size_gain
        shared = part.by_shared(JOINTS)[:, MOVING].flatten(1, 2) * part.size_gain
        shared[..., part.unknowns.layout.betas] += points[..., None] * part.size_by_betas  # the size changes too
        points = points * part.size_gain
        weight = points.new_full((max(0, len(points) - 2), points.shape[1]), 1 / self._sigma**2)
        taps = (self._square, -2 * self._square, self._square)
        blocks.add_differences(slice(0, len(points)), taps, rows, shared, weight, points)
