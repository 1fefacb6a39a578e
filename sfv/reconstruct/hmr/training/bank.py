"""All motion capture in one tensor, from which windows of motion are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.rest import REST_JOINTS
from sfv.motion.rotations import normalize_quat, rotvec_to_quat
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.hmr.training.split import trained_on


@dataclass(frozen=True)
class MotionBank:
    """Clips one after another."""

    quats: Tensor
    """Rotation of each joint against its parent. Shape (N, 24, 4)."""
    pelvis: Tensor
    """Place of the pelvis in the world, z up. Shape (N, 3), metres."""
    start: Tensor
    """First row of each clip. Shape (C,)."""
    length: Tensor
    """Rows of each clip. Shape (C,)."""
    rate: Tensor
    """Rows a second of each clip. Shape (C,)."""
    chance: Tensor
    """Probability with which each clip is drawn. Shape (C,)."""
    names: tuple[str, ...]

    @classmethod
    def build(cls, clips: Mapping[str, BodyMotion], config: MotionConfig, device: str = "cpu") -> "MotionBank":
        """Put together all clips that ``split.trained_on`` leaves. Raises SfvError where none is left."""
        kept, _ = trained_on(clips, config)
        lengths = torch.tensor([len(clip) for clip in kept.values()])
        seconds = np.array([clip.seconds for clip in kept.values()])
        factor = np.array([config.rare_factor if any(part in name for part in config.rare) else 1.0 for name in kept])
        chance = np.sqrt(seconds) * factor
        poses = np.concatenate([clip.poses for clip in kept.values()])
        pelvis = np.concatenate([clip.trans for clip in kept.values()]) + REST_JOINTS[0]
        return cls(
            rotvec_to_quat(torch.as_tensor(poses, dtype=torch.float32)).to(device),
            torch.as_tensor(pelvis, dtype=torch.float32).to(device),
            (torch.cumsum(lengths, 0) - lengths).to(device),
            lengths.to(device),
            torch.tensor([clip.fps for clip in kept.values()], dtype=torch.float32).to(device),
            torch.as_tensor(chance / chance.sum(), dtype=torch.float32).to(device),
            tuple(kept),
        )

    def windows(
        self, count: int, frames: int, fps: float, config: MotionConfig, random: Generator
    ) -> tuple[Tensor, Tensor]:
        """Draw windows of motion at random speeds; a clip that ends runs back.

        Returns quaternions (count, frames, 24, 4) and the pelvis's path (count, frames, 3), metres.
        """
        device = self.quats.device
        clip = torch.multinomial(self.chance, count, replacement=True, generator=random)
        low, high = np.log(config.slowest), np.log(config.fastest)
        speed = torch.exp(low + (high - low) * torch.rand(count, generator=random, device=device))
        last = (self.length[clip] - 1).float()
        rows = (
            torch.rand(count, generator=random, device=device)[:, None] * last[:, None]
            + torch.arange(frames, device=device) * (speed * self.rate[clip] / fps)[:, None]
        )
        rows = rows % (2 * last[:, None])
        rows = torch.minimum(rows, 2 * last[:, None] - rows)
        before = torch.minimum(rows.floor(), last[:, None] - 1)
        share = rows - before
        index = before.long() + self.start[clip][:, None]
        a, b = self.quats[index], self.quats[index + 1]
        sign = torch.where((a * b).sum(-1, keepdim=True) < 0, -1.0, 1.0)
        quats = normalize_quat(a + share[..., None, None] * (sign * b - a))
        path = self.pelvis[index]
        return quats, path + share[..., None] * (self.pelvis[index + 1] - path)

    def poses(self, count: int, random: Generator) -> Tensor:
        """Single poses, drawn like windows. Shape (count, 24, 4)."""
        clip = torch.multinomial(self.chance, count, replacement=True, generator=random)
        row = torch.rand(count, generator=random, device=self.quats.device) * self.length[clip]
        return self.quats[self.start[clip] + row.long().clamp_max(self.length[clip] - 1)]
