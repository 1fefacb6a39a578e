"""The fit of one clip as a least-squares problem: its energy, and the normal equations at a state."""

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import COUPLED, FrameBlocks, NormalEquations
from sfv.reconstruct.fit.linear import linearise
from sfv.reconstruct.fit.spline import spline_basis
from sfv.reconstruct.fit.terms import energy, rows
from sfv.reconstruct.fit.unknowns import Unknowns
from sfv.reconstruct.model.pose_prior import PosePrior
from sfv.reconstruct.model.skeleton import DOFS, Posed, Skeleton
from sfv.reconstruct.observe.observations import Observations, group_means

_CALM = 10.0  # m/s^2: acceleration for which ReconstructConfig.knot_seconds is meant
_CHUNK = 200  # frames linearised at a time: about 60 MB of derivatives, whatever the clip's length


@dataclass(frozen=True)
class Terms:
    """Which terms count, and what they hold fixed while a stage runs."""

    image: bool = True
    """The 2D landmarks."""
    landmark_share: float = 1.0
    """Weight of the detector's 3D landmarks."""
    contact: Tensor | None = None
    """Probability that each contact point stands, shape (T, 6); without it there is no ground."""
    gain: float = 1.0
    """Divides the deviations of the contact terms."""
    first: Tensor | None = None
    """Landmarks of the initial pose that frames stick to, shape (T, 19, 3)."""
    stick: Tensor | None = None
    """How much each frame does, shape (T,)."""
    free: tuple[str, ...] = ()
    """Shared numbers that may change: fields of unknowns.SharedLayout."""


