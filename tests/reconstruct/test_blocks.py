"""The banded solver gives what a dense one gives, on random problems."""

import pytest
import torch

from sfv.reconstruct.fit.blocks import FrameBlocks, NormalEquations
from sfv.reconstruct.fit.spline import spline_basis

D, G, M = 4, 3, 5


def _problem(frames, knot, chunks):
    torch.manual_seed(frames)
    random = lambda *shape: torch.randn(*shape, dtype=torch.float64)  # noqa: E731
    basis = spline_basis(frames, 30.0, knot).double()
    knots = basis.shape[1]
    rows, shared, value, weight = random(frames, M, D), random(frames, M, G), random(frames, M), random(frames, M) ** 2
    pairs, triples = random(frames - 1, M) ** 2, random(frames - 2, M) ** 2
    whole, whole_shared, whole_value = random(knots, D), random(G), 0.7
    # dense: every residual as a row over (coefficients, shared numbers)
    dense_rows, residual = [], []

    def put(combination, weights, t):
        line = torch.zeros(M, knots * D + G, dtype=torch.float64)
        total = torch.zeros(M, dtype=torch.float64)
        for offset, tap in enumerate(combination):
            by = torch.einsum("md,k->mkd", rows[t + offset], basis[t + offset]).flatten(1)
            line += tap * torch.cat((by, shared[t + offset]), 1)
            total += tap * value[t + offset]
        dense_rows.append(line * weights.sqrt()[:, None])
        residual.append(total * weights.sqrt())

    for t in range(frames):
        put((1.0,), weight[t], t)
    for t in range(frames - 1):
        put((-1.0, 1.0), pairs[t], t)
    for t in range(frames - 2):
        put((1.0, -2.0, 1.0), triples[t], t)
    dense_rows.append(torch.cat((whole.flatten(), whole_shared))[None])
    residual.append(torch.tensor([whole_value], dtype=torch.float64))
    jacobian, r = torch.cat(dense_rows), torch.cat(residual)
    equations = NormalEquations(knots, D, G, reach=5)
    for start, stop in chunks:
        end = min(frames, stop + 2)
        part = FrameBlocks.zeros(end - start, D, G)
        own, here = slice(start, stop), slice(0, stop - start)
        part.add_rows(here, rows[own], shared[own], weight[own], value[own])
        for taps, weights in (((-1.0, 1.0), pairs), ((1.0, -2.0, 1.0), triples)):
            last = min(stop + len(taps) - 1, frames)
            span = slice(start, last)
            part.add_differences(
                slice(0, last - start),
                taps,
                rows[span],
                shared[span],
                weights[start : last - len(taps) + 1],
                value[span],
            )
        used = basis[start:end].abs().sum(0).nonzero()[:, 0]
        first, past = int(used[0]), int(used[-1]) + 1
        equations.add(part, basis[start:end, first:past], first)
    equations.whole.append((whole, whole_shared, whole_value))
    return equations, jacobian, r, knots


@pytest.mark.parametrize(
    ("frames", "knot", "chunks"), [(20, 0.1, [(0, 20)]), (23, 0.034, [(0, 9), (9, 17), (17, 23)]), (3, 0.1, [(0, 3)])]
)
def test_the_step_is_that_of_a_dense_solver(frames, knot, chunks):
    equations, jacobian, r, knots = _problem(frames, knot, chunks)
    damping = 0.1
    hessian = jacobian[:-1].T @ jacobian[:-1]
    hessian += torch.diag(torch.diagonal(hessian) * damping + 1e-9) + torch.outer(jacobian[-1], jacobian[-1])
    step = -torch.linalg.solve(hessian, jacobian.T @ r)
    coefficients, shared = equations.solve(damping)
    torch.testing.assert_close(coefficients.flatten(), step[: knots * D], rtol=2e-3, atol=1e-4)
    torch.testing.assert_close(shared, step[knots * D :], rtol=2e-3, atol=1e-4)
