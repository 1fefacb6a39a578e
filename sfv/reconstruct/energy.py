"""The energy of the fit: minus the log likelihood of what was seen, of smooth and usual motion, and of feet that stand still.

Every term is a sum over frames; residuals are divided by their standard deviation. Robust terms are Geman-McClure's.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.reconstruct.balance import mean_imbalance
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.limits import limits, usual_pose
from sfv.reconstruct.observations import Observations
from sfv.reconstruct.skeleton import LANDMARK_NAMES, LAYOUT, Posed

_HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]
_NEAR = 0.3  # metres: nothing is seen nearer to the camera


@dataclass(frozen=True)
class Ground:
    """The ground plane in camera axes."""

    up: Tensor
    """Unit normal. Shape (3,)."""
    height: Tensor
    """``up . point`` of points on the ground, metres. Shape ()."""

    def above(self, points: Tensor) -> Tensor:
        """Height of points. Shape (..., 3) -> (...), metres."""
        return points @ self.up - self.height


def geman_mcclure(squared: Tensor, sigma: float, scale: float) -> Tensor:
    """Half the squared error over sigma^2 near zero, levelling off beyond ``scale``. ``squared`` is the squared error."""
    return 0.5 * (squared / sigma**2) / (1.0 + squared / scale**2)


def image_term(posed: Posed, seen: Observations, config: ReconstructConfig) -> Tensor:
    """Landmarks against their pixels, in metres at the person's depth (so that a far person is not trusted less)."""
    depth = posed.landmarks[..., 2:].clamp_min(_NEAR)
    error = seen.focal_px * posed.landmarks[..., :2] / depth - seen.xy
    metres = error * (depth / seen.focal_px).detach()
    return (seen.weight * geman_mcclure((metres**2).sum(-1), config.image_sigma, config.image_scale)).sum()


def landmark_term(posed: Posed, seen: Observations, turn: Tensor, config: ReconstructConfig) -> Tensor:
    """Landmarks about mid-hips against the detector's 3D ones, which ``turn`` (3, 3) corrects for the whole clip."""
    centred = posed.landmarks - posed.landmarks[:, _HIPS].mean(1, keepdim=True)
    world = (seen.world - seen.world[:, _HIPS].mean(1, keepdim=True)) @ turn.T
    squared = ((centred - world) ** 2).sum(-1)
    return (seen.world_weight * geman_mcclure(squared, config.landmark_sigma, config.landmark_scale)).sum()


def pose_terms(dofs: Tensor, config: ReconstructConfig) -> Tensor:
    """Joint limits and the prior of usual poses."""
    low, high = limits()
    mean, deviation = usual_pose()
    beyond = (low - dofs).clamp_min(0) + (dofs - high).clamp_min(0)
    usual = ((dofs - mean) / deviation)[:, LAYOUT["root"].stop :]
    return 0.5 * (beyond / config.limit_sigma).square().sum() + config.prior_weight * 0.5 * usual.square().sum()


def smoothness_term(posed: Posed, fps: float, sigma: float) -> Tensor:
    """Accelerations of all joints and landmarks."""
    points = torch.cat((posed.joints, posed.landmarks), 1)
    acceleration = (points[2:] - 2 * points[1:-1] + points[:-2]) * fps**2
    return 0.5 * (acceleration / sigma).square().sum()


def shape_term(betas: Tensor, offsets: Tensor, frames: int, config: ReconstructConfig) -> Tensor:
    """Betas are standard normal; landmark offsets are small."""
    return config.shape_weight * frames * 0.5 * (betas.square().sum() + (offsets / config.offset_sigma).square().sum())


def lean_term(change: Tensor, frames: int, config: ReconstructConfig) -> Tensor:
    """The detector leans its 3D landmarks about as much as usual. ``change``: rotation vector from there, shape (3,)."""
    return config.shape_weight * frames * 0.5 * (change / config.landmark_tilt_sigma).square().sum()


def contact_terms(
    posed: Posed, ground: Ground, contact: Tensor, fps: float, config: ReconstructConfig, gain: float
) -> Tensor:
    """Feet in contact (probability ``contact`` (T, 4)) stand still on the ground; no point of a foot is below it."""
    feet = posed.contacts
    both = torch.minimum(contact[1:], contact[:-1])
    speed = ((feet[1:] - feet[:-1]) * fps).square().sum(-1)
    still = both * geman_mcclure(speed, config.stance_speed_sigma / gain, config.stance_speed_scale)
    high = contact * geman_mcclure(
        ground.above(feet).square(), config.stance_height_sigma / gain, config.stance_height_scale
    )
    deep = 0.5 * (ground.above(posed.soles).clamp_max(0) * gain / config.penetration_sigma).square()
    return still.sum() + high.sum() + deep.sum()


def gravity_terms(posed: Posed, ground: Ground, contact: Tensor, fps: float, config: ReconstructConfig) -> Tensor:
    """The camera is held about level, as high as people hold cameras; the body is in balance over its feet on average."""
    up = ground.up
    weight = config.shape_weight * len(posed.joints)
    held = 1.0 + up[1]  # 1 - cos of the angle between the ground's normal and the image's up, (0, -1, 0)
    off = mean_imbalance(posed, contact, up, fps)
    off = off - (off @ up) * up
    raised = (-ground.height - config.camera_height) / config.camera_height_sigma
    return weight * (
        held / config.up_sigma**2 + 0.5 * raised.square() + 0.5 * (off / config.balance_sigma).square().sum()
    )


def level_term(dofs: Tensor, up: Tensor, config: ReconstructConfig) -> Tensor:
    """While the body is upright its pelvis is level sideways on average; one camera hardly sees that from the side."""
    x, y = dofs[:, 3:6], dofs[:, 6:9]
    x, y = torch.nn.functional.normalize(x, dim=-1), torch.nn.functional.normalize(y, dim=-1)
    upright = (y @ up).clamp_min(0).detach() ** 4
    tilt = (upright * (x @ up)).sum() / upright.sum().clamp_min(1.0)
    return config.shape_weight * len(dofs) * geman_mcclure(tilt.square(), config.level_sigma, config.level_scale)
