"""What each term of the energy gives the Gauss-Newton solver: residuals, their derivatives, and the weights of robust terms.

A robust term 0.5 r^2 / sigma^2 / (1 + r^2 / c^2) is replaced by the parabola of the same slope: weight
1 / sigma^2 / (1 + r^2 / c^2)^2. The gradient is exact (tests/reconstruct/test_rows.py), the curvature is never negative.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import FrameBlocks
from sfv.reconstruct.fit.linear import Linear, left_jacobian
from sfv.reconstruct.fit.terms import energy
from sfv.reconstruct.fit.unknowns import OFFSETS, Unknowns, ground_normal
from sfv.reconstruct.model.limits import limits
from sfv.reconstruct.model.pose_prior import PosePrior
from sfv.reconstruct.model.skeleton import DOFS, LANDMARK_NAMES, TOUCHING, TOUCHING_HEIGHTS, TOUCHING_SOFTNESS
from sfv.reconstruct.observe.observations import Observations

_JOINTS, _MARKS = 24, len(LANDMARK_NAMES)
LANDMARKS = slice(_JOINTS, _JOINTS + _MARKS)
"""Rows of linear.Linear that are landmarks ..."""
FEET = slice(LANDMARKS.stop, LANDMARKS.stop + TOUCHING)
"""... contact points ..."""
SOLES = slice(FEET.stop, None)
"""... and the soles' outline."""


@dataclass(frozen=True)
class Part:
    """Some neighbouring frames of a clip, linearised; ``own`` counts those whose residuals begin here."""

    linear: Linear
    dofs: Tensor
    seen: Observations
    unknowns: Unknowns
    own: int
    config: ReconstructConfig

    @property
    def first(self) -> slice:
        """The frames that are this part's own; the others are there for differences."""
        return slice(0, self.own)

    def by_shared(self, points: slice) -> Tensor:
        """Derivative of points by the shared numbers. Shape (F, n, 3, G)."""
        layout, by_betas = self.unknowns.layout, self.linear.by_betas[:, points]
        shared = by_betas.new_zeros(*by_betas.shape[:3], layout.size)
        shared[..., layout.betas] = by_betas
        if points == LANDMARKS:
            shared[..., layout.offsets] = torch.einsum("tnij,njp->tnip", self.linear.carriers, OFFSETS.to(shared))
        return shared


def robust(squared: Tensor, sigma: float, scale: float) -> Tensor:
    """Weight of a Geman-McClure residual."""
    return 1.0 / sigma**2 / (1.0 + squared / scale**2).square()


def add_image(part: Part, blocks: FrameBlocks) -> None:
    """Landmarks against pixels."""
    own, config, seen = part.first, part.config, part.seen
    marks = part.linear.posed.landmarks[own]
    depth = marks[..., 2].clamp_min(energy.NEAR)
    errors = energy.image_errors(marks, seen.frames(own), part.unknowns.focal_gain, depth)
    sight = torch.zeros(*marks.shape[:2], 2, 3, dtype=marks.dtype)
    sight[..., 0, 0] = sight[..., 1, 1] = 1.0
    sight[..., 2] = -marks[..., :2] / depth[..., None]
    sight[..., 2] *= (marks[..., 2:] > energy.NEAR).to(marks)
    weight = seen.weight[own] * robust(errors.square().sum(-1), config.image_sigma, config.image_scale)
    shared = sight @ part.by_shared(LANDMARKS)[own]
    shared[..., part.unknowns.layout.focal] = marks[..., :2]
    rows = sight @ part.linear.by_dofs[own, LANDMARKS]
    blocks.add_rows(own, rows.flatten(1, 2), shared.flatten(1, 2), weight.repeat_interleave(2, 1), errors.flatten(1))


