"""The fit of a whole clip: one set of spline coefficients, one shape, one ground, four stages of Adam."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.errors import DivergedError
from sfv.reconstruct import energy
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.contacts import contact_probability, find_ground, find_up
from sfv.reconstruct.energy import Ground
from sfv.reconstruct.initial import initial_coefficients
from sfv.reconstruct.observations import Observations
from sfv.reconstruct.skeleton import MIRROR, Posed, Skeleton
from sfv.reconstruct.spline import spline_basis

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and a word on the stage."""
_CALM = 10.0  # m/s^2: acceleration for which ReconstructConfig.knot_seconds is meant
_DECAY_FROM = 0.6  # the step size falls to zero over the rest of a stage, as half a cosine
_SLOW = 0.1  # shape and ground take this share of the step


@dataclass(frozen=True)
class Fit:
    """A fitted clip in camera axes."""

    dofs: Tensor
    """Shape (T, DOFS)."""
    betas: Tensor
    """Shape (B,)."""
    offsets: Tensor
    """Where the detector's landmarks lie against the body's. Shape (19, 3), metres."""
    ground: Ground
    contact: Tensor
    """Shape (T, 4), probabilities."""
    posed: Posed


class _Problem:
    """The unknowns, and the energy of a stage."""

    def __init__(self, seen: Observations, skeleton: Skeleton, config: ReconstructConfig) -> None:
        self.seen, self.skeleton, self.config = seen, skeleton, config
        gain = math.sqrt(_CALM / max(seen.acceleration, 1e-3))
        knot = min(max(config.knot_seconds * gain, config.knot_range[0]), config.knot_range[1])
        self.basis = spline_basis(len(seen.xy), seen.fps, knot)
        low, high = config.acceleration_range
        self.acceleration_sigma = min(max(config.acceleration_gain * seen.acceleration, low), high)
        self.coefficients = initial_coefficients(seen, skeleton, self.basis).requires_grad_()
        self.betas = torch.zeros(skeleton.num_betas, requires_grad=True)
        self.half_offsets = torch.zeros(len(MIRROR), 3, requires_grad=True)
        self.tilt = torch.zeros(2, requires_grad=True)
        self.height = torch.zeros((), requires_grad=True)
        self.contact: Tensor | None = None
        self.gain = 1.0

    @property
    def dofs(self) -> Tensor:
        return self.basis @ self.coefficients

    @property
    def offsets(self) -> Tensor:
        """Mirror-symmetric offsets: a detector's habit, not the person's."""
        mirrored = self.half_offsets[list(MIRROR)] * torch.tensor([-1.0, 1.0, 1.0])
        return 0.5 * (self.half_offsets + mirrored)

    @property
    def ground(self) -> Ground:
        up = torch.stack((self.tilt[0], -torch.ones(()), self.tilt[1]))
        return Ground(up / up.norm(), self.height)

    def posed(self) -> Posed:
        return self.skeleton.pose(self.dofs, self.betas, self.offsets)

    def landmark_energy(self) -> Tensor:
        posed = self.posed()
        return (
            energy.landmark_term(posed, self.seen, self.config)
            + energy.pose_terms(self.dofs, self.config)
            + energy.smoothness_term(posed, self.seen.fps, self.acceleration_sigma)
        )

    def full_energy(self) -> Tensor:
        config, seen, dofs = self.config, self.seen, self.dofs
        posed = self.skeleton.pose(dofs, self.betas, self.offsets)
        total = (
            energy.image_term(posed, seen, config)
            + config.landmark_weight * energy.landmark_term(posed, seen, config)
            + energy.pose_terms(dofs, config)
            + energy.smoothness_term(posed, seen.fps, self.acceleration_sigma)
            + energy.shape_term(self.betas, self.offsets, len(dofs), config)
        )
        if self.contact is not None:
            ground = self.ground
            total = total + energy.contact_terms(posed, ground, self.contact, seen.fps, config, self.gain)
            total = total + energy.gravity_terms(posed, ground.up, self.contact, seen.fps, config)
        return total


def fit(seen: Observations, skeleton: Skeleton, config: ReconstructConfig, progress: Progress | None = None) -> Fit:
    """Fit a clip. Raises DivergedError where the energy leaves the finite numbers."""
    problem = _Problem(seen, skeleton, config)
    report = progress or (lambda share, text: None)
    total = config.pose_steps + config.image_steps + config.contact_steps + config.plant_steps
    done = 0

    def stage(name: str, steps: int, evaluate: Callable[[], Tensor], slow: list[Tensor]) -> None:
        nonlocal done
        _descend(evaluate, problem.coefficients, slow, steps, config.learning_rate, lambda k: report((done + k) / total, name))
        done += steps

    shape = [problem.betas, problem.half_offsets]
    plane = [problem.tilt, problem.height]
    stage("pose", config.pose_steps, problem.landmark_energy, [])
    stage("image", config.image_steps, problem.full_energy, shape)
    _place_ground(problem)
    half = config.contact_steps // 2
    for steps in (half, config.contact_steps - half):
        _judge_contacts(problem)
        stage("contacts", steps, problem.full_energy, [*shape, *plane])
    _judge_contacts(problem)
    problem.gain = config.plant_gain
    stage("planting", config.plant_steps, problem.full_energy, [*shape, *plane])
    with torch.no_grad():
        posed, ground = problem.posed(), problem.ground
        contact = contact_probability(posed, ground, seen.fps, config)
        return Fit(problem.dofs, problem.betas.detach().clone(), problem.offsets, ground, contact, posed)


def _place_ground(problem: _Problem) -> None:
    with torch.no_grad():
        posed = problem.posed()
        up = find_up(posed, problem.seen.fps, problem.config)
        problem.tilt.copy_(up[[0, 2]] / -up[1])
        problem.height.copy_(find_ground(posed, problem.ground.up).height)


def _judge_contacts(problem: _Problem) -> None:
    with torch.no_grad():
        problem.contact = contact_probability(problem.posed(), problem.ground, problem.seen.fps, problem.config)


def _descend(
    evaluate: Callable[[], Tensor], fast: Tensor, slow: list[Tensor], steps: int, rate: float, tick: Callable[[int], None]
) -> None:
    optimiser = torch.optim.Adam([{"params": [fast], "lr": rate}, *({"params": [p], "lr": rate * _SLOW} for p in slow)], betas=(0.9, 0.99))
    base = [group["lr"] for group in optimiser.param_groups]
    for step in range(steps):
        late = max(0.0, step / steps - _DECAY_FROM) / (1 - _DECAY_FROM)
        for group, first in zip(optimiser.param_groups, base):
            group["lr"] = first * 0.5 * (1 + math.cos(math.pi * late))
        optimiser.zero_grad()
        value = evaluate()
        if not torch.isfinite(value):
            raise DivergedError("the fit left the finite numbers; check the keypoints, or lower --learning-rate")
        value.backward()
        optimiser.step()
        tick(step + 1)
