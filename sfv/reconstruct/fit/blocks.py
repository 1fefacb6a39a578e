"""Normal equations of a clip: banded in time, with a border of numbers that the whole clip shares.

The unknowns are spline coefficients (K knots of D numbers) and G shared numbers. A residual touches the coefficients of at most
three neighbouring frames, so that the matrix is block-banded and is solved in a time proportional to the clip's length; the few
residuals that touch every frame (balance over the whole clip) are kept apart as single rows (Woodbury's identity).
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

COUPLED = 2
"""Residuals couple a frame with at most this many following ones: accelerations."""


@dataclass
class FrameBlocks:
    """Gauss-Newton blocks of F neighbouring frames, before they are laid onto spline coefficients."""

    hessian: Tensor
    """Block of frames (t, t + k) at [k, t]. Shape (3, F, D, D); the lower ones are the transposes."""
    gradient: Tensor
    """Shape (F, D)."""
    border: Tensor
    """Shape (F, D, G)."""
    corner: Tensor
    """Shape (G, G)."""
    corner_gradient: Tensor
    """Shape (G,)."""

    @classmethod
    def zeros(cls, frames: int, numbers: int, shared: int) -> "FrameBlocks":
        """Empty blocks."""
        new = torch.zeros(()).new_zeros
        return cls(
            new(COUPLED + 1, frames, numbers, numbers),
            new(frames, numbers),
            new(frames, numbers, shared),
            new(shared, shared),
            new(shared),
        )

    def add_rows(self, frames: slice, rows: Tensor, shared: Tensor | None, weight: Tensor, residual: Tensor) -> None:
        """Residuals r of single frames with energy ``0.5 sum w r^2``.

        ``rows`` dr/d numbers (F, M, D), ``shared`` dr/d shared numbers (F, M, G) or None, ``weight`` and ``residual`` (F, M).
        """
        weighted = rows * weight[..., None]
        self.hessian[0, frames] += rows.mT @ weighted
        self.gradient[frames] += (weighted.mT @ residual[..., None]).squeeze(-1)
        if shared is not None:
            self.border[frames] += weighted.mT @ shared
            flat = (shared * weight[..., None]).flatten(0, 1)
            self.corner += flat.T @ shared.flatten(0, 1)
            self.corner_gradient += flat.T @ residual.flatten()

    def add_differences(
        self, frames: slice, taps: tuple[float, ...], rows: Tensor, shared: Tensor, weight: Tensor, value: Tensor
    ) -> None:
        """Energy ``0.5 sum_t sum_m w (sum_k taps_k v_{t+k})^2`` of values v (F, M) with derivatives ``rows``, ``shared``.

        ``weight`` (F - len(taps) + 1, M).
        """
        reach = len(taps) - 1
        count = len(value) - reach
        if count < 1:
            return
        window = [slice(k, k + count) for k in range(reach + 1)]
        start = frames.start
        difference = torch.stack([tap * value[part] for tap, part in zip(taps, window)]).sum(0)
        turned = torch.stack([tap * shared[part] for tap, part in zip(taps, window)]).sum(0)
        weighted_shared, weighted = turned * weight[..., None], weight * difference
        self.corner += weighted_shared.flatten(0, 1).T @ turned.flatten(0, 1)
        self.corner_gradient += weighted_shared.flatten(0, 1).T @ difference.flatten()
        for a in range(reach + 1):
            own = slice(start + a, start + a + count)
            left = (taps[a] * rows[window[a]]) * weight[..., None]
            self.gradient[own] += taps[a] * (rows[window[a]].mT @ weighted[..., None]).squeeze(-1)
            self.border[own] += left.mT @ turned
            for b in range(a, reach + 1):
                self.hessian[b - a, own] += left.mT @ (taps[b] * rows[window[b]])


@dataclass
class NormalEquations:
    """Blocks of the coefficients: (i, i + d) at [i, d]; see the module."""

    knots: int
    numbers: int
    shared: int
    reach: int
    """Largest distance of coupled knots."""
    blocks: Tensor = field(init=False)
    gradient: Tensor = field(init=False)
    border: Tensor = field(init=False)
    corner: Tensor = field(init=False)
    corner_gradient: Tensor = field(init=False)
    whole: list[tuple[Tensor, Tensor, float]] = field(default_factory=list)
    """Rows over the whole clip: derivative by coefficients (K, D), by shared numbers (G,), residual."""

    def __post_init__(self) -> None:
        new = torch.zeros((), dtype=torch.float64).new_zeros
        self.blocks = new(self.knots, self.reach + 1, self.numbers, self.numbers)
        self.gradient = new(self.knots, self.numbers)
        self.border = new(self.knots, self.numbers, self.shared)
        self.corner = new(self.shared, self.shared)
        self.corner_gradient = new(self.shared)

    def add(self, part: FrameBlocks, basis: Tensor, first_knot: int) -> None:
        """Lay the blocks of F frames onto their knots: ``basis`` (F, k) are their rows of the spline basis from ``first_knot``."""
        basis, used = basis.float(), basis.shape[1]
        knots = slice(first_knot, first_knot + used)
        self.gradient[knots] += basis.T @ part.gradient
        self.border[knots] += (basis.T @ part.border.flatten(1)).unflatten(1, part.border.shape[1:])
        self.corner += part.corner
        self.corner_gradient += part.corner_gradient
        frames = len(basis)
        for step in range(COUPLED + 1):
            count = frames - step
            if count < 1:
                continue
            now, later, block = basis[:count], basis[step:], part.hessian[step, :count].flatten(1)
            for distance in range(min(self.reach, used - 1) + 1):
                wide = used - distance
                pair = now[:, :wide] * later[:, distance:]
                target = self.blocks[first_knot : first_knot + wide, distance]
                if pair.any():
                    target += (pair.T @ block).unflatten(1, (self.numbers, self.numbers))
                if step:  # the transposed block of (t + step, t)
                    pair = later[:, :wide] * now[:, distance:]
                    if pair.any():
                        target += (pair.T @ block).unflatten(1, (self.numbers, self.numbers)).mT

    def solve(self, damping: float) -> tuple[Tensor, Tensor]:
        """Newton step of coefficients (K, D) and shared numbers (G,), each number damped by ``damping`` times its curvature.

        Raises torch.linalg.LinAlgError where the matrix is not positive definite.
        """
        group = self.reach  # that many knots make a super-block; only neighbouring super-blocks are coupled then
        width, count = group * self.numbers, -(-self.knots // group)
        padded = count * group
        right = torch.cat([self.gradient[..., None], self.border, *(row[0][..., None] for row in self.whole)], -1)
        right = torch.cat([right, right.new_zeros(padded - self.knots, *right.shape[1:])]).reshape(count, width, -1)
        diagonal, beside = self._super_blocks(damping, group, count)
        solved = _solve_tridiagonal(diagonal, beside, right).reshape(padded, self.numbers, -1)[: self.knots]
        return self._close_border(solved, damping)

    def _super_blocks(self, damping: float, group: int, count: int) -> tuple[Tensor, Tensor]:
        numbers = self.numbers
        diagonal = self.blocks.new_zeros(count, group, numbers, group, numbers)
        beside = self.blocks.new_zeros(count - 1, group, numbers, group, numbers)
        for a in range(group):
            rows = self.blocks[a::group]
            for distance in range(self.reach + 1):
                b = a + distance
                if b < group:
                    diagonal[: len(rows), a, :, b] = rows[:, distance]
                    if distance:
                        diagonal[: len(rows), b, :, a] = rows[:, distance].mT
                else:
                    inner = min(len(rows), count - 1)
                    beside[:inner, a, :, b - group] = rows[:inner, distance]
        width = group * numbers
        diagonal = diagonal.reshape(count, width, width)
        scale = torch.diagonal(diagonal, dim1=1, dim2=2)
        empty = scale <= 0  # padding, and knots that nothing touches
        scale.copy_(torch.where(empty, 1.0, scale * (1 + damping) + 1e-9))
        return diagonal, beside.reshape(-1, width, width)

    def _close_border(self, solved: Tensor, damping: float) -> tuple[Tensor, Tensor]:
        """Schur complement of the shared numbers and of the whole-clip rows."""
        extra = len(self.whole)
        by_gradient, by_border, by_whole = solved.split([1, self.shared, extra], -1)
        corner = self.corner.clone()
        scale = torch.diagonal(corner)
        scale.copy_(torch.where(scale <= 0, 1.0, scale * (1 + damping) + 1e-9))
        corner -= torch.einsum("kdg,kdh->gh", self.border, by_border)
        gradient = self.corner_gradient - torch.einsum("kdg,kd->g", self.border, by_gradient[..., 0])
        factor = torch.linalg.cholesky(corner)
        shared = torch.cholesky_solve(gradient[:, None], factor)[:, 0]
        coefficients = by_gradient[..., 0] - by_border @ shared
        if not extra:
            return -coefficients, -shared
        rows = torch.stack([row[0] for row in self.whole])  # (E, K, D)
        rows_shared = torch.stack([row[1] for row in self.whole])  # (E, G)
        residual = torch.tensor([row[2] for row in self.whole], dtype=torch.float64)
        # H^-1 U of the bordered matrix, U = the rows as columns
        top = torch.einsum("kdg,kde->ge", self.border, by_whole)
        u_shared = torch.cholesky_solve(rows_shared.T - top, factor)  # (G, E)
        u = by_whole - by_border @ u_shared
        gain = torch.eye(extra).double() + torch.einsum("ekd,kdf->ef", rows, u) + rows_shared @ u_shared
        # the gradient gains U r; Woodbury: (H + U U^T)^-1 (g + U r)
        coefficients, shared = coefficients + u @ residual, shared + u_shared @ residual
        seen = torch.einsum("ekd,kd->e", rows, coefficients) + rows_shared @ shared
        share = torch.linalg.solve(gain, seen)
        return -(coefficients - u @ share), -(shared - u_shared @ share)


def _solve_tridiagonal(diagonal: Tensor, beside: Tensor, right: Tensor) -> Tensor:
    """Solve a symmetric positive definite block-tridiagonal system. Shapes (n, w, w), (n - 1, w, w) above it, (n, w, r)."""
    factors, links, forward = [], [], []
    for index in range(len(diagonal)):
        block, value = diagonal[index], right[index]
        if index:
            block = block - links[-1].mT @ links[-1]
            value = value - links[-1].mT @ forward[-1]
        factors.append(torch.linalg.cholesky(block))
        forward.append(torch.linalg.solve_triangular(factors[-1], value, upper=False))
        if index < len(beside):
            links.append(torch.linalg.solve_triangular(factors[-1], beside[index], upper=False))
    solution = [torch.linalg.solve_triangular(factors[-1].mT, forward[-1], upper=True)]
    for index in range(len(diagonal) - 2, -1, -1):
        value = forward[index] - links[index] @ solution[-1]
        solution.append(torch.linalg.solve_triangular(factors[index].mT, value, upper=True))
    return torch.stack(solution[::-1])
