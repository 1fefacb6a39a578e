"""Motions made of captured ones: mirrored, mixed, exaggerated, drifting, tumbling; quaternions in, rotation matrices out."""

import numpy as np
import torch
from torch import Generator, Tensor

from sfv.motion.rotations import (
    quat_multiply,
    quat_slerp,
    quat_to_rotmat,
    quat_to_rotvec,
    rotvec_to_quat,
    rotvec_to_rotmat,
)
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.hmr.training.bank import MotionBank
from sfv.reconstruct.model.skeleton import BALLS, HINGES

MIRROR_JOINTS = tuple(
    SMPL_JOINTS.index(name.replace("left", "#").replace("right", "left").replace("#", "right")) for name in SMPL_JOINTS
)
"""Index of each SMPL joint's partner on the other side."""
_UPPER = [index for index, name in enumerate(SMPL_JOINTS) if any(
    part in name for part in ("spine", "neck", "head", "collar", "shoulder", "elbow", "wrist", "hand"))]  # fmt: skip
_KNOT_FRAMES = 5  # frames between the knots of a drift
_KEY_FRAMES = (4.5, 11.0)  # least and greatest number of frames from one key pose to the next
_TRUNK = ("spine", "neck", "collar", "head")


def mirrored(quats: Tensor) -> Tensor:
    """The motion seen in a mirror across x = 0. Shape (..., 24, 4)."""
    return quats[..., list(MIRROR_JOINTS), :] * quats.new_tensor([1.0, 1.0, -1.0, -1.0])


def mirror_rotations(rotations: Tensor) -> Tensor:
    """The same for matrices. Shape (..., 24, 3, 3)."""
    sign = rotations.new_tensor([-1.0, 1.0, 1.0])
    return rotations[..., list(MIRROR_JOINTS), :, :] * sign[:, None] * sign


