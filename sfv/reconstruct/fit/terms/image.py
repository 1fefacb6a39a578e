"""The term of the 2D landmarks."""

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.terms.robust import GemanMcClure
from sfv.reconstruct.fit.terms.term import LANDMARKS, ClipState, Part, Term
from sfv.reconstruct.observe.observations import Observations

NEAR = 0.3
"""Metres: nothing is seen nearer to the camera."""


class Image(Term):
    """Landmarks against their pixels, weighted by confidence.

    Errors are in metres at the landmarks' own depth, so that a far person is not trusted less; the depth is held fixed
    (``ClipState.depth``): otherwise the energy would fall with every step towards the camera.
    """

    def __init__(self, config: ReconstructConfig) -> None:
        self._robust = GemanMcClure(config.image_sigma, config.image_scale)

    @staticmethod
    def _errors(landmarks: Tensor, seen: Observations, focal_gain: Tensor, depth: Tensor) -> Tensor:
        """Shape (T, 19, 2), metres."""
        focal = seen.focal_px * focal_gain
        error = focal * landmarks[..., :2] / landmarks[..., 2:].clamp_min(NEAR) - seen.xy
        return error * (depth / focal.detach())[..., None]

    def energy(self, state: ClipState) -> Tensor:
        landmarks = state.posed.landmarks
        depth = landmarks[..., 2].detach().clamp_min(NEAR) if state.depth is None else state.depth
        errors = self._errors(landmarks, state.seen, state.unknowns.focal_gain, depth)
        return (state.seen.weight * self._robust.energy(errors.square().sum(-1))).sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        own, seen = part.own, part.seen
        marks = part.linear.posed.landmarks[own]
        depth = marks[..., 2].clamp_min(NEAR)
        errors = self._errors(marks, seen.frames(own), part.unknowns.focal_gain, depth)
        # the projection (x, y) f / z times depth / f, by the point: (1, 0, -x / z) and (0, 1, -y / z)
        sight = torch.zeros(*marks.shape[:2], 2, 3, dtype=marks.dtype)
        sight[..., 0, 0] = sight[..., 1, 1] = 1.0
        sight[..., 2] = -marks[..., :2] / depth[..., None]
        sight[..., 2] *= (marks[..., 2:] > NEAR).to(marks)
        weight = seen.weight[own] * self._robust.weight(errors.square().sum(-1))
        shared = sight @ part.by_shared(LANDMARKS)[own]
        shared[..., part.unknowns.layout.focal] = marks[..., :2]
        rows = sight @ part.linear.by_dofs[own, LANDMARKS]
        blocks.add_rows(
            own, rows.flatten(1, 2), shared.flatten(1, 2), weight.repeat_interleave(2, 1), errors.flatten(1)
        )
