"""The energy of the fit: minus the log likelihood of what was seen, of smooth and usual motion, and of feet that stand still.

Every term is a sum over frames; residuals are divided by their standard deviation. Robust terms are Geman-McClure's. The rows that
the Gauss-Newton solver needs of each term are in ``rows``.
"""

import torch
from torch import Tensor

from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.balance import mean_imbalance
from sfv.reconstruct.fit.unknowns import GroundPlane
from sfv.reconstruct.model.limits import limits
from sfv.reconstruct.model.pose_prior import PosePrior
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, LAYOUT, THICKNESS, TOUCHING_HEIGHTS, TOUCHING_SOFTNESS, Posed
from sfv.reconstruct.observe.observations import Observations

HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]
NEAR = 0.3
"""Metres: nothing is seen nearer to the camera."""
ROOT = LAYOUT["root"].stop
"""Numbers of a frame from here on are bends of joints."""
SOLID = [SMPL_JOINTS.index(name) for name in THICKNESS]
"""Joints that the ground keeps up."""
MOVING = [SMPL_JOINTS.index(name) for name in (
    "pelvis", "spine3", "head", *(f"{side}_{joint}" for side in ("left", "right")
                                  for joint in ("knee", "ankle", "foot", "shoulder", "elbow", "wrist")))]  # fmt: skip
"""Joints whose accelerations are smooth."""


def geman_mcclure(squared: Tensor, sigma: float, scale: float) -> Tensor:
    """Half the squared error over sigma^2 near zero, levelling off beyond ``scale``. ``squared`` is the squared error."""
    return 0.5 * (squared / sigma**2) / (1.0 + squared / scale**2)


def sinking(heights: Tensor) -> Tensor:
    """How far SOLID joints are deeper than their flesh allows, negative; 0 where they are not. Shape (T, len(SOLID)), metres."""
    return (heights - heights.new_tensor(list(THICKNESS.values()))).clamp_max(0)


def image_errors(landmarks: Tensor, seen: Observations, focal_gain: Tensor, depth: Tensor) -> Tensor:
    """Landmarks against their pixels, in metres at ``depth`` (T, 19), so that a far person is not trusted less. (T, 19, 2).

    ``depth`` is the landmarks' own, held fixed: otherwise the energy would fall with every step towards the camera.
    """
    focal = seen.focal_px * focal_gain
    error = focal * landmarks[..., :2] / landmarks[..., 2:].clamp_min(NEAR) - seen.xy
    return error * (depth / focal.detach())[..., None]


def image_term(errors: Tensor, seen: Observations, config: ReconstructConfig) -> Tensor:
    """Robust, weighted by confidence. ``errors`` (T, 19, 2), metres."""
    return (seen.weight * geman_mcclure(errors.square().sum(-1), config.image_sigma, config.image_scale)).sum()


def centred(landmarks: Tensor) -> Tensor:
    """About mid-hips. Shape (T, 19, ...)."""
    return landmarks - landmarks[:, HIPS].mean(1, keepdim=True)


def landmark_errors(landmarks: Tensor, seen: Observations, turn: Tensor) -> Tensor:
    """Landmarks about mid-hips against the detector's 3D ones, which ``turn`` (3, 3) corrects for the whole clip. (T, 19, 3)."""
    return centred(landmarks) - centred(seen.world) @ turn.T


def landmark_term(errors: Tensor, seen: Observations, config: ReconstructConfig) -> Tensor:
    """Robust; ``errors`` (T, 19, 3), metres."""
    return (
        seen.world_weight * geman_mcclure(errors.square().sum(-1), config.landmark_sigma, config.landmark_scale)
    ).sum()


def limit_term(dofs: Tensor, config: ReconstructConfig) -> Tensor:
    """Joint angles beyond their limits, and the six numbers of the pelvis's rotation as two unit columns at a right angle."""
    low, high = limits()
    beyond = (low - dofs).clamp_min(0) + (dofs - high).clamp_min(0)
    return 0.5 * (beyond / config.limit_sigma).square().sum() + 0.5 * column_errors(dofs).square().sum()


def column_errors(dofs: Tensor) -> Tensor:
    """Departure of the pelvis's two columns from unit length and from a right angle. Shape (T, 3)."""
    a, b = dofs[:, 3:6], dofs[:, 6:9]
    return torch.stack(((a * a).sum(-1) - 1, (b * b).sum(-1) - 1, (a * b).sum(-1)), -1)


def prior_term(dofs: Tensor, prior: PosePrior, config: ReconstructConfig) -> Tensor:
    """Usual poses."""
    return config.prior_weight * prior.energy(dofs[:, ROOT:]).sum()