def smooth_noise(shape: tuple[int, ...], frames: int, knot_frames: int, random: Generator) -> Tensor:
    """Normal noise that changes slowly along a new axis 1: knots joined by a smooth curve. Shape (B, frames, ...)."""
    device = random.device
    knots = -(-frames // knot_frames) + 3
    values = torch.randn((shape[0], knots, *shape[1:]), generator=random, device=device)
    place = torch.arange(frames, device=device) / knot_frames + torch.rand(1, generator=random, device=device)
    base = place.floor().long()
    share = (place - base).reshape(-1, *(1,) * (len(shape) - 1))
    share = share * share * (3 - 2 * share)
    return values[:, base] * (1 - share) + values[:, base + 1] * share


class Augmenter:
    """Draws windows of motion from a bank and changes them."""

    def __init__(self, bank: MotionBank, config: MotionConfig) -> None:
        self.bank, self.config = bank, config
        device = bank.quats.device
        spread = torch.zeros(24, 3)
        for name in SMPL_JOINTS:
            if name in HINGES:
                spread[SMPL_JOINTS.index(name)] = torch.tensor(HINGES[name]).abs()
            elif name in BALLS or name.startswith("spine") or name in ("neck", "head"):
                spread[SMPL_JOINTS.index(name)] = 1 / 3 if any(part in name for part in _TRUNK) else 1.0
        self._spread = (spread * config.noise_rad).to(device)

    def draw(self, count: int, frames: int, fps: float, random: Generator) -> tuple[Tensor, Tensor]:
        """Rotations (count, frames, 24, 3, 3), the pelvis's in the z-up world, and the pelvis's path (count, frames, 3), metres."""
        config, device = self.config, self.bank.quats.device
        quats, path = self.bank.windows(count, frames, fps, config, random)
        other = self.bank.windows(count, frames, fps, config, random)[0]
        mixed = self._chosen(count, config.mixed, random)[:, None, None, None]
        upper = torch.zeros(24, 1, dtype=torch.bool, device=device)
        upper[_UPPER] = True
        quats = torch.where(mixed & upper, other, quats)
        keyed = self._chosen(count, config.key_poses, random)
        if keyed.any():
            quats[keyed] = self._key_poses(int(keyed.sum()), frames, random)
        flip = self._chosen(count, 0.5, random)[:, None, None]
        quats = torch.where(flip[..., None], mirrored(quats), quats)
        path = torch.where(flip, path * path.new_tensor([-1.0, 1.0, 1.0]), path)
        vectors = quat_to_rotvec(quats)
        low, high = config.exaggeration
        scale = low + (high - low) * torch.rand(count, 1, 24, 1, generator=random, device=device)
        vectors = vectors * torch.where(
            self._chosen(count, config.exaggerated, random)[:, None, None, None] & self._limbs, scale, 1.0
        )
        drift = smooth_noise((count, 24, 3), frames, _KNOT_FRAMES, random) * self._spread
        drift = drift * self._chosen(count, config.noisy, random)[:, None, None, None]
        local = quat_to_rotmat(quat_multiply(rotvec_to_quat(vectors), rotvec_to_quat(drift)))
        turn = self._tumble(count, frames, fps, random)
        middle = path.mean(1, keepdim=True)
        path = middle + (turn @ (path - middle)[..., None]).squeeze(-1)
        return torch.cat(((turn @ local[:, :, 0])[:, :, None], local[:, :, 1:]), 2), path

    @property
    def _limbs(self) -> Tensor:
        mask = torch.ones(24, 1, dtype=torch.bool, device=self.bank.quats.device)
        mask[0] = False
        return mask

    def _chosen(self, count: int, share: float, random: Generator) -> Tensor:
        return torch.rand(count, generator=random, device=self.bank.quats.device) < share

    def _key_poses(self, count: int, frames: int, random: Generator) -> Tensor:
        """Smooth ways through random poses, with the pelvis turned about the vertical at random at each of them."""
        device = self.bank.quats.device
        least, most = _KEY_FRAMES
        knots = int(frames / least) + 3
        poses = self.bank.poses(count * knots, random).reshape(count, knots, 24, 4)
        top = torch.rand(count, knots, generator=random, device=device) < self.config.mixed
        others = self.bank.poses(count * knots, random).reshape(count, knots, 24, 4)
        mask = torch.zeros(24, dtype=torch.bool, device=device)
        mask[_UPPER] = True
        poses = torch.where((top[..., None] & mask)[..., None], others, poses)
        gaps = least + (most - least) * torch.rand(count, knots - 1, generator=random, device=device)
        times = torch.cat((torch.zeros(count, 1, device=device), gaps.cumsum(1)), 1)
        now = torch.arange(frames, device=device).expand(count, -1) + least * torch.rand(
            count, 1, generator=random, device=device
        )
        left = (torch.searchsorted(times, now.contiguous(), right=True) - 1).clamp(0, knots - 2)
        rows = torch.arange(count, device=device)[:, None]
        share = ((now - times[rows, left]) / gaps[rows, left]).clamp(0, 1)
        share = share * share * (3 - 2 * share)
        return quat_slerp(poses[rows, left], poses[rows, left + 1], share[..., None].expand(-1, -1, 24))

    def _tumble(self, count: int, frames: int, fps: float, random: Generator) -> Tensor:
        """Extra rotation of the world: any attitude for some windows, spinning for half of those. Shape (count, frames, 3, 3)."""
        device = self.bank.quats.device
        attitude = torch.nn.functional.normalize(torch.randn(count, 4, generator=random, device=device), dim=-1)
        spin = torch.randn(count, 3, generator=random, device=device) * (self.config.spin_rad_s / np.sqrt(3))
        spin = spin * self._chosen(count, 0.5, random)[:, None]
        seconds = torch.arange(frames, device=device) / fps
        turning = rotvec_to_rotmat(spin[:, None] * seconds[:, None]) @ quat_to_rotmat(attitude)[:, None]
        chosen = self._chosen(count, self.config.tumbled, random)[:, None, None, None]
        return torch.where(chosen, turning, torch.eye(3, device=device))
