"""The regressor's loss against a truth: points, rotations, shape, picture and motion."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sfv.motion.rotations import rotmat_to_rot6d
from sfv.reconstruct.hmr.config import LossConfig
from sfv.reconstruct.hmr.network import POSE, USUAL_ERROR, Theta, unpack
from sfv.reconstruct.hmr.smpl import JOINTS, SmplSkeleton
from sfv.reconstruct.hmr.training.synthesis import Batch
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

_EPS = 1e-6  # square metres: keeps the gradient of a distance finite
HANDS = (20, 21, 22, 23)
"""Joints that no landmark shows and no motion capture here moves: their rotations count little."""
_HANDS_SHARE = 0.1
_HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]
_FAR = 3.0  # sizes: a landmark that is further off than the body is tall pulls no more


def losses(
    answers: Sequence[Tensor], batch: Batch, skeleton: SmplSkeleton, config: LossConfig
) -> tuple[dict[str, Tensor], Theta]:
    """Each term unweighted, and what the last iteration says."""
    final = unpack(answers[-1])
    count, frames = final.betas.shape[:2]
    joints, landmarks = skeleton.pose(final.rotations.flatten(0, 1), skeleton.rest(final.betas.flatten(0, 1)))
    points = torch.cat((joints, landmarks), 1).unflatten(0, (count, frames))
    share = torch.ones(24, device=points.device)
    share[list(HANDS)] = _HANDS_SHARE
    wanted = rotmat_to_rot6d(batch.rotations)
    said = torch.stack([answer[..., :POSE] for answer in answers]).unflatten(-1, (24, 6))
    wrong = ((said - wanted) ** 2).mean(-1) * batch.weight[..., None]
    image = final.camera[..., None, :1] * points[:, :, JOINTS:, :2] + final.camera[..., None, 1:]
    both = (batch.weight[:, 1:] * batch.weight[:, :-1])[..., None]
    weight = batch.weight[..., None]
    terms = {
        "joints": (weight * _distance(points - batch.points)).mean(),
        "rotations": (wrong[..., 1:] * share[1:]).mean(),
        "root": wrong[..., 0].mean(),
        "betas": (weight * (final.betas - batch.betas[:, None]) ** 2).mean(),
        "reprojection": (weight * _distance(image - batch.image).clamp_max(_FAR)).mean(),
        "certainty": _certainty(points[:, :, JOINTS:], batch, final),
        "velocity": (both * _distance(_steps(points, batch) - _steps(batch.points, batch))).mean(),
    }
    return terms, final


def _certainty(landmarks: Tensor, batch: Batch, final: Theta) -> Tensor:
    """Minus the log likelihood of the landmarks' distances about mid-hips, Laplace's law; it teaches ``Theta.error`` alone."""
    if final.error is None:
        return landmarks.new_zeros(())
    away = (landmarks - batch.points[:, :, JOINTS:]).detach()
    distance = _distance(away - away[:, :, _HIPS].mean(2, keepdim=True))
    return (batch.weight[..., None] * (distance / final.error + (final.error / USUAL_ERROR).log())).mean()


def _steps(points: Tensor, batch: Batch) -> Tensor:
    """Steps between frames, in the camera's axes: the upright axes turn from frame to frame."""
    return (points @ batch.window.camera_rotation().transpose(2, 3)).diff(dim=1)


def _distance(difference: Tensor) -> Tensor:
    return ((difference**2).sum(-1) + _EPS).sqrt()
