"""Detected landmarks made from true ones: jitter, drift, exchanged sides, lost limbs and frames, truncation."""

import torch
from torch import Generator, Tensor

from sfv.reconstruct.hmr.augment import smooth_noise
from sfv.reconstruct.hmr.config import NoiseConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR

_FEET = [index for index, name in enumerate(LANDMARK_NAMES) if "heel" in name or "foot_index" in name]
_ENDS = [
    index
    for index, name in enumerate(LANDMARK_NAMES)
    if any(part in name for part in ("wrist", "ankle", "heel", "foot"))
]
_LEGS = [
    index
    for index, name in enumerate(LANDMARK_NAMES)
    if any(part in name for part in ("knee", "ankle", "heel", "foot"))
]
_ARMS = [index for index, name in enumerate(LANDMARK_NAMES) if any(part in name for part in ("elbow", "wrist"))]
_LIMBS = [
    [i for i in group if LANDMARK_NAMES[i].startswith(side)] for group in (_LEGS, _ARMS) for side in ("left", "right")
]
_LIMBS.append([index for index, name in enumerate(LANDMARK_NAMES) if name == "nose" or "ear" in name])
_RUN = (1, 8)  # least and greatest length of a run of frames
_MULTIPLIER = 0.6  # standard deviation of the logarithm of a window's own level of noise
_SURE, _UNSURE = (0.5, 1.0), (0.05, 0.6)  # confidence of good and of bad landmarks


def detect(xy: Tensor, torso: Tensor, config: NoiseConfig, random: Generator) -> tuple[Tensor, Tensor]:
    """Spoil landmarks (B, T, 19, 2) of people whose torsos measure ``torso`` (B, T), same units.

    Returns what a detector might give, (B, T, 19, 2), and its confidence (B, T, 19), 0 where it gives nothing.
    """
    count, frames, number = xy.shape[:3]
    device = xy.device

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=random, device=device)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, device=device)

    level = torch.exp(_MULTIPLIER * normal(count, 1, 1, 1)) * (uniform(count, 1, 1, 1) >= config.clean)
    share = torch.ones(number, 1, device=device)
    share[_ENDS] = config.extremities
    error = config.white * normal(count, frames, number, 2)
    error = error + config.drift * smooth_noise((count, number, 2), frames, config.drift_frames, random)
    bad = (uniform(count, frames, number) < config.outliers) & (level[..., 0] > 0)
    error = error * share * level + config.outlier * normal(count, frames, number, 2) * bad[..., None]
    seen = xy + error * torso[..., None, None]
    low, high = _SURE
    floor = low + (high - low) * uniform(count, 1, number)
    confidence = floor + (1 - floor) * uniform(count, frames, number)
    low, high = _UNSURE
    confidence = torch.where(bad, low + (high - low) * uniform(count, frames, number), confidence)
    seen, confidence = _swap(seen, confidence, config, random)
    confidence = confidence * (uniform(count, frames, number) >= config.lost)
    lost = some(count, config.limb_lost, random) & runs(count, frames, random)
    limb = torch.zeros(len(_LIMBS), number, dtype=torch.bool, device=device)
    for row, members in enumerate(_LIMBS):
        limb[row, members] = True
    confidence = confidence.masked_fill(lost[..., None] & limb[choose(count, len(_LIMBS), random)][:, None], 0.0)
    gone = some(count, config.frames_lost, random) & runs(count, frames, random)
    confidence = confidence.masked_fill(gone[..., None], 0.0)
    confidence = confidence.masked_fill(_outside(seen, config, random), 0.0)
    feet = torch.zeros(number, dtype=torch.bool, device=device)
    feet[_FEET] = True
    return seen, confidence.masked_fill(some(count, config.no_feet, random)[..., None] & feet, 0.0)


def _swap(seen: Tensor, confidence: Tensor, config: NoiseConfig, random: Generator) -> tuple[Tensor, Tensor]:
    """Exchange the sides of everything, of the legs or of the arms for a run of frames."""
    count, frames, number = confidence.shape
    groups = torch.zeros(3, number, dtype=torch.bool, device=seen.device)
    groups[0] = True
    groups[1, _LEGS] = True
    groups[2, _ARMS] = True
    run = some(count, config.swapped, random) & runs(count, frames, random)
    exchanged = run[..., None] & groups[choose(count, 3, random)][:, None]
    across = list(MIRROR)
    return torch.where(exchanged[..., None], seen[:, :, across], seen), torch.where(
        exchanged, confidence[:, :, across], confidence
    )


def _outside(seen: Tensor, config: NoiseConfig, random: Generator) -> Tensor:
    """Landmarks beyond a straight edge of the picture that cuts some of the windows. Shape (B, T, 19), bool."""
    count = len(seen)
    angle = 0.5 * torch.pi * choose(count, 4, random)
    along = seen[..., 0] * angle.cos()[:, None, None] + seen[..., 1] * angle.sin()[:, None, None]
    flat = along.flatten(1)
    share = 0.5 + 0.4 * torch.rand(count, generator=random, device=seen.device)
    edge = flat.sort(1).values.gather(1, (share * (flat.shape[1] - 1)).long()[:, None])
    return some(count, config.cut_off, random)[..., None] & (along > edge[..., None])


def runs(count: int, frames: int, random: Generator) -> Tensor:
    """One run of frames in each window, often reaching over an end. Shape (count, frames), bool."""
    device = random.device
    least, most = _RUN
    length = least + (most - least) * torch.rand(count, 1, generator=random, device=device)
    start = -0.5 * most + (frames + 0.5 * most) * torch.rand(count, 1, generator=random, device=device)
    time = torch.arange(frames, device=device)
    return (time >= start) & (time < start + length)


def some(count: int, share: float, random: Generator) -> Tensor:
    """A ``share`` of the windows. Shape (count, 1), bool."""
    return torch.rand(count, 1, generator=random, device=random.device) < share


def choose(count: int, options: int, random: Generator) -> Tensor:
    """One of ``options`` for each window. Shape (count,), int64."""
    return torch.randint(options, (count,), generator=random, device=random.device)