def add_landmarks(part: Part, blocks: FrameBlocks, share: float) -> None:
    """Landmarks about mid-hips against the detector's 3D ones; the term counts ``share``."""
    own, config, seen, state = part.first, part.config, part.seen, part.unknowns
    errors = energy.landmark_errors(part.linear.posed.landmarks[own], seen.frames(own), state.turn)
    weight = (
        share * seen.world_weight[own] * robust(errors.square().sum(-1), config.landmark_sigma, config.landmark_scale)
    )
    rows, shared = part.linear.by_dofs[own, LANDMARKS], part.by_shared(LANDMARKS)[own]
    rows, shared = energy.centred(rows), energy.centred(shared)
    world = energy.centred(seen.world[own]) @ state.turn.T
    axes = left_jacobian(state.lean).T  # row k: axis of the rotation by the k-th number
    turned = torch.linalg.cross(axes[None, None].expand(*world.shape[:2], 3, 3), world[:, :, None].expand(-1, -1, 3, 3))
    shared[..., state.layout.lean] = -turned.mT
    blocks.add_rows(own, rows.flatten(1, 2), shared.flatten(1, 2), weight.repeat_interleave(3, 1), errors.flatten(1))


def add_stick(part: Part, blocks: FrameBlocks, first: Tensor, stick: Tensor) -> None:
    """Landmarks about mid-hips against those of the initial pose (F, 19, 3), with the weight of each frame (F,)."""
    own, config = part.first, part.config
    errors = energy.stick_errors(part.linear.posed.landmarks[own], first[own])
    weight = stick[own, None] * robust(errors.square().sum(-1), config.stick_sigma, config.stick_scale)
    rows, shared = (energy.centred(by[own]) for by in (part.linear.by_dofs[:, LANDMARKS], part.by_shared(LANDMARKS)))
    blocks.add_rows(own, rows.flatten(1, 2), shared.flatten(1, 2), weight.repeat_interleave(3, 1), errors.flatten(1))


def add_bends(part: Part, blocks: FrameBlocks, prior: PosePrior) -> None:
    """Limits and pose prior; they touch a frame's numbers one by one or through a matrix."""
    own, config, dofs = part.first, part.config, part.dofs[part.first]
    low, high = limits()
    beyond = (dofs - high).clamp_min(0) - (low - dofs).clamp_min(0)
    stiff = (beyond != 0) / config.limit_sigma**2
    pull = beyond / config.limit_sigma**2
    torch.diagonal(blocks.hessian[0, own], dim1=1, dim2=2).add_(stiff)
    blocks.gradient[own] += pull
    bends = dofs[:, energy.ROOT :]
    best = prior.components(bends).argmin(1)
    factor = prior.precision_cholesky.to(bends)
    precision = config.prior_weight * factor.mT @ factor
    away = bends - prior.means.to(bends)[best]
    blocks.hessian[0, own, energy.ROOT :, energy.ROOT :] += precision[best]
    blocks.gradient[own, energy.ROOT :] += (precision[best] @ away[..., None]).squeeze(-1)
    a, b = dofs[:, 3:6], dofs[:, 6:9]
    rows = dofs.new_zeros(len(dofs), 3, DOFS)
    rows[:, 0, 3:6], rows[:, 1, 6:9], rows[:, 2, 3:6], rows[:, 2, 6:9] = 2 * a, 2 * b, b, a
    blocks.add_rows(own, rows, None, dofs.new_ones(len(dofs), 3), energy.column_errors(dofs))


def add_smoothness(part: Part, blocks: FrameBlocks, fps: float, sigma: float, gain: Tensor, by_betas: Tensor) -> None:
    """Accelerations of the moving joints, times the size's ``gain`` () with derivative ``by_betas`` (B,)."""
    points = part.linear.posed.joints[:, energy.MOVING].flatten(1)
    rows = part.linear.by_dofs[:, energy.MOVING].flatten(1, 2) * gain
    shared = part.by_shared(slice(0, _JOINTS))[:, energy.MOVING].flatten(1, 2) * gain
    shared[..., part.unknowns.layout.betas] += points[..., None] * by_betas
    points = points * gain
    weight = points.new_full((max(0, len(points) - 2), points.shape[1]), 1 / sigma**2)
    square = fps**2
    blocks.add_differences(slice(0, len(points)), (square, -2 * square, square), rows, shared, weight, points)


