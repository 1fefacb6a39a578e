"""Every term's rows have the gradient of its energy."""

import math

import pytest
import torch

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.blocks import NormalEquations
from sfv.reconstruct.fit.fit import _initial
from sfv.reconstruct.fit.objective import Aims, objective
from sfv.reconstruct.fit.problem import Problem
from sfv.reconstruct.fit.starts.initial import initial_coefficients
from sfv.reconstruct.fit.starts.starts import Start
from sfv.reconstruct.fit.terms.term import Term
from sfv.reconstruct.fit.unknowns import Unknowns
from sfv.reconstruct.hmr.network import USUAL_ERROR
from sfv.reconstruct.model.pose_prior import pose_prior
from sfv.reconstruct.model.skeleton import Skeleton
from sfv.reconstruct.observe.observations import observe

EVERY = ("betas", "offsets", "lean", "tilt", "height", "focal")


@pytest.fixture(scope="module")
def problem(scene, body):
    config = ReconstructConfig(stick_weight=1.0)
    return Problem(observe(scene.keypoints, config), Skeleton(body), config)


@pytest.fixture(scope="module")
def state(problem):
    torch.manual_seed(0)
    start = Unknowns.start(initial_coefficients(problem.seen, problem.basis.float(), 0.1), 10)
    start = start.moved(0.05 * torch.randn_like(start.coefficients), 0.02 * torch.randn_like(start.shared))
    return start.with_shared(height=-1.3)


def _close(found, expected):
    """Derivatives are in single precision."""
    assert (found - expected).abs().max() < 5e-4 * expected.abs().max()


def _objective(problem, state, which):
    frames = len(problem.seen.xy)
    contact = torch.rand(frames, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    beside = torch.randn(19, 3, generator=torch.Generator().manual_seed(2)) * 0.1
    initial = (
        problem.posed(state).landmarks + beside,
        0.5 + torch.rand(frames, 19, generator=torch.Generator().manual_seed(4), dtype=torch.float64),
    )
    aims = {
        "landmarks only": Aims(image=False, free=EVERY),
        "image": Aims(landmark_share=0.0, free=EVERY),
        "ground": Aims(contact=contact, gain=3.0, free=EVERY),
        "initial pose": Aims(initial=initial, free=EVERY),
    }[which]
    return objective(problem, pose_prior(), aims)


def _gradients(problem, state, terms):
    """By coefficients and shared numbers: of the energy by automatic differentiation, and of the rows."""
    depth = problem.posed(state).landmarks[..., 2]
    coefficients = state.coefficients.clone().requires_grad_()
    shared = state.shared.clone().requires_grad_()
    problem.energy(Unknowns(coefficients, shared, state.layout), terms, depth).backward()
    equations = problem.linearise(state, terms, EVERY)
    by_coefficients, by_shared = equations.gradient.clone(), equations.corner_gradient.clone()
    for row, row_shared, residual in equations.whole:
        by_coefficients += row * residual
        by_shared += row_shared * residual
    zeros = torch.zeros_like(coefficients), torch.zeros_like(shared)
    expected = [zero if leaf.grad is None else leaf.grad for leaf, zero in zip((coefficients, shared), zeros)]
    return (by_coefficients, by_shared), expected


@pytest.mark.parametrize("which", ["landmarks only", "image", "ground", "initial pose"])
def test_gradient(problem, state, which):
    found, expected = _gradients(problem, state, _objective(problem, state, which).terms)
    for one, other in zip(found, expected):
        _close(one, other)


def test_gradient_of_every_term_alone(problem, state):
    """Of one that is small beside the others too; each term is somewhere not zero, or it would not be tested."""
    terms = {
        type(term).__name__: term
        for which in ("ground", "initial pose")
        for term in _objective(problem, state, which).terms
    }
    assert set(terms) == {one.__name__ for one in Term.__subclasses__()}
    bent = torch.randn(state.coefficients.shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    state = state.moved(0.3 * bent, torch.zeros_like(state.shared))  # beyond limits
    state = state.with_shared(height=0.0)  # half of the body below the ground
    for name, term in terms.items():
        found, expected = _gradients(problem, state, [term])
        assert max(float(value.abs().max()) for value in expected) > 0, name
        for one, other in zip(found, expected):
            assert (one - other).abs().max() <= 1e-3 * other.abs().max() + 1e-9, name


def test_pieces_make_the_same_equations_as_the_whole(problem, state, monkeypatch):
    aim = _objective(problem, state, "ground")
    whole = problem.linearise(state, aim.terms, aim.free)
    monkeypatch.setattr("sfv.reconstruct.fit.problem._CHUNK", 17)
    pieces = problem.linearise(state, aim.terms, aim.free)
    for name in ("blocks", "gradient", "border", "corner", "corner_gradient"):
        _close(getattr(pieces, name), getattr(whole, name))
    assert isinstance(pieces, NormalEquations)


def test_the_initial_pose_counts_by_what_the_regressor_says_of_it(problem, state):
    """A landmark that it expects to be twice as wrong counts a fourth; one that says nothing counts by SfV's weight of its frame."""
    frames = len(problem.seen.xy)
    missed = torch.linspace(0.0, 1.0, frames, dtype=torch.float64)
    error = torch.full((frames, 19), USUAL_ERROR, dtype=torch.float64)
    error[3, 5], error[4, 5], error[5, 5] = 2 * USUAL_ERROR, 0.5 * USUAL_ERROR, 1e-4
    landmarks, weight = _initial(problem, [Start("hmr", state, missed=missed, error=error)])
    torch.testing.assert_close(landmarks, problem.posed(state).landmarks)
    usual = problem.config.stick_weight
    assert weight.shape == (frames, 19)
    assert weight[[0, 3, 4, 5], 5].tolist() == pytest.approx([usual, usual / 4, 4 * usual, 4 * usual])
    _, plain = _initial(problem, [Start("hmr", state, missed=missed)])
    assert plain.shape == (frames, 1)
    assert plain[[0, -1], 0].tolist() == pytest.approx([usual, usual * math.exp(-1)])
    assert _initial(problem, [Start("landmarks", state)]) is None