class Problem:
    """One person's observations, a skeleton, and settings."""

    def __init__(self, seen: Observations, skeleton: Skeleton, prior: PosePrior, config: ReconstructConfig) -> None:
        self.skeleton, self.prior, self.config = skeleton, prior, config
        gain = math.sqrt(_CALM / max(seen.acceleration, 1e-3))
        knot = min(max(config.knot_seconds * gain, config.knot_range[0]), config.knot_range[1])
        self.every_frame = seen.double()
        self.every_basis = spline_basis(len(seen.xy), seen.fps, knot).double()
        stride = max(1, round(seen.fps / config.fit_fps))
        self.seen, self.basis = self.every_frame.thinned(stride), group_means(self.every_basis, stride)
        self._single = self.seen.float()
        low, high = config.acceleration_range
        self.acceleration_sigma = min(max(config.acceleration_gain * seen.acceleration, low), high)
        self.clip_weight = config.shape_weight * len(self.seen.xy)

    def with_landmarks(self, world: Tensor, weight: Tensor) -> "Problem":
        """The same with other 3D landmarks (T, 19, 3) and weights (T, 19)."""
        other = copy(self)
        other.seen = replace(self.seen, world=world.to(self.seen.xy), world_weight=weight.to(self.seen.xy))
        other._single = other.seen.float()
        return other

    def dofs(self, state: Unknowns) -> Tensor:
        """Numbers of each frame, camera axes. Shape (T, DOFS)."""
        return self.basis @ state.coefficients

    def posed(self, state: Unknowns) -> Posed:
        """The skeleton in every frame, camera axes."""
        return self.skeleton.pose(self.dofs(state), state.betas, state.offsets)

    def energy(self, state: Unknowns, terms: Terms, depth: Tensor) -> Tensor:
        """Energy of a state; ``depth`` (T, 19) scales pixels to metres and stays that of the last accepted state. Shape ()."""
        config, seen, dofs = self.config, self.seen, self.dofs(state)
        posed = self.skeleton.pose(dofs, state.betas, state.offsets)
        total = energy.limit_term(dofs, config) + energy.prior_term(dofs, self.prior, config)
        total = total + energy.smoothness_term(
            posed.joints[:, energy.MOVING] * self.skeleton.size_gain(state.betas), seen.fps, self.acceleration_sigma
        )
        total = total + self.clip_weight * energy.shape_terms(
            state.betas, state.change, state.lean, state.shared[state.layout.focal], config
        )
        if terms.image:
            errors = energy.image_errors(posed.landmarks, seen, state.focal_gain, depth)
            total = total + energy.image_term(errors, seen, config)
        if terms.landmark_share:
            errors = energy.landmark_errors(posed.landmarks, seen, state.turn)
            total = total + terms.landmark_share * energy.landmark_term(errors, seen, config)
        if terms.first is not None and terms.stick is not None:
            total = total + energy.stick_term(energy.stick_errors(posed.landmarks, terms.first), terms.stick, config)
        if terms.contact is not None:
            ground = state.ground
            total = total + energy.contact_terms(posed, ground, terms.contact, seen.fps, config, terms.gain)
            upright = energy.upright_errors(
                posed.joints, posed.contacts, dofs[:, 3:9], ground.up, terms.contact, seen.fps, config
            )
            clip = energy.camera_term(ground, config) + energy.upright_term(upright, config)
            total = total + self.clip_weight * clip
        return total

    def linearise(self, state: Unknowns, terms: Terms) -> NormalEquations:
        """Normal equations at a state. Derivatives are in single precision, which the solver's damping forgives; sums in double."""
        dofs, config, seen = self.dofs(state), self.config, self.seen
        single, single_dofs = state.float(), dofs.float()
        equations = NormalEquations(self.basis.shape[1], DOFS, state.layout.size, self._reach())
        whole = self._whole_clip(state, terms, dofs)
        gain = self.skeleton.size_gain(single.betas)
        by_betas = torch.func.jacfwd(self.skeleton.size_gain)(single.betas)
        along = dofs.new_zeros(len(whole), len(dofs), DOFS)
        for frames, own in _chunks(len(dofs)):
            linear = linearise(self.skeleton, single_dofs[frames], single.betas, single.offsets)
            part = rows.Part(linear, single_dofs[frames], self._single.frames(frames), single, own, config)
            blocks = FrameBlocks.zeros(frames.stop - frames.start, DOFS, state.layout.size)
            rows.add_bends(part, blocks, self.prior)
            if terms.first is not None and terms.stick is not None:
                rows.add_stick(part, blocks, terms.first[frames].float(), terms.stick[frames].float())
            rows.add_smoothness(part, blocks, seen.fps, self.acceleration_sigma, gain, by_betas)
            if terms.image:
                rows.add_image(part, blocks)
            if terms.landmark_share:
                rows.add_landmarks(part, blocks, terms.landmark_share)
            if terms.contact is not None:
                rows.add_contacts(part, blocks, terms.contact[frames].float(), seen.fps, terms.gain)
            basis = self.basis[frames]
            used = basis.sum(0).nonzero()[:, 0]
            knots = slice(int(used[0]), int(used[-1]) + 1)
            equations.add(blocks, basis[:, knots], knots.start)
            mine = slice(frames.start, frames.start + own)
            for row, (by_joints, by_feet, by_columns, shared, _) in zip(along, whole):
                for by, points in ((by_joints, slice(0, 24)), (by_feet, rows.FEET)):
                    shared[state.layout.betas] += torch.einsum(
                        "tni,tnib->b", by[mine].float(), linear.by_betas[:own, points]
                    )
                row[mine] = torch.einsum("tni,tnid->td", by_joints[mine].float(), linear.by_dofs[:own, :24])
                row[mine] += torch.einsum("tni,tnid->td", by_feet[mine].float(), linear.by_dofs[:own, rows.FEET])
                row[mine, 3:9] += by_columns[mine]
        rows.add_shared(
            state, equations.corner, equations.corner_gradient, config, terms.contact is not None, self.clip_weight
        )
        for row, (*_, shared, residual) in zip(along, whole):
            equations.whole.append((self.basis.T @ row, shared, residual))
        _hold(equations, state, terms.free)
        return equations

    def _reach(self) -> int:
        """Largest distance of knots that one residual couples."""
        used = (self.basis > 0).double()
        first, last = used.argmax(1), used.shape[1] - 1 - used.flip(1).argmax(1)
        ahead = min(COUPLED, len(first) - 1)
        return max(1, int((last[ahead:] - first[: len(first) - ahead]).max()))

    def _whole_clip(
        self, state: Unknowns, terms: Terms, dofs: Tensor
    ) -> list[tuple[Tensor, Tensor, Tensor, Tensor, float]]:
        """Balance and level: derivatives by joints, contact points, pelvis columns, shared numbers; and the residual."""
        if terms.contact is None:
            return []
        with torch.no_grad():
            posed = self.skeleton.pose(dofs, state.betas, state.offsets)
        leaves = [
            value.detach().requires_grad_() for value in (posed.joints, posed.contacts, dofs[:, 3:9], state.shared)
        ]
        joints, feet, columns, shared = leaves
        with torch.enable_grad():
            up = replace(state, shared=shared).ground.up
            errors = energy.upright_errors(
                joints, feet, columns, up, terms.contact, self.seen.fps, self.config
            ).unbind()
        found = []
        for index, error in enumerate(errors):
            scale = self.config.level_scale / self.config.level_sigma
            weight = self.clip_weight * (1.0 if index < 3 else float(rows.robust(error.detach() ** 2, 1.0, scale)))
            gradients = torch.autograd.grad(error, leaves, retain_graph=True, allow_unused=True)
            filled = [torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, gradients)]
            root = math.sqrt(weight)
            found.append((*(root * g for g in filled), root * float(error.detach())))
        return found


def _chunks(frames: int) -> Iterator[tuple[slice, int]]:
    """Spans of frames with the two following ones, and how many frames are each span's own."""
    for start in range(0, frames, _CHUNK):
        own = min(_CHUNK, frames - start)
        yield slice(start, min(frames, start + own + COUPLED)), own


def _hold(equations: NormalEquations, state: Unknowns, free: tuple[str, ...]) -> None:
    """Keep the shared numbers that are not free where they are."""
    held = torch.ones(state.layout.size, dtype=torch.bool)
    for name in free:
        held[getattr(state.layout, name)] = False
    equations.border[..., held] = 0.0
    equations.corner[held] = 0.0
    equations.corner[:, held] = 0.0
    equations.corner_gradient[held] = 0.0
    for _, shared, _ in equations.whole:
        shared[held] = 0.0
