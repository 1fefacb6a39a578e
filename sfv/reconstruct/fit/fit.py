"""The fit of a whole clip: several starts, the best goes on; then the ground and the feet's contacts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.contacts import contact_probability, find_ground, find_up, settled
from sfv.reconstruct.fit.levenberg import descend
from sfv.reconstruct.fit.objective import Aims, objective
from sfv.reconstruct.fit.problem import Problem
from sfv.reconstruct.fit.starts.starts import Start, find_starts
from sfv.reconstruct.fit.unknowns import GroundPlane, Unknowns
from sfv.reconstruct.hmr.network import USUAL_ERROR, Regressor
from sfv.reconstruct.model.pose_prior import PosePrior, pose_prior
from sfv.reconstruct.model.skeleton import Skeleton
from sfv.reconstruct.observe.observations import Observations

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and a word on the stage."""
_BODY = ("betas", "offsets", "lean")
_GROUND = ("tilt", "height")
_SUREST = 4.0  # no landmark of the regressor counts more than this many usual ones


@dataclass(frozen=True)
class Stage:
    """One stage of the fit with a ground; contacts are judged anew before it."""

    name: str
    """For who waits."""
    steps: int
    """Accepted steps at most."""
    gain: float = 1.0
    """Divides the standard deviations of the terms of contact."""
    anchored: float | None = None
    """Weight with which the pose is held where the stage before left it: the feet give way, not the body above them."""


def _stages(config: ReconstructConfig) -> tuple[Stage, ...]:
    contacts = Stage("contacts", config.contact_steps)
    return contacts, contacts, Stage("planting", config.plant_steps, config.plant_gain, config.plant_stick)


@dataclass(frozen=True)
class Fit:
    """A fitted clip in camera axes."""

    dofs: Tensor
    """Numbers of each frame, see skeleton.LAYOUT. Shape (T, DOFS)."""
    betas: Tensor
    """Shape (B,)."""
    offsets: Tensor
    """Where the detector's landmarks lie on the body. Shape (19, 3), metres."""
    ground: GroundPlane
    contact: Tensor
    """Probability that each contact point, then each hand, touches the ground. Shape (T, 6)."""
    focal_px: float
    """Focal length, given or found, pixels."""
    start: str
    """Which start won."""


def fit(
    seen: Observations,
    skeleton: Skeleton,
    config: ReconstructConfig,
    progress: Progress | None = None,
    network: Regressor | None = None,
    ground: GroundPlane | None = None,
) -> Fit:
    """Fit a clip.

    Args:
        seen: what was seen of one person.
        skeleton: of the body model.
        config: settings.
        progress: told how far it is.
        network: regressor in place of the one that ships.
        ground: the ground in camera axes where it is known, as from another person of the same film.

    Without ``ground`` it is found; where the camera moves there is none, and only the body's pose means anything. Raises
    DivergedError where the energy leaves the finite numbers, SfvError where no start is possible.
    """
    problem = Problem(seen, skeleton, config)
    prior = pose_prior()
    tell = progress or (lambda share, name: None)
    free = _BODY if config.focal_px is not None else (*_BODY, "focal")
    with torch.no_grad():
        tell(0.0, "start")
        starts = find_starts(problem, network)
        aims = Aims(landmark_share=config.landmark_weight, free=free, initial=_initial(problem, starts))
        start, state = _best(problem, prior, starts, aims, tell)
        tell(0.5, "image")
        state, _ = descend(problem, state, objective(problem, prior, aims), config.image_steps)
        if not seen.camera_moves:
            state, fixed = _with_ground(problem, state, ground)
            aims = replace(aims, free=(*free, *fixed))
            for index, stage in enumerate(_stages(config)):
                tell(0.6 + 0.13 * index, stage.name)
                aims = replace(aims, contact=_contacts(problem, state), gain=stage.gain)
                if stage.anchored is not None:
                    hold = torch.full((len(problem.basis), 1), stage.anchored, dtype=torch.float64)
                    aims = replace(aims, initial=(problem.posed(state).landmarks, hold))
                state, _ = descend(problem, state, objective(problem, prior, aims), stage.steps)
        tell(1.0, "done")
        return _result(problem, state, start, ground)


