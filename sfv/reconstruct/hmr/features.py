"""What the network sees of a window of landmarks, and how its answers go back into the camera's axes.

Landmarks are in tangents of the viewing angle (pixels over focal length). Each frame is told twice: about the window's middle and
in the window's size, so that motion inside the window remains, and about the frame's own hips, turned until the torso is upright.
Answers are given in the second axes, so that a picture turned in its plane gives the same body, turned.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

FEATURES = 5 * len(LANDMARK_NAMES) + 5
"""Numbers of a frame: landmarks twice (2 x 2 x 19), confidence (19), sine and cosine of the torso, hips (2), size."""
DEPTH_FEATURES = 3 * len(LANDMARK_NAMES) + 1
"""Numbers more of a frame where the detector's 3D landmarks are told: their places, and whether they are known."""
_SHOULDERS, _HIPS = (
    [LANDMARK_NAMES.index(f"{side}_{part}") for side in ("left", "right")] for part in ("shoulder", "hip")
)
_NARROW, _WIDE = (
    1.2,
    6.0,
)  # frames: widths of the blurs that steady hips and torso, the wide one only where nothing is seen
_METRES = 3.0  # features a metre of 3D landmarks, so that they are about as large as the others
_LITTLE = 1e-3
_BOUND = 6.0  # greatest value of a coordinate, in units of the window's size: an outlier says no more than that


@dataclass(frozen=True)
class Window:
    """B windows of T frames, made ready."""

    features: Tensor
    """Shape (B, T, FEATURES), or (B, T, FEATURES + DEPTH_FEATURES)."""
    middle: Tensor
    """Middle of the window. Shape (B, 1, 2), tangents."""
    size: Tensor
    """Root mean square distance of landmarks from each frame's middle. Shape (B, 1), tangents."""
    hips: Tensor
    """Hips of each frame about the middle. Shape (B, T, 2), sizes."""
    angle: Tensor
    """Turn of the torso against upright, from x to y (clockwise in the picture). Shape (B, T), radians."""

    def upright(self, xy: Tensor) -> Tensor:
        """Tangents -> each frame's own upright axes about its hips, in sizes. Shape (B, T, K, 2)."""
        local = (xy - self.middle[:, :, None]) / self.size[..., None, None] - self.hips[:, :, None]
        return turn(local, -self.angle[..., None])

    def camera_rotation(self) -> Tensor:
        """From upright axes back to the camera's. Shape (B, T, 3, 3)."""
        c, s, zero = self.angle.cos(), self.angle.sin(), torch.zeros_like(self.angle)
        return torch.stack((c, -s, zero, s, c, zero, zero, zero, zero + 1), -1).reshape(*self.angle.shape, 3, 3)


def turn(xy: Tensor, angle: Tensor) -> Tensor:
    """Rotate points from x to y. Shapes (..., 2), (...)."""
    c, s = angle.cos(), angle.sin()
    return torch.stack((c * xy[..., 0] - s * xy[..., 1], s * xy[..., 0] + c * xy[..., 1]), -1)


def prepare(xy: Tensor, confidence: Tensor, size_error: Tensor | None = None, world: Tensor | None = None) -> Window:
    """Normalise windows.

    Args:
        xy: landmarks. Shape (B, T, 19, 2), tangents.
        confidence: 0 where a landmark is not seen. Shape (B, T, 19).
        size_error: error of the logarithm of the size in training. Shape (B,).
        world: the detector's 3D landmarks, camera axes. Shape (B, T, 19, 3), metres; frames with a NaN are not known.
    """
    seen = (confidence > 0).to(xy.dtype)
    weight = seen.sum((1, 2)).clamp_min(1.0)
    xy = torch.where(seen[..., None] > 0, xy, 0.0)
    frame_count = seen.sum(2, keepdim=True)
    frame_middle = xy.sum(2) / frame_count.clamp_min(1.0)
    middle = (frame_middle * frame_count).sum(1, keepdim=True) / weight[:, None, None]
    spread = ((xy - frame_middle[:, :, None]) ** 2).sum(-1) * seen
    size = (spread.sum((1, 2)) / weight).sqrt().clamp_min(1e-6)[:, None]
    local = (xy - middle[:, :, None]) / size[..., None, None]
    local = torch.where(seen[..., None] > 0, local.clamp(-_BOUND, _BOUND), 0.0)
    body = (local.sum(2) / frame_count.clamp_min(1.0), (frame_count[..., 0] > 0).to(xy.dtype))
    hips, hips_seen = _mean(local, seen, _HIPS)
    shoulders, shoulders_seen = _mean(local, seen, _SHOULDERS)
    place = _steady(hips, hips_seen, _steady(*body, torch.zeros_like(hips)))
    torso = _steady(
        shoulders - hips, hips_seen * shoulders_seen, torch.zeros_like(hips) - hips.new_tensor([0.0, _LITTLE])
    )
    angle = torch.atan2(torso[..., 0], -torso[..., 1])
    own = turn(local - place[:, :, None], -angle[..., None]) * seen[..., None]
    told = torch.log(size) if size_error is None else torch.log(size) + size_error[:, None]
    features = torch.cat(
        (
            local.flatten(2), own.flatten(2), confidence * seen, angle.sin()[..., None], angle.cos()[..., None],
            place, (told + 2.0)[:, None].expand(-1, xy.shape[1], -1),
        ), -1,
    )  # fmt: skip
    if world is not None:
        features = torch.cat((features, _depth_features(world, angle)), -1)
    return Window(features, middle, size, place, angle)


def _depth_features(world: Tensor, angle: Tensor) -> Tensor:
    """3D landmarks about mid-hips in each frame's upright axes. Shape (B, T, DEPTH_FEATURES)."""
    known = torch.isfinite(world).all(-1).all(-1)
    own = torch.where(known[..., None, None], world, 0.0)
    own = own - own[:, :, _HIPS].mean(2, keepdim=True)
    own = torch.cat((turn(own[..., :2], -angle[..., None]), own[..., 2:]), -1)
    return torch.cat((_METRES * own.flatten(2).clamp(-_BOUND, _BOUND), known[..., None].to(own.dtype)), -1)


def _mean(local: Tensor, seen: Tensor, pair: list[int]) -> tuple[Tensor, Tensor]:
    """Middle of a pair of landmarks, and whether both are seen. Shapes (B, T, 2), (B, T)."""
    return local[:, :, pair].mean(2), seen[:, :, pair].prod(-1)


def _steady(values: Tensor, seen: Tensor, otherwise: Tensor) -> Tensor:
    """Blur over time with the weights ``seen``; far from anything seen a wider blur, without anything ``otherwise``."""
    frames = values.shape[1]
    apart = (torch.arange(frames, device=values.device)[:, None] - torch.arange(frames, device=values.device)).to(
        values.dtype
    )
    kernel = torch.exp(-0.5 * (apart / _NARROW) ** 2) + _LITTLE * torch.exp(-0.5 * (apart / _WIDE) ** 2)
    weight = seen @ kernel
    total = torch.einsum("ts,bsc->btc", kernel, values * seen[..., None])
    floor = _LITTLE**2
    return (total + floor * otherwise) / (weight[..., None] + floor)
