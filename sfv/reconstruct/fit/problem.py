"""The fit of one clip as a least-squares problem: its energy, and the normal equations at a state."""

import math
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import COUPLED, FrameBlocks, NormalEquations
from sfv.reconstruct.fit.linear import linearise
from sfv.reconstruct.fit.spline import spline_basis
from sfv.reconstruct.fit.terms.term import FEET, JOINTS, ClipState, Part, Term, WholeRow
from sfv.reconstruct.fit.unknowns import Unknowns
from sfv.reconstruct.model.skeleton import DOFS, Posed, Skeleton
from sfv.reconstruct.observe.observations import Observations, group_means

_CALM = 10.0  # m/s^2: acceleration for which ReconstructConfig.knot_seconds is meant
_CHUNK = 200  # frames linearised at a time: about 60 MB of derivatives, whatever the clip's length


class Problem:
    """One person's observations, a skeleton, and settings."""

    def __init__(self, seen: Observations, skeleton: Skeleton, config: ReconstructConfig) -> None:
        self.skeleton, self.config = skeleton, config
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

    def energy(self, state: Unknowns, terms: Sequence[Term], depth: Tensor) -> Tensor:
        """Energy of a state; ``depth`` (T, 19) scales pixels to metres and stays that of the last accepted state. Shape ()."""
        clip = ClipState(state, self.dofs(state), self.seen, self.skeleton, depth)
        return torch.stack([term.energy(clip) for term in terms]).sum()

    def linearise(self, state: Unknowns, terms: Sequence[Term], free: Sequence[str]) -> NormalEquations:
        """Normal equations at a state; shared numbers that are not ``free`` are held.

        Derivatives are in single precision, which the solver's damping forgives; sums in double.
        """
        dofs, single = self.dofs(state), state.float()
        single_dofs = dofs.float()
        equations = NormalEquations(self.basis.shape[1], DOFS, state.layout.size, self._reach())
        clip = ClipState(state, dofs, self.seen, self.skeleton)
        whole = [row for term in terms for row in term.whole_rows(clip)]
        along = [dofs.new_zeros(len(dofs), DOFS) for _ in whole]
        gain = self.skeleton.size_gain(single.betas)
        by_betas = torch.func.jacfwd(self.skeleton.size_gain)(single.betas)
        for frames, own in _chunks(len(dofs)):
            linear = linearise(self.skeleton, single_dofs[frames], single.betas, single.offsets)
            part = Part(linear, single_dofs[frames], self._single.frames(frames), single, frames, own, gain, by_betas)
            blocks = FrameBlocks.zeros(frames.stop - frames.start, DOFS, state.layout.size)
            for term in terms:
                term.add_rows(part, blocks)
            basis = self.basis[frames]
            used = basis.sum(0).nonzero()[:, 0]
            knots = slice(int(used[0]), int(used[-1]) + 1)
            equations.add(blocks, basis[:, knots], knots.start)
            for row, by_dofs in zip(whole, along):
                _add_whole(row, by_dofs, part)
        for term in terms:
            term.add_shared(state, equations.corner, equations.corner_gradient)
        equations.whole += [(self.basis.T @ by, row.by_shared, row.residual) for row, by in zip(whole, along)]
        _hold(equations, state, free)
        return equations

    def _reach(self) -> int:
        """Largest distance of knots that one residual couples."""
        used = (self.basis > 0).double()
        first, last = used.argmax(1), used.shape[1] - 1 - used.flip(1).argmax(1)
        ahead = min(COUPLED, len(first) - 1)
        return max(1, int((last[ahead:] - first[: len(first) - ahead]).max()))


def _add_whole(row: WholeRow, by_dofs: Tensor, part: Part) -> None:
    """Carry the part's frames of a row's derivative by points on to numbers of the frames (T, DOFS) and to shape, in place."""
    mine = slice(part.frames.start, part.frames.start + part.count)
    for by, points in ((row.by_joints, JOINTS), (row.by_feet, FEET)):
        by = by[mine].float()
        row.by_shared[part.unknowns.layout.betas] += torch.einsum(
            "tni,tnib->b", by, part.linear.by_betas[part.own, points]
        )
        by_dofs[mine] += torch.einsum("tni,tnid->td", by, part.linear.by_dofs[part.own, points])
    by_dofs[mine, 3:9] += row.by_columns[mine]


def _chunks(frames: int) -> Iterator[tuple[slice, int]]:
    """Spans of frames with the two following ones, and how many frames are each span's own."""
    for start in range(0, frames, _CHUNK):
        own = min(_CHUNK, frames - start)
        yield slice(start, min(frames, start + own + COUPLED)), own


def _hold(equations: NormalEquations, state: Unknowns, free: Sequence[str]) -> None:
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
