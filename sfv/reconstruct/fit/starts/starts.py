"""Where a fit can start: the learned regressor, the detector's 3D landmarks, Taylor's closed-form lift."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.motion.rotations import rotmat_to_rot6d
from sfv.reconstruct.fit.problem import Problem
from sfv.reconstruct.fit.spline import fit_spline
from sfv.reconstruct.fit.starts.initial import initial_coefficients, landmark_lean
from sfv.reconstruct.fit.starts.taylor import Lengths, lift
from sfv.reconstruct.fit.unknowns import Unknowns
from sfv.reconstruct.hmr.infer import regress
from sfv.reconstruct.hmr.network import Regressor
from sfv.reconstruct.model.from_smpl import skeleton_dofs
from sfv.reconstruct.model.skeleton import LAYOUT
from sfv.reconstruct.observe.observations import Observations

_SMOOTH = 1e-2  # second differences of the first coefficients, against noise of single frames
_UNSEEN = 0.05  # weight of a frame without evidence in the first spline


@dataclass(frozen=True)
class Start:
    """One hypothesis."""

    name: str
    state: Unknowns
    world: Tensor | None = None
    """3D landmarks that the pose is fitted to first, about mid-hips, camera axes; shape (T, 19, 3), metres. None: ``state`` is posed."""
    weight: Tensor | None = None
    """Weight of each, shape (T, 19)."""
    missed: Tensor | None = None
    """Reprojection error of each frame, for SfV's weight of the initial pose. Shape (T,)."""
    error: Tensor | None = None
    """How far the regressor expects each landmark to be wrong, where it says so. Shape (T, 19), metres."""


def find_starts(problem: Problem, network: Regressor | None = None) -> list[Start]:
    """All starts that ``config.init`` allows; ``network`` in place of the regressor that ships.

    Raises SfvError where there is none.
    """
    seen, wanted = problem.seen, problem.config.init
    has_landmarks = bool((seen.world_weight.sum(1) > 0).any())
    starts = []
    if wanted in ("best", "hmr"):
        starts.append(_from_regressor(problem, network))
    if wanted == "landmarks" or (wanted == "best" and has_landmarks):
        if not has_landmarks:
            raise SfvError("the keypoints hold no 3D landmarks (world_c) to start from; use --init best, hmr or taylor")
        starts.append(_from_landmarks(problem, "landmarks", seen, landmark_lean(seen, problem.config)))
    if wanted == "taylor" or (wanted == "best" and not has_landmarks):
        starts += _from_taylor(problem)
    return starts


def _from_landmarks(problem: Problem, name: str, seen: Observations, lean: float) -> Start:
    first = initial_coefficients(seen, problem.basis, lean)
    state = Unknowns.start(first, problem.skeleton.num_betas).with_shared(lean=torch.tensor([-lean, 0.0, 0.0]))
    return Start(name, state, seen.world, seen.world_weight)


def _from_regressor(problem: Problem, network: Regressor | None) -> Start:
    seen = problem.seen
    middle = torch.tensor(seen.image_size, dtype=torch.float64) / 2
    known = (seen.world_weight > 0).all(1)[:, None, None]
    world = torch.where(known, seen.world, torch.nan).numpy()
    found = regress(
        (seen.xy + middle).numpy(),
        seen.confidence,
        seen.fps,
        seen.image_size,
        seen.focal_px,
        network=network,
        world=world,
    )
    rotations = torch.as_tensor(found.rotations).double()
    place = torch.as_tensor(found.place(seen.focal_px, seen.image_size)).double()
    dofs = skeleton_dofs(rotations, place)
    dofs[:, LAYOUT["root"]] = rotmat_to_rot6d(rotations[:, 0])
    evidence = seen.confidence.mean(1) + _UNSEEN
    first = fit_spline(problem.basis, dofs, torch.as_tensor(evidence), _SMOOTH)
    state = Unknowns.start(first, problem.skeleton.num_betas)
    state = state.with_shared(lean=torch.tensor([-problem.config.landmark_tilt, 0.0, 0.0]))
    missed = torch.as_tensor(found.reprojection).double().nan_to_num(float(problem.config.stick_scale))
    error = None if found.error is None else torch.as_tensor(found.error).double()
    return Start("hmr", state, missed=missed, error=error)


def _from_taylor(problem: Problem) -> list[Start]:
    seen, betas = problem.seen, torch.zeros(problem.skeleton.num_betas, dtype=torch.float64)
    rest = problem.skeleton.rest(betas)[1] + Unknowns.start(torch.zeros(1, 1), len(betas)).offsets
    lifted = lift(seen.xy.numpy(), seen.confidence, Lengths.of(rest), seen.focal_px)
    starts = []
    for index, world in enumerate(lifted):
        own = replace(seen, world=torch.as_tensor(world).double(), world_weight=(seen.weight > 0).double())
        starts.append(_from_landmarks(problem, f"taylor{index}", own, 0.0))
    return starts