def _result(problem: Problem, state: Unknowns, start: Start, given: GroundPlane | None) -> Fit:
    """The fit in every frame of the video."""
    seen, ground = problem.every_frame, state.ground
    dofs = problem.every_basis @ state.coefficients
    posed = problem.skeleton.pose(dofs, state.betas, state.offsets)
    contact = torch.zeros(len(dofs), posed.contacts.shape[1], dtype=torch.float64)
    if seen.camera_moves:
        up = _known_up(problem)
        ground = find_ground(posed, torch.tensor([0.0, -1.0, 0.0], dtype=torch.float64) if up is None else up)
    else:
        contact = contact_probability(posed, ground, seen.fps, problem.config)
        ground = settled(posed, ground, contact) if given is None else ground
    focal_px = seen.focal_px * float(state.focal_gain)
    return Fit(dofs, state.betas, state.offsets, ground, contact, focal_px, start.name)


def _best(
    problem: Problem, prior: PosePrior, starts: list[Start], aims: Aims, tell: Progress
) -> tuple[Start, Unknowns]:
    """The start from which a few steps reach the lowest energy."""
    config, found = problem.config, []
    whole, pose = objective(problem, prior, aims), objective(problem, prior, Aims(image=False))
    for index, start in enumerate(starts):
        state = start.state
        if start.world is not None and start.weight is not None:  # pose against its 3D landmarks first
            own = problem.with_landmarks(start.world, start.weight)
            state, _ = descend(own, state, pose, config.pose_steps)
        state, value = descend(problem, state, whole, config.start_steps)
        found.append((value, start, state))
        tell(0.5 * (index + 1) / len(starts), "start")
    _, start, state = min(found, key=lambda entry: entry[0])
    return start, state


def _initial(problem: Problem, starts: list[Start]) -> tuple[Tensor, Tensor] | None:
    """The regressor's landmarks and how much each counts: by its expected error where the regressor says it, else by SfV's weight of each
    frame, exp(-(e / max e)^2) with its reprojection error e.
    """
    regressed = next((start for start in starts if start.missed is not None), None)
    if problem.config.stick_weight == 0 or regressed is None or regressed.missed is None:
        return None
    landmarks = problem.posed(regressed.state).landmarks
    if regressed.error is not None:
        share = (USUAL_ERROR / regressed.error).square().clamp_max(_SUREST)
        return landmarks, problem.config.stick_weight * share
    share = torch.exp(-((regressed.missed / regressed.missed.max().clamp_min(1e-9)) ** 2))
    return landmarks, problem.config.stick_weight * share[:, None]


def _known_up(problem: Problem) -> Tensor | None:
    up = problem.config.up_c
    return None if up is None else torch.nn.functional.normalize(torch.tensor(up, dtype=torch.float64), dim=0)


def _with_ground(problem: Problem, state: Unknowns, given: GroundPlane | None) -> tuple[Unknowns, tuple[str, ...]]:
    """A first ground under the feet, or the given one; and which of its numbers are to be found."""
    if given is not None:
        return state.with_shared(tilt=given.up[[0, 2]] / -given.up[1], height=given.height), ()
    posed, up = problem.posed(state), _known_up(problem)
    free = _GROUND if up is None else ("height",)
    up = find_up(posed, problem.seen.fps, problem.config) if up is None else up
    return state.with_shared(tilt=up[[0, 2]] / -up[1], height=find_ground(posed, up).height), free


def _contacts(problem: Problem, state: Unknowns) -> Tensor:
    return contact_probability(problem.posed(state), state.ground, problem.seen.fps, problem.config)
