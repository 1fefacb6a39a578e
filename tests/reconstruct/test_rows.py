"""The solver's rows have the gradient of the energy they stand for."""

import pytest
import torch

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import NormalEquations
from sfv.reconstruct.fit.problem import Problem, Terms
from sfv.reconstruct.fit.starts.initial import initial_coefficients
from sfv.reconstruct.fit.unknowns import Unknowns
from sfv.reconstruct.model.pose_prior import pose_prior
from sfv.reconstruct.model.skeleton import Skeleton
from sfv.reconstruct.observe.observations import observe

EVERY = ("betas", "offsets", "lean", "tilt", "height", "focal")


@pytest.fixture(scope="module")
def problem(scene, body):
    config = ReconstructConfig(stick_weight=1.0)
    return Problem(observe(scene.keypoints, config), Skeleton(body), pose_prior(), config)


@pytest.fixture(scope="module")
def state(problem):
    torch.manual_seed(0)
    start = Unknowns.start(initial_coefficients(problem.seen, problem.basis.float(), 0.1), 10)
    start = start.moved(0.05 * torch.randn_like(start.coefficients), 0.02 * torch.randn_like(start.shared))
    return start.with_shared(height=-1.3)


def _close(found, expected):
    """Derivatives are in single precision."""
    assert (found - expected).abs().max() < 5e-4 * expected.abs().max()


def _terms(problem, state, which):
    frames = len(problem.seen.xy)
    contact = torch.rand(frames, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return {
        "landmarks only": Terms(image=False, free=EVERY),
        "image": Terms(landmark_share=0.0, free=EVERY),
        "ground": Terms(contact=contact, gain=3.0, free=EVERY),
        "stick": Terms(
            first=problem.posed(state).landmarks + torch.randn(19, 3, generator=torch.Generator().manual_seed(2)) * 0.1,
            stick=torch.ones(frames, dtype=torch.float64),
            free=EVERY,
        ),
    }[which]


@pytest.mark.parametrize("which", ["landmarks only", "image", "ground", "stick"])
def test_gradient(problem, state, which):
    terms = _terms(problem, state, which)
    depth = problem.posed(state).landmarks[..., 2]
    coefficients = state.coefficients.clone().requires_grad_()
    shared = state.shared.clone().requires_grad_()
    problem.energy(Unknowns(coefficients, shared, state.layout), terms, depth).backward()
    equations = problem.linearise(state, terms)
    by_coefficients, by_shared = equations.gradient.clone(), equations.corner_gradient.clone()
    for row, row_shared, residual in equations.whole:
        by_coefficients += row * residual
        by_shared += row_shared * residual
    _close(by_coefficients, coefficients.grad)
    _close(by_shared, shared.grad)


def test_pieces_make_the_same_equations_as_the_whole(problem, state, monkeypatch):
    terms = _terms(problem, state, "ground")
    whole = problem.linearise(state, terms)
    monkeypatch.setattr("sfv.reconstruct.fit.problem._CHUNK", 17)
    pieces = problem.linearise(state, terms)
    for name in ("blocks", "gradient", "border", "corner", "corner_gradient"):
        _close(getattr(pieces, name), getattr(whole, name))
    assert isinstance(pieces, NormalEquations)
