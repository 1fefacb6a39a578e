"""Where the fit starts: the pelvis's rotation from the 3D landmarks, its place from the 2D ones, smoothed into spline coefficients."""

import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.motion.rotations import rotmat_to_rot6d
from sfv.reconstruct.limits import usual_pose
from sfv.reconstruct.observations import TORSO, Observations
from sfv.reconstruct.skeleton import DOFS, LANDMARK_NAMES, LAYOUT, Skeleton
from sfv.reconstruct.spline import fit_spline

_SMOOTH = 0.1  # second differences of the first coefficients, against noise of single frames


def initial_coefficients(seen: Observations, skeleton: Skeleton, basis: Tensor) -> Tensor:
    """Spline coefficients of a usual pose that stands where the person stands and faces where he faces. Shape (K, DOFS).

    Raises SfvError where the detector gave no 3D landmarks.
    """
    usable = seen.world_weight.sum(1) > 0
    if not usable.any():
        raise SfvError("the keypoints hold no 3D landmarks (world_c); detect them with the built-in detector")
    rotation = _pelvis_rotation(seen.world)
    place = _pelvis_place(seen)
    dofs = usual_pose()[0].expand(len(seen.xy), DOFS).clone()
    dofs[:, LAYOUT["trans"]] = place
    dofs[:, LAYOUT["root"]] = rotmat_to_rot6d(rotation)
    evidence = (seen.weight.sum(1) * usable).clamp_min(1e-4)
    return fit_spline(basis, dofs, evidence / evidence.max(), _SMOOTH)


def _named(points: Tensor, name: str) -> Tensor:
    return points[:, LANDMARK_NAMES.index(name)]


def _pelvis_rotation(world: Tensor) -> Tensor:
    """Rotation from hips and shoulders: x to the left, y up the trunk, z forward. Shape (T, 19, 3) -> (T, 3, 3)."""
    hips = _named(world, "left_hip") - _named(world, "right_hip")
    shoulders = _named(world, "left_shoulder") - _named(world, "right_shoulder")
    trunk = _named(world, "left_shoulder") + _named(world, "right_shoulder") - _named(world, "left_hip") - _named(world, "right_hip")
    y = torch.nn.functional.normalize(trunk, dim=-1)
    left = hips + 0.5 * shoulders
    x = torch.nn.functional.normalize(left - (left * y).sum(-1, keepdim=True) * y, dim=-1)
    return torch.stack((x, y, torch.linalg.cross(x, y)), -1)


def _pelvis_place(seen: Observations) -> Tensor:
    """Mid-hips in camera axes such that the 3D landmarks project onto the 2D ones: linear in the place. Shape (T, 3), metres.

    For each landmark f (X + tx) = x (Z + tz) and f (Y + ty) = y (Z + tz). Frames without 3D landmarks take the depth of the
    clip's median torso.
    """
    f, xy, world = seen.focal_px, seen.xy, seen.world
    weight = (seen.weight * seen.world_weight).sqrt()
    zeros, ones = torch.zeros_like(xy[..., 0]), torch.ones_like(xy[..., 0])
    rows = torch.stack(
        (torch.stack((f * ones, zeros, -xy[..., 0]), -1), torch.stack((zeros, f * ones, -xy[..., 1]), -1)), dim=2
    )  # (T, 19, 2, 3)
    target = xy * world[..., 2:] - f * world[..., :2]
    a = (rows * weight[..., None, None]).flatten(1, 2)
    b = (target * weight[..., None]).flatten(1, 2)
    depth = f * TORSO / seen.torso_px
    middle = 0.5 * (_named(xy, "left_hip") + _named(xy, "right_hip")) * depth / f
    fallback = torch.cat((middle, torch.full_like(middle[:, :1], depth)), 1)
    enough = (weight > 0).sum(1) >= 6
    eye = 1e-3 * f**2 * torch.eye(3)
    place = torch.linalg.solve(a.mT @ a + eye, (a.mT @ b[..., None]) + eye @ fallback[..., None]).squeeze(-1)
    return torch.where(enough[:, None], place, fallback)
