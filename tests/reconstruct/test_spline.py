"""Cubic B-splines: partition of unity, exact on cubics, gaps bridged."""

import pytest
import torch

from sfv.reconstruct.fit.spline import fit_spline, spline_basis


@pytest.mark.parametrize(
    ("frames", "fps", "knot"), [(60, 30.0, 0.1), (100, 60.0, 0.05), (30, 30.0, 5.0), (5, 30.0, 0.001)]
)
def test_rows_sum_to_one(frames, fps, knot):
    basis = spline_basis(frames, fps, knot)
    torch.testing.assert_close(basis.sum(1), torch.ones(frames))
    assert basis.min() >= 0
    assert (basis > 0).sum(1).max() <= 4


def test_knots_are_as_far_apart_as_asked():
    assert spline_basis(91, 30.0, 0.1).shape == (91, 30 + 3)
    assert spline_basis(10, 30.0, 1e-6).shape == (10, 9 + 3), "never shorter than a frame"


def test_cubics_are_reproduced():
    t = torch.linspace(-1, 1, 61)
    values = torch.stack((t**3 - t, 2 * t**2, torch.ones(61)), 1)
    basis = spline_basis(61, 30.0, 0.2)
    torch.testing.assert_close(basis @ fit_spline(basis, values, smooth=1e-9), values, atol=1e-4, rtol=0)


def test_gaps_are_bridged_smoothly():
    t = torch.linspace(0, 2, 61)
    values = torch.sin(3 * t)[:, None]
    weights = torch.ones(61)
    weights[25:34] = 0
    values = values.clone()
    values[25:34] = 99.0
    basis = spline_basis(61, 30.0, 0.1)
    bridged = basis @ fit_spline(basis, values, weights, smooth=1e-3)
    assert (bridged[:, 0] - torch.sin(3 * t)).abs().max() < 0.1
