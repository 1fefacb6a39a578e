"""Terms of the whole clip that tell where up is: the body is in balance over its feet, and the upright pelvis is level."""

import math
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.balance import mean_imbalance
from sfv.reconstruct.fit.terms.robust import GemanMcClure
from sfv.reconstruct.fit.terms.term import ClipState, Term, WholeRow

Residuals = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""Residuals (E,) of joints (T, 24, 3), contact points (T, C, 3), pelvis columns (T, 6) and up (3,)."""


class Balance(Term):
    """The mean imbalance over the clip, along the ground."""

    def __init__(self, contact: Tensor, fps: float, weight: float, config: ReconstructConfig) -> None:
        """``contact``: probability of each contact point (T, C); the term counts ``weight``."""
        self._contact, self._fps, self._weight, self._sigma = contact, fps, weight, config.balance_sigma

    def _residuals(self, joints: Tensor, feet: Tensor, columns: Tensor, up: Tensor) -> Tensor:
        """Shape (3,)."""
        off = mean_imbalance(joints, feet, self._contact, up, self._fps)
        return (off - (off @ up) * up) / self._sigma

    def energy(self, state: ClipState) -> Tensor:
        return 0.5 * self._weight * _of(state, self._residuals).square().sum()

    def whole_rows(self, state: ClipState) -> list[WholeRow]:
        return _differentiated(state, self._residuals, lambda residual: self._weight)


class LevelPelvis(Term):
    """The mean sideways tilt of the upright pelvis, unless it is so large that it is meant."""

    def __init__(self, weight: float, config: ReconstructConfig) -> None:
        """The term counts ``weight``."""
        self._weight, self._sigma = weight, config.level_sigma
        self._robust = GemanMcClure(1.0, config.level_scale / config.level_sigma)

    def _residuals(self, joints: Tensor, feet: Tensor, columns: Tensor, up: Tensor) -> Tensor:
        """Shape (1,)."""
        x, y = (torch.nn.functional.normalize(columns[:, cut], dim=-1) for cut in (slice(0, 3), slice(3, 6)))
        upright = (y @ up).clamp_min(0).detach() ** 4
        return ((upright * (x @ up)).sum() / upright.sum().clamp_min(1.0) / self._sigma)[None]

    def energy(self, state: ClipState) -> Tensor:
        return self._weight * self._robust.energy(_of(state, self._residuals).square()).sum()

    def whole_rows(self, state: ClipState) -> list[WholeRow]:
        return _differentiated(state, self._residuals, lambda r: self._weight * float(self._robust.weight(r**2)))


def _of(state: ClipState, residuals: Residuals) -> Tensor:
    return residuals(state.posed.joints, state.posed.contacts, state.dofs[:, 3:9], state.unknowns.ground.up)


def _differentiated(state: ClipState, residuals: Residuals, weight: Callable[[Tensor], float]) -> list[WholeRow]:
    """Rows of residuals by automatic differentiation: there are four in a clip, so that closed forms would save nothing."""
    unknowns = state.unknowns
    values = (state.posed.joints, state.posed.contacts, state.dofs[:, 3:9], unknowns.shared)
    leaves = [value.detach().requires_grad_() for value in values]
    joints, feet, columns, shared = leaves
    found = []
    with torch.enable_grad():
        for residual in residuals(joints, feet, columns, replace(unknowns, shared=shared).ground.up).unbind():
            gradients = torch.autograd.grad(residual, leaves, retain_graph=True, allow_unused=True)
            root = math.sqrt(weight(residual.detach()))
            by = [root * (torch.zeros_like(leaf) if g is None else g) for leaf, g in zip(leaves, gradients)]
            found.append(WholeRow(by[0], by[1], by[2], by[3], root * float(residual.detach())))
    return found
