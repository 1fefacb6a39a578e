"""Uniform cubic B-splines in time: the unknowns of the fit are their coefficients, not the values of single frames.

Per-frame unknowns under an acceleration penalty are so badly conditioned that a first-order optimiser does not converge; with
coefficients 0.05-0.1 s apart the same energy takes a few hundred steps.
"""

import numpy as np
import torch
from torch import Tensor


def spline_basis(frames: int, fps: float, knot: float) -> Tensor:
    """Values of the cubic B-splines at the frames. Shape (T, K), rows sum to one; ``values = basis @ coefficients``.

    Args:
        frames: number of frames T.
        fps: frames a second.
        knot: wanted distance of knots, seconds; it is stretched so that knots fall on the first and the last frame, and is
            never shorter than a frame.
    """
    if frames == 1:  # a single image
        return torch.ones(1, 1)
    span = (frames - 1) / fps
    intervals = max(1, min(frames - 1, round(span / knot)))
    position = np.linspace(0.0, intervals, frames)
    first = np.minimum(position.astype(int), intervals - 1)
    u = position - first
    blend = np.stack(((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3), axis=1) / 6.0
    basis = np.zeros((frames, intervals + 3))
    np.put_along_axis(basis, first[:, None] + np.arange(4), blend, axis=1)
    return torch.as_tensor(basis, dtype=torch.float32)


def fit_spline(basis: Tensor, values: Tensor, weights: Tensor | None = None, smooth: float = 1e-3) -> Tensor:
    """Coefficients that reproduce ``values`` (T, D) in the (weighted) least-squares sense. Shape (K, D).

    ``weights`` (T,) are at least zero; ``smooth`` damps second differences of the coefficients, which also bridges gaps.
    """
    b, y = basis.double(), values.double()
    w = torch.ones(len(b), dtype=torch.float64) if weights is None else weights.double()
    bend = torch.diff(torch.eye(b.shape[1], dtype=torch.float64), n=min(2, b.shape[1] - 1), dim=0)
    normal = b.T @ (w[:, None] * b) + smooth * bend.T @ bend + 1e-9 * torch.eye(b.shape[1], dtype=torch.float64)
    return torch.linalg.solve(normal, b.T @ (w[:, None] * y)).to(values.dtype)
