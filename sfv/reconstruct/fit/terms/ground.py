"""Terms of the ground: points in contact stand still and are on it, and nothing is below it."""

import torch
from torch import Tensor

from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.terms.robust import GemanMcClure
from sfv.reconstruct.fit.terms.term import FEET, JOINTS, SOLES, ClipState, Part, Term
from sfv.reconstruct.fit.unknowns import ground_normal
from sfv.reconstruct.model.skeleton import THICKNESS, TOUCHING_HEIGHTS, TOUCHING_SOFTNESS

_SOLID = [SMPL_JOINTS.index(name) for name in THICKNESS]
"""Joints that the ground keeps up."""


class StandsStill(Term):
    """Points in contact have no speed."""

    def __init__(self, contact: Tensor, fps: float, gain: float, config: ReconstructConfig) -> None:
        """``contact``: probability of each contact point (T, C); ``gain`` divides the standard deviation."""
        self._contact, self._fps = contact, fps
        self._robust = GemanMcClure(config.stance_speed_sigma / gain, config.stance_speed_scale)

    def energy(self, state: ClipState) -> Tensor:
        feet = state.posed.contacts
        both = torch.minimum(self._contact[1:], self._contact[:-1])
        speed = ((feet[1:] - feet[:-1]) * self._fps).square().sum(-1)
        return (both * self._robust.energy(speed)).sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        feet, contact = part.linear.posed.contacts, part.mine(self._contact)
        span = slice(0, min(len(feet), part.count + 1))
        if span.stop < 2:
            return
        both = torch.minimum(contact[1 : span.stop], contact[: span.stop - 1])
        speed = ((feet[1 : span.stop] - feet[: span.stop - 1]) * self._fps).square().sum(-1)
        weight = (both * self._robust.weight(speed)).repeat_interleave(3, 1)
        rows, shared = part.linear.by_dofs[span, FEET].flatten(1, 2), part.by_shared(FEET)[span].flatten(1, 2)
        blocks.add_differences(span, (-self._fps, self._fps), rows, shared, weight, feet[span].flatten(1))


class StandsOnGround(Term):
    """Points in contact are as high as they are when they touch the ground."""

    def __init__(self, contact: Tensor, gain: float, config: ReconstructConfig) -> None:
        """As ``StandsStill``."""
        self._contact = contact
        self._robust = GemanMcClure(config.stance_height_sigma / gain, config.stance_height_scale)

    def energy(self, state: ClipState) -> Tensor:
        feet = state.posed.contacts
        height = (state.unknowns.ground.above(feet) - feet.new_tensor(TOUCHING_HEIGHTS)).square()
        return (self._contact * self._robust.energy(height) / feet.new_tensor(TOUCHING_SOFTNESS) ** 2).sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        height, rows, shared = _height_rows(part, part.linear.posed.contacts[part.own], FEET)
        height = height - height.new_tensor(TOUCHING_HEIGHTS)
        weight = part.mine(self._contact)[part.own] * self._robust.weight(height.square())
        blocks.add_rows(part.own, rows, shared, weight / weight.new_tensor(TOUCHING_SOFTNESS) ** 2, height)


class SolesAbove(Term):
    """No point of a sole is below the ground."""

    def __init__(self, gain: float, config: ReconstructConfig) -> None:
        """``gain`` divides the standard deviation."""
        self._weight = (gain / config.penetration_sigma) ** 2

    def energy(self, state: ClipState) -> Tensor:
        return 0.5 * self._weight * state.unknowns.ground.above(state.posed.soles).clamp_max(0).square().sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        height, rows, shared = _height_rows(part, part.linear.posed.soles[part.own], SOLES)
        blocks.add_rows(part.own, rows, shared, (height < 0) * self._weight, height)


class BodyAbove(Term):
    """No joint is deeper than its flesh allows."""

    def __init__(self, config: ReconstructConfig) -> None:
        self._weight = 1 / config.penetration_sigma**2

    @staticmethod
    def _sunk(heights: Tensor) -> Tensor:
        """How much deeper, negative; 0 where it is not. Shape (T, 24) -> (T, len(_SOLID)), metres."""
        return (heights[:, _SOLID] - heights.new_tensor(list(THICKNESS.values()))).clamp_max(0)

    def energy(self, state: ClipState) -> Tensor:
        return 0.5 * self._weight * self._sunk(state.unknowns.ground.above(state.posed.joints)).square().sum()

    def add_rows(self, part: Part, blocks: FrameBlocks) -> None:
        height, rows, shared = _height_rows(part, part.linear.posed.joints[part.own], JOINTS)
        sunk = self._sunk(height)
        blocks.add_rows(part.own, rows[:, _SOLID], shared[:, _SOLID], (sunk < 0) * self._weight, sunk)


def _height_rows(part: Part, points: Tensor, where: slice) -> tuple[Tensor, Tensor, Tensor]:
    """Heights of points (F, n, 3) above the ground (F, n), and their derivatives (F, n, DOFS), (F, n, G)."""
    state = part.unknowns
    ground, layout = state.ground, state.layout
    rows = torch.einsum("i,tnid->tnd", ground.up, part.linear.by_dofs[part.own, where])
    shared = torch.einsum("i,tnig->tng", ground.up, part.by_shared(where)[part.own])
    shared[..., layout.tilt] = points @ torch.func.jacfwd(ground_normal)(state.shared[layout.tilt])
    shared[..., layout.height] = -1.0
    return ground.above(points), rows, shared
