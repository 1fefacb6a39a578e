"""Where the fit starts: the detector's lean, the pelvis's rotation from the 3D landmarks, its place from the 2D ones."""

import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.motion.rotations import rotmat_to_rot6d, rotvec_to_rotmat
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.spline import fit_spline
from sfv.reconstruct.model.limits import usual_pose
from sfv.reconstruct.model.skeleton import DOFS, LANDMARK_NAMES, LAYOUT
from sfv.reconstruct.observe.observations import TORSO, Observations

_SMOOTH = 0.1  # second differences of the first coefficients, against noise of single frames


def landmark_lean(seen: Observations, config: ReconstructConfig) -> float:
    """Angle by which the detector leans its 3D landmarks away from the camera, feet first, radians.

    In the landmarks the centre of mass is over the resting feet at some angle to the image's vertical. That angle is the
    camera's pitch plus the detector's lean; each has its prior, and so has the camera's height, which the pitch changes. All
    three are normal and the angle is small, so the most likely split is linear. Later stages keep refining it; a far camera's
    image hardly shows it, so that they would be slow to find it.
    """
    pitch, height, depth = _apparent_pitch(seen, config)
    split = 1 / config.landmark_tilt_sigma**2
    level = 1 / config.up_sigma**2
    lever = depth / config.camera_height_sigma
    rise = (config.camera_height - height) / config.camera_height_sigma
    camera = (split * (pitch - config.landmark_tilt) + lever * rise) / (split + level + lever**2)
    return pitch - camera


def _apparent_pitch(seen: Observations, config: ReconstructConfig) -> tuple[float, float, float]:
    """Pitch of a camera for which the 3D landmarks are in balance, height of a level camera, and its distance; metres."""
    scale = TORSO / seen.torso_px
    feet = [LANDMARK_NAMES.index(f"{side}_{end}") for side in ("left", "right") for end in ("heel", "foot_index")]
    still = torch.zeros_like(seen.xy[:, feet, 0])  # of a single image
    speed = (
        still
        if len(still) == 1
        else torch.gradient(seen.xy[:, feet], spacing=1 / seen.fps, dim=0)[0].norm(dim=-1) * scale
    )
    rest = torch.sigmoid((config.contact_speed - speed) / config.contact_speed_width)
    rest = rest * (seen.weight[:, feet] > 0) * seen.world_weight[:, feet]
    if rest.sum() < 1.0:
        return config.landmark_tilt, config.camera_height, seen.focal_px * scale
    arm = (rest[..., None] * (_centre_of_mass(seen.world)[:, None] - seen.world[:, feet])).sum((0, 1)) / rest.sum()
    height = float((rest * seen.xy[:, feet, 1]).sum() / rest.sum()) * scale
    return float(torch.atan2(-arm[2], -arm[1])), height, seen.focal_px * scale


def _centre_of_mass(world: Tensor) -> Tensor:
    """Rough centre of mass of the landmarks. Shape (T, 19, 3) -> (T, 3)."""
    shares = {
        "ear": 0.081,
        "shoulder": 0.249,
        "hip": 0.248,
        "elbow": 0.1,
        "knee": 0.322,
    }  # Winter's table, limbs at mid-joint
    return sum(
        (
            share * 0.5 * (_named(world, f"left_{part}") + _named(world, f"right_{part}"))
            for part, share in shares.items()
        ),
        torch.zeros_like(world[:, 0]),
    )


def initial_coefficients(seen: Observations, basis: Tensor, lean: float) -> Tensor:
    """Spline coefficients of a usual pose that stands where the person stands and faces where they face. Shape (K, DOFS).

    ``lean`` is what ``landmark_lean`` says. Raises SfvError where the detector gave no 3D landmarks.
    """
    usable = seen.world_weight.sum(1) > 0
    if not usable.any():
        raise SfvError("the keypoints hold no 3D landmarks (world_c); detect them with the built-in detector")
    turn = rotvec_to_rotmat(torch.tensor([-lean, 0.0, 0.0]).to(seen.world))
    rotation = _pelvis_rotation(seen.world @ turn.T)
    place = _pelvis_place(seen)
    dofs = usual_pose()[0].to(seen.xy).expand(len(seen.xy), DOFS).clone()
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
    trunk = (
        _named(world, "left_shoulder")
        + _named(world, "right_shoulder")
        - _named(world, "left_hip")
        - _named(world, "right_hip")
    )
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
    eye = 1e-3 * f**2 * torch.eye(3).to(xy)
    place = torch.linalg.solve(a.mT @ a + eye, (a.mT @ b[..., None]) + eye @ fallback[..., None]).squeeze(-1)
    return torch.where(enough[:, None], place, fallback)
