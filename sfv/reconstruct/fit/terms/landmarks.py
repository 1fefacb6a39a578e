"""Terms of landmarks in 3D about mid-hips: the detector's own, and those of the pose that a fit starts from."""

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.linear import left_jacobian
from sfv.reconstruct.fit.terms.robust import GemanMcClure
from sfv.reconstruct.fit.terms.term import LANDMARKS, ClipState, Part, Term
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]


def centred(landmarks: Tensor) -> Tensor:
    """About mid-hips. Shape (T, 19, ...)."""
    return landmarks - landmarks[:, HIPS].mean(1, keepdim=True)


class Landmarks(Term):
    """The detector's 3D landmarks, which one rotation corrects for the whole clip."""

    def __init__(self, share: float, config: ReconstructConfig) -> None:
        """The term counts ``share``."""
        self._share, self._robust = share, GemanMcClure(config.landmark_sigma, config.landmark_scale)

    @staticmethod
    def _errors(landmarks: Tensor, world: Tensor, turn: Tensor) -> Tensor:
        """Shape (T, 19, 3), metres."""
        return centred(landmarks) - centred(world) @ turn.T

    def energy(self, state: ClipState) -> Tensor:
        errors = self._errors(state.posed.landmarks, state.seen.world, state.unknowns.turn)
        return self._share * (state.seen.world_weight * self._robust.energy(errors.square().sum(-1))).sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        own, state = part.own, part.unknowns
        errors = self._errors(part.linear.posed.landmarks[own], part.seen.world[own], state.turn)
        weight = self._share * part.seen.world_weight[own] * self._robust.weight(errors.square().sum(-1))
        rows, shared = centred(part.linear.by_dofs[own, LANDMARKS]), centred(part.by_shared(LANDMARKS)[own])
        world = centred(part.seen.world[own]) @ state.turn.T
        # a rotated point moves by axis x point; row k is the axis of the rotation by the k-th number of the rotation vector
        axes = left_jacobian(state.lean).T.expand(*world.shape[:2], 3, 3)
        turned = torch.linalg.cross(axes, world[:, :, None].expand(-1, -1, 3, 3))
        shared[..., state.layout.lean] = -turned.mT
        blocks.add_rows(
            own, rows.flatten(1, 2), shared.flatten(1, 2), weight.repeat_interleave(3, 1), errors.flatten(1)
        )


class Initial(Term):
    """SfV's L_init: stay near the landmarks of the initial pose."""

    def __init__(self, landmarks: Tensor, weight: Tensor, config: ReconstructConfig) -> None:
        """``landmarks`` (T, 19, 3), metres; ``weight`` of each (T, 19), or of each frame (T, 1)."""
        self._landmarks, self._weight = landmarks, weight
        self._robust = GemanMcClure(config.stick_sigma, config.stick_scale)

    def energy(self, state: ClipState) -> Tensor:
        errors = centred(state.posed.landmarks) - centred(self._landmarks)
        return (self._weight * self._robust.energy(errors.square().sum(-1))).sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        own = part.own
        errors = centred(part.linear.posed.landmarks[own]) - centred(part.mine(self._landmarks)[own])
        weight = part.mine(self._weight)[own] * self._robust.weight(errors.square().sum(-1))
        rows, shared = centred(part.linear.by_dofs[own, LANDMARKS]), centred(part.by_shared(LANDMARKS)[own])
        blocks.add_rows(
            own, rows.flatten(1, 2), shared.flatten(1, 2), weight.repeat_interleave(3, 1), errors.flatten(1)
        )
