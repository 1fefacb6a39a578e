"""A detector's 3D landmarks made from true ones: wrong size and attitude, errors along the line of sight, limbs the wrong way."""

import torch
from torch import Generator, Tensor

from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.augment import smooth_noise
from sfv.reconstruct.hmr.config import NoiseConfig
from sfv.reconstruct.hmr.training.noise import choose, runs, some
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

_HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]
_CHAINS = [
    (LANDMARK_NAMES.index(f"{side}_{root}"), [LANDMARK_NAMES.index(f"{side}_{part}") for part in parts])
    for side in ("left", "right")
    for root, parts in (("shoulder", ("elbow", "wrist")), ("hip", ("knee", "ankle", "heel", "foot_index")))
]
"""Where each limb begins, and its landmarks."""
_MULTIPLIER = 0.5  # standard deviation of the logarithm of a window's own level of noise


def lift(landmarks: Tensor, confidence: Tensor, config: NoiseConfig, random: Generator) -> Tensor:
    """Spoil landmarks (B, T, 19, 3) in camera axes, metres; ``confidence`` (B, T, 19) as of the same frames in 2D.

    Returns them about mid-hips; NaN in windows and frames without any.
    """
    count, frames, number = confidence.shape
    noise, device = config.depth, landmarks.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, device=device)

    level = torch.exp(_MULTIPLIER * normal(count, 1, 1, 1))
    about = landmarks - landmarks[:, :, _HIPS].mean(2, keepdim=True)
    about = _turn_limbs(about, config, random)
    along = noise.depth_gain + noise.depth_gain_std * normal(count, 1, 1, 1)
    about = about * torch.cat((torch.ones(count, 1, 1, 2, device=device), along), -1)
    about = about @ rotvec_to_rotmat(noise.tilt_rad * normal(count, 3)).mT[:, None]
    error = noise.white_m * normal(count, frames, number, 3)
    error = error + noise.drift_m * smooth_noise((count, number, 3), frames, config.drift_frames, random)
    guessed = noise.unseen_m * smooth_noise((count, number, 3), frames, config.drift_frames, random)
    error = level * error + guessed * (confidence <= 0)[..., None]
    error = error * error.new_tensor([1.0, 1.0, noise.along])
    seen = torch.exp(noise.scale * normal(count, 1, 1, 1)) * about + error
    nothing = (confidence <= 0).all(-1) | some(count, config.no_depth, random)
    return seen.masked_fill(nothing[..., None, None], torch.nan)


def _turn_limbs(about: Tensor, config: NoiseConfig, random: Generator) -> Tensor:
    """Mirror one limb's depth about where it begins for a run of frames: from one view both explain the picture."""
    count, frames = about.shape[:2]
    run = some(count, config.depth.turned, random) & runs(count, frames, random)
    which = choose(count, len(_CHAINS), random)
    turned = about.clone()
    for index, (root, members) in enumerate(_CHAINS):
        here = (run & (which == index)[:, None])[..., None]
        depth = about[..., members, 2]
        turned[..., members, 2] = torch.where(here, 2 * about[..., root, 2, None] - depth, depth)
    return turned
