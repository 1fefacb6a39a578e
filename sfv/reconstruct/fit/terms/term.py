"""What a term of the fit's energy is, and what it is given: a state of the clip, or some frames of it linearised."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.linear import Linear
from sfv.reconstruct.fit.unknowns import OFFSETS, Unknowns
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, TOUCHING, Posed, Skeleton
from sfv.reconstruct.observe.observations import Observations

JOINTS = slice(0, 24)
"""Rows of linear.Linear that are joints."""
LANDMARKS = slice(JOINTS.stop, JOINTS.stop + len(LANDMARK_NAMES))
"""Rows of linear.Linear that are landmarks."""
FEET = slice(LANDMARKS.stop, LANDMARKS.stop + TOUCHING)
"""Rows of linear.Linear that are contact points."""
SOLES = slice(FEET.stop, None)
"""Rows of linear.Linear that are the soles' outline."""


@dataclass(frozen=True)
class ClipState:
    """One state of the fit over the whole clip, T frames, double precision."""

    unknowns: Unknowns
    dofs: Tensor
    """Numbers of each frame, see skeleton.LAYOUT. Shape (T, DOFS)."""
    seen: Observations
    skeleton: Skeleton
    depth: Tensor | None = None
    """Depth of each landmark that scales pixels to metres, held fixed while steps are tried. Shape (T, 19)."""

    @cached_property
    def posed(self) -> Posed:
        """The skeleton in every frame, camera axes."""
        return self.skeleton.pose(self.dofs, self.unknowns.betas, self.unknowns.offsets)


@dataclass(frozen=True)
class Part:
    """F neighbouring frames of a clip, linearised, single precision."""

    linear: Linear
    dofs: Tensor
    """Shape (F, DOFS)."""
    seen: Observations
    unknowns: Unknowns
    frames: slice
    """Which frames of the clip these are."""
    count: int
    """How many of them are the part's own; the others are there for differences."""
    size_gain: Tensor
    """Mean size over this body's. Shape ()."""
    size_by_betas: Tensor
    """Derivative of ``size_gain``. Shape (B,)."""

    @property
    def own(self) -> slice:
        """The frames whose residuals begin here."""
        return slice(0, self.count)

    def mine(self, values: Tensor) -> Tensor:
        """This part's frames of values of the whole clip, single precision. Shape (T, ...) -> (F, ...)."""
        return values[self.frames].float()

    def by_shared(self, points: slice) -> Tensor:
        """Derivative of points by the shared numbers. Shape (F, n, 3, G)."""
        layout, by_betas = self.unknowns.layout, self.linear.by_betas[:, points]
        shared = by_betas.new_zeros(*by_betas.shape[:3], layout.size)
        shared[..., layout.betas] = by_betas
        if points == LANDMARKS:
            shared[..., layout.offsets] = torch.einsum("tnij,njp->tnip", self.linear.carriers, OFFSETS.to(shared))
        return shared


@dataclass(frozen=True)
class WholeRow:
    """One residual that every frame of the clip moves, times the root of its weight, and its derivatives."""

    by_joints: Tensor
    """Shape (T, 24, 3)."""
    by_feet: Tensor
    """By the contact points. Shape (T, C, 3)."""
    by_columns: Tensor
    """By the first two columns of the pelvis's rotation. Shape (T, 6)."""
    by_shared: Tensor
    """Shape (G,)."""
    residual: float


class Term(ABC):
    """One term of the energy. It adds its derivatives where they belong: most terms to the blocks of frames, priors of the body and
    the camera to the corner of shared numbers, and residuals over the whole clip as rows of their own.
    """

    @abstractmethod
    def energy(self, state: ClipState) -> Tensor:
        """Shape (), differentiable in the state's unknowns."""

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:  # noqa: B027  (most terms have one of the three)
        """Add what the residuals of the part's own frames give to the normal equations."""

    def add_shared(self, unknowns: Unknowns, corner: Tensor, gradient: Tensor) -> None:  # noqa: B027
        """Add curvature (G, G) and gradient (G,) by the shared numbers alone, in place."""

    def whole_rows(self, state: ClipState) -> list[WholeRow]:
        """Residuals over the whole clip."""
        return []
