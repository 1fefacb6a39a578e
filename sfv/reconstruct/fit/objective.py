"""Which terms make the energy of a stage of the fit, and which of the clip's shared numbers may change in it."""

from dataclasses import dataclass

from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.problem import Problem
from sfv.reconstruct.fit.terms.ground import BodyAbove, SolesAbove, StandsOnGround, StandsStill
from sfv.reconstruct.fit.terms.image import Image
from sfv.reconstruct.fit.terms.landmarks import Initial, Landmarks
from sfv.reconstruct.fit.terms.pose import JointLimits, RootColumns, UsualPose
from sfv.reconstruct.fit.terms.shared import UsualBody, UsualCamera
from sfv.reconstruct.fit.terms.smoothness import Smoothness
from sfv.reconstruct.fit.terms.term import Term
from sfv.reconstruct.fit.terms.upright import Balance, LevelPelvis
from sfv.reconstruct.model.pose_prior import PosePrior


@dataclass(frozen=True)
class Objective:
    """What a stage lowers."""

    terms: tuple[Term, ...]
    free: tuple[str, ...] = ()
    """Shared numbers that may change: fields of unknowns.SharedLayout."""


@dataclass(frozen=True)
class Aims:
    """What the terms of a stage are made of; ``objective`` makes them."""

    image: bool = True
    """Whether the 2D landmarks count."""
    landmark_share: float = 1.0
    """Weight of the detector's 3D landmarks."""
    contact: Tensor | None = None
    """Probability that each contact point stands, shape (T, 6); without it there is no ground."""
    gain: float = 1.0
    """Divides the standard deviations of the terms of contact."""
    initial: tuple[Tensor, Tensor] | None = None
    """Landmarks of the initial pose (T, 19, 3), and how much each stays near them, (T, 19) or (T, 1)."""
    free: tuple[str, ...] = ()
    """As of ``Objective``."""


def objective(problem: Problem, prior: PosePrior, aims: Aims) -> Objective:
    """The terms of a stage for one clip."""
    config: ReconstructConfig = problem.config
    terms: list[Term] = [JointLimits(config), UsualPose(prior, config), RootColumns()]
    if aims.initial is not None:
        terms.append(Initial(*aims.initial, config))
    terms += [Smoothness(problem.seen.fps, problem.acceleration_sigma), UsualBody(problem.clip_weight, config)]
    if aims.image:
        terms.append(Image(config))
    if aims.landmark_share:
        terms.append(Landmarks(aims.landmark_share, config))
    if aims.contact is not None:
        contact, fps, weight = aims.contact, problem.seen.fps, problem.clip_weight
        terms += [StandsStill(contact, fps, aims.gain, config), StandsOnGround(contact, aims.gain, config)]
        terms += [SolesAbove(aims.gain, config), BodyAbove(config), UsualCamera(weight, config)]
        terms += [Balance(contact, fps, weight, config), LevelPelvis(weight, config)]
    return Objective(tuple(terms), aims.free)
