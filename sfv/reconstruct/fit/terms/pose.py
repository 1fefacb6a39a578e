"""Terms of a single frame's pose: joint limits, the pelvis's two columns, and how usual the pose is."""

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.terms.term import ClipState, Part, Term
from sfv.reconstruct.model.limits import limits
from sfv.reconstruct.model.pose_prior import PosePrior
from sfv.reconstruct.model.skeleton import DOFS, LAYOUT

_BENDS = slice(LAYOUT["root"].stop, None)
"""Numbers of a frame that are bends of joints."""
_FIRST, _SECOND = slice(3, 6), slice(6, 9)
"""Numbers of a frame that are the first two columns of the pelvis's rotation."""


class JointLimits(Term):
    """Joint angles beyond their limits."""

    def __init__(self, config: ReconstructConfig) -> None:
        self._sigma = config.limit_sigma

    @staticmethod
    def _beyond(dofs: Tensor) -> Tensor:
        """How far each number is above its upper limit, or, negative, below its lower one. Shape (T, DOFS)."""
        low, high = limits()
        return (dofs - high).clamp_min(0) - (low - dofs).clamp_min(0)

    def energy(self, state: ClipState) -> Tensor:
        return 0.5 * (self._beyond(state.dofs) / self._sigma).square().sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        beyond = self._beyond(part.dofs[part.own])  # each residual is one number of the frame: the block's diagonal
        torch.diagonal(blocks.hessian[0, part.own], dim1=1, dim2=2).add_((beyond != 0) / self._sigma**2)
        blocks.gradient[part.own] += beyond / self._sigma**2


class UsualPose(Term):
    """The pose prior: the nearest component of its mixture."""

    def __init__(self, prior: PosePrior, config: ReconstructConfig) -> None:
        self._prior, self._weight = prior, config.prior_weight

    def energy(self, state: ClipState) -> Tensor:
        return self._weight * self._prior.energy(state.dofs[:, _BENDS]).sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        bends = part.dofs[part.own, _BENDS]
        best = self._prior.components(bends).argmin(1)
        factor = self._prior.precision_cholesky.to(bends)
        precision = self._weight * factor.mT @ factor
        away = bends - self._prior.means.to(bends)[best]
        blocks.hessian[0, part.own, _BENDS, _BENDS] += precision[best]
        blocks.gradient[part.own, _BENDS] += (precision[best] @ away[..., None]).squeeze(-1)


class RootColumns(Term):
    """The six numbers of the pelvis's rotation are two unit columns at a right angle."""

    @staticmethod
    def _errors(dofs: Tensor) -> Tensor:
        """Departure from unit length and from a right angle. Shape (T, 3)."""
        a, b = dofs[:, _FIRST], dofs[:, _SECOND]
        return torch.stack(((a * a).sum(-1) - 1, (b * b).sum(-1) - 1, (a * b).sum(-1)), -1)

    def energy(self, state: ClipState) -> Tensor:
        return 0.5 * self._errors(state.dofs).square().sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        dofs = part.dofs[part.own]
        a, b = dofs[:, _FIRST], dofs[:, _SECOND]
        rows = dofs.new_zeros(len(dofs), 3, DOFS)
        rows[:, 0, _FIRST], rows[:, 1, _SECOND], rows[:, 2, _FIRST], rows[:, 2, _SECOND] = 2 * a, 2 * b, b, a
        blocks.add_rows(part.own, rows, None, dofs.new_ones(len(dofs), 3), self._errors(dofs))