def add_contacts(part: Part, blocks: FrameBlocks, contact: Tensor, fps: float, gain: float) -> None:
    """Feet in contact stand still on the ground; soles stay above it. ``contact`` (F, 6) of this part's frames."""
    own, config, state = part.first, part.config, part.unknowns
    feet, soles = part.linear.posed.contacts, part.linear.posed.soles[own]
    span = slice(0, min(len(feet), part.own + 1))
    if span.stop > 1:
        both = torch.minimum(contact[1 : span.stop], contact[: span.stop - 1])
        speed = ((feet[1 : span.stop] - feet[: span.stop - 1]) * fps).square().sum(-1)
        weight = both * robust(speed, config.stance_speed_sigma / gain, config.stance_speed_scale)
        rows, shared = part.linear.by_dofs[span, FEET].flatten(1, 2), part.by_shared(FEET)[span].flatten(1, 2)
        blocks.add_differences(span, (-fps, fps), rows, shared, weight.repeat_interleave(3, 1), feet[span].flatten(1))
    ground = state.ground
    slope = torch.func.jacfwd(ground_normal)(state.shared[state.layout.tilt])  # (3, 2)
    joints = part.linear.posed.joints[own]
    for points, where in ((feet[own], FEET), (soles, SOLES), (joints, slice(0, _JOINTS))):
        height = ground.above(points)
        rows = torch.einsum("i,tnid->tnd", ground.up, part.linear.by_dofs[own, where])
        shared = torch.einsum("i,tnig->tng", ground.up, part.by_shared(where)[own])
        shared[..., state.layout.tilt] = points @ slope
        shared[..., state.layout.height] = -1.0
        if where == FEET:
            height = height - height.new_tensor(TOUCHING_HEIGHTS)
            weight = contact[own] * robust(
                height.square(), config.stance_height_sigma / gain, config.stance_height_scale
            )
            weight = weight / weight.new_tensor(TOUCHING_SOFTNESS) ** 2
        elif where == SOLES:
            weight = (height < 0) * (gain / config.penetration_sigma) ** 2
        else:
            rows, shared, height = (
                rows[:, energy.SOLID],
                shared[:, energy.SOLID],
                energy.sinking(height[:, energy.SOLID]),
            )
            weight = (height < 0) / config.penetration_sigma**2
        blocks.add_rows(own, rows, shared, weight, height)


def add_shared(
    state: Unknowns, corner: Tensor, gradient: Tensor, config: ReconstructConfig, ground: bool, clip_weight: float
) -> None:
    """Priors of the shared numbers, ``clip_weight`` times; the camera's only once there is a ground."""
    layout = state.layout
    usual = torch.tensor([-config.landmark_tilt, 0.0, 0.0], dtype=torch.float64)
    added, pull = torch.zeros_like(corner), torch.zeros_like(gradient)
    normal = (
        (layout.betas, state.betas, config.betas_sigma),
        (layout.lean, state.lean - usual, config.landmark_tilt_sigma),
    )
    for where, value, sigma in normal:
        torch.diagonal(added)[where] += 1 / sigma**2
        pull[where] += value / sigma**2
    flat = OFFSETS.flatten(0, 1)
    added[layout.offsets, layout.offsets] += 0.5 * flat.T @ flat / config.offset_sigma**2
    pull[layout.offsets] += 0.5 * flat.T @ state.change.flatten() / config.offset_sigma**2
    added[layout.focal, layout.focal] += 1 / config.focal_sigma**2
    pull[layout.focal] += state.shared[layout.focal] / config.focal_sigma**2
    if ground:
        tilt = state.shared[layout.tilt]
        slope = torch.func.jacfwd(ground_normal)(tilt) / config.up_sigma
        away = (ground_normal(tilt) - torch.tensor([0.0, -1.0, 0.0], dtype=torch.float64)) / config.up_sigma
        added[layout.tilt, layout.tilt] += slope.T @ slope
        pull[layout.tilt] += slope.T @ away
        added[layout.height, layout.height] += 1 / config.camera_height_sigma**2
        pull[layout.height] += (state.shared[layout.height] + config.camera_height) / config.camera_height_sigma**2
    corner += clip_weight * added
    gradient += clip_weight * pull
