"""The fit of a whole clip: one set of spline coefficients, one shape, one ground, five stages of Adam."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.errors import DivergedError
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.contacts import contact_probability, find_ground, find_up, settled
from sfv.reconstruct.energy import Ground
from sfv.reconstruct.observations import Observations
from sfv.reconstruct.problem import Problem
from sfv.reconstruct.skeleton import Skeleton

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and a word on the stage."""
_DECAY_FROM = 0.6  # the step size falls to zero over the rest of a stage, as half a cosine
_SLOW = 0.1  # shape and ground take this share of the step


@dataclass(frozen=True)
class Fit:
    """A fitted clip in camera axes."""

    dofs: Tensor
    """Numbers of each frame, see skeleton.LAYOUT. Shape (T, DOFS)."""
    betas: Tensor
    """Shape (B,)."""
    ground: Ground
    contact: Tensor
    """Probability that each contact point stands on the ground. Shape (T, 4)."""


def fit(seen: Observations, skeleton: Skeleton, config: ReconstructConfig, progress: Progress | None = None) -> Fit:
    """Fit a clip. Raises DivergedError where the energy leaves the finite numbers."""
    problem = Problem(seen, skeleton, config)
    all_steps = config.pose_steps + config.place_steps + config.image_steps + config.contact_steps + config.plant_steps
    done = 0

    def stage(name: str, steps: int, energy: Callable[[], Tensor], fast: list[Tensor], slow: list[Tensor]) -> None:
        nonlocal done
        for step in _descend(energy, fast, slow, steps, config.learning_rate):
            if progress:
                progress((done + step) / all_steps, name)
        done += steps

    path, motion = [problem.place], [problem.place, problem.bends]
    shape = [problem.betas, problem.half_offsets, problem.lean, problem.swing, problem.constant]
    ground = [problem.tilt, problem.height]
    stage("pose", config.pose_steps, problem.landmark_energy, motion, [])
    stage("place", config.place_steps, problem.full_energy, path, [problem.swing])
    stage("image", config.image_steps, problem.full_energy, motion, shape)
    _place_ground(problem)
    half = config.contact_steps // 2
    for steps in (half, config.contact_steps - half):
        _judge_contacts(problem)
        stage("contacts", steps, problem.full_energy, motion, [*shape, *ground])
    _judge_contacts(problem)
    problem.gain = config.plant_gain
    stage("planting", config.plant_steps, problem.full_energy, motion, [*shape, *ground])
    with torch.no_grad():
        posed = problem.posed()
        contact = contact_probability(posed, problem.ground, seen.fps, config)
        return Fit(problem.dofs, problem.betas.detach().clone(), settled(posed, problem.ground, contact), contact)


def _place_ground(problem: Problem) -> None:
    with torch.no_grad():
        posed = problem.posed()
        up = problem.whole.T @ find_up(posed, problem.seen.fps, problem.config)
        problem.tilt.copy_(up[[0, 2]] / -up[1])
        problem.height.add_(find_ground(posed, problem.ground.up).height - problem.ground.height)


def _judge_contacts(problem: Problem) -> None:
    with torch.no_grad():
        problem.contact = contact_probability(problem.posed(), problem.ground, problem.seen.fps, problem.config)


def _descend(
    energy: Callable[[], Tensor], fast: list[Tensor], slow: list[Tensor], steps: int, rate: float
) -> Iterator[int]:
    """Adam, with a smaller step for ``slow``; yields the number of steps done."""
    optimiser = torch.optim.Adam(
        [{"params": fast, "lr": rate}, {"params": slow, "lr": rate * _SLOW}], betas=(0.9, 0.99)
    )
    first = [group["lr"] for group in optimiser.param_groups]
    for step in range(steps):
        late = max(0.0, step / steps - _DECAY_FROM) / (1 - _DECAY_FROM)
        for group, lr in zip(optimiser.param_groups, first):
            group["lr"] = lr * 0.5 * (1 + math.cos(math.pi * late))
        optimiser.zero_grad()
        value = energy()
        if not torch.isfinite(value):
            raise DivergedError("the fit left the finite numbers; check the keypoints, or lower --learning-rate")
        value.backward()
        optimiser.step()
        yield step + 1