def stick_errors(landmarks: Tensor, first: Tensor) -> Tensor:
    """Landmarks about mid-hips against those of the initial pose, ``first``. Both (T, 19, 3)."""
    return centred(landmarks) - centred(first)


def stick_term(errors: Tensor, weight: Tensor, config: ReconstructConfig) -> Tensor:
    """SfV's L_init: stay near the initial pose, with a weight for each frame (T,)."""
    squared = errors.square().sum(-1)
    return (weight[:, None] * geman_mcclure(squared, config.stick_sigma, config.stick_scale)).sum()


def smoothness_term(points: Tensor, fps: float, sigma: float) -> Tensor:
    """Accelerations of MOVING joints in the world. ``points`` (T, M, 3), as of a body of mean size: else a small one near the camera
    would be the smoothest.
    """
    acceleration = (points[2:] - 2 * points[1:-1] + points[:-2]) * fps**2
    return 0.5 * (acceleration / sigma).square().sum()


def shape_terms(betas: Tensor, change: Tensor, lean: Tensor, focal: Tensor, config: ReconstructConfig) -> Tensor:
    """For a clip: betas are standard normal, landmarks lie and lean about as usual, the focal length is about as assumed."""
    usual = torch.tensor([-config.landmark_tilt, 0.0, 0.0], dtype=lean.dtype)
    return 0.5 * (
        (betas / config.betas_sigma).square().sum()
        + 0.5 * (change / config.offset_sigma).square().sum()  # each number moves a landmark of either side
        + ((lean - usual) / config.landmark_tilt_sigma).square().sum()
        + (focal / config.focal_sigma).square()
    )


def contact_terms(
    posed: Posed, ground: GroundPlane, contact: Tensor, fps: float, config: ReconstructConfig, gain: float
) -> Tensor:
    """Points in contact (probability ``contact`` (T, C)) stand still on the ground; no point of a foot is below it."""
    feet = posed.contacts
    both = torch.minimum(contact[1:], contact[:-1])
    speed = ((feet[1:] - feet[:-1]) * fps).square().sum(-1)
    still = both * geman_mcclure(speed, config.stance_speed_sigma / gain, config.stance_speed_scale)
    height = (ground.above(feet) - feet.new_tensor(TOUCHING_HEIGHTS)).square()
    high = contact * geman_mcclure(height, config.stance_height_sigma / gain, config.stance_height_scale)
    high = high / feet.new_tensor(TOUCHING_SOFTNESS) ** 2
    deep = 0.5 * (ground.above(posed.soles).clamp_max(0) * gain / config.penetration_sigma).square()
    sunk = 0.5 * (sinking(ground.above(posed.joints[:, SOLID])) / config.penetration_sigma).square()
    return still.sum() + high.sum() + deep.sum() + sunk.sum()


def camera_term(ground: GroundPlane, config: ReconstructConfig) -> Tensor:
    """For a clip: the camera is held about level, as high as people hold cameras."""
    held = 2.0 * (1.0 + ground.up[1])  # squared distance of the ground's normal from the image's up, (0, -1, 0)
    raised = (-ground.height - config.camera_height) / config.camera_height_sigma
    return 0.5 * (held / config.up_sigma**2 + raised.square())


def upright_errors(
    joints: Tensor,
    contacts: Tensor,
    columns: Tensor,
    up: Tensor,
    contact: Tensor,
    fps: float,
    config: ReconstructConfig,
) -> Tensor:
    """For a clip: mean imbalance (3) and mean sideways tilt of the upright pelvis (1), over their deviations. Shape (4,).

    ``joints`` (T, 24, 3), ``contacts`` (T, C, 3), ``columns`` the pelvis's first two (T, 6).
    """
    off = mean_imbalance(joints, contacts, contact, up, fps)
    off = (off - (off @ up) * up) / config.balance_sigma
    x, y = (torch.nn.functional.normalize(columns[:, cut], dim=-1) for cut in (slice(0, 3), slice(3, 6)))
    upright = (y @ up).clamp_min(0).detach() ** 4
    tilt = (upright * (x @ up)).sum() / upright.sum().clamp_min(1.0)
    return torch.cat((off, (tilt / config.level_sigma)[None]))


def upright_term(errors: Tensor, config: ReconstructConfig) -> Tensor:
    """Balance; and the pelvis is level, unless it is tilted so far that it is meant."""
    level = geman_mcclure(errors[3].square(), 1.0, config.level_scale / config.level_sigma)
    return 0.5 * errors[:3].square().sum() + level
