"""Levenberg-Marquardt: Gauss-Newton steps, damped where they would not lower the energy."""

import torch

from sfv.errors import DivergedError
from sfv.reconstruct.fit.objective import Objective
from sfv.reconstruct.fit.problem import Problem
from sfv.reconstruct.fit.terms.image import NEAR
from sfv.reconstruct.fit.unknowns import Unknowns

_FIRST, _LEAST, _MOST = 1e-3, 1e-6, 1e4  # damping, as a share of each number's curvature
_EASE, _TIGHTEN = 0.25, 6.0
_GAIN = 1e-4  # a step that lowers the energy by less than this share ends a stage


def descend(problem: Problem, state: Unknowns, aim: Objective, steps: int) -> tuple[Unknowns, float]:
    """At most ``steps`` accepted steps from ``state``; returns the best state and its energy.

    Raises DivergedError where the energy is not a number.
    """
    damping = _FIRST
    value = float("inf")
    for _ in range(steps):
        depth = problem.posed(state).landmarks[..., 2].clamp_min(NEAR)
        value = float(problem.energy(state, aim.terms, depth))
        if not value < float("inf"):
            raise DivergedError("the fit left the finite numbers; check the keypoints for absurd values")
        equations = problem.linearise(state, aim.terms, aim.free)
        better, tried = value, state
        while damping <= _MOST:
            try:
                tried = state.moved(*equations.solve(damping))
                better = float(problem.energy(tried, aim.terms, depth))
            except torch.linalg.LinAlgError:  # pyright: ignore[reportPrivateImportUsage]  # documented, but not in its list of names
                better = float("inf")
            if better < value:
                break
            damping *= _TIGHTEN
        else:
            return state, value
        state, damping = tried, max(damping * _EASE, _LEAST)
        if value - better < _GAIN * abs(value):
            return state, better
        value = better
    return state, value
