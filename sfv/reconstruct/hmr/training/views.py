"""Random cameras for training: they look at the person from anywhere around, near or far, sometimes rolled to any angle."""

import numpy as np
import torch
from torch import Generator, Tensor

from sfv.reconstruct.hmr.config import ViewConfig

_HEIGHT = 1.7
"""Metres of a body height in the config's distances."""
_NEAREST = 1.0
"""Least depth of the pelvis, metres."""
_AIM = 0.15
"""Standard deviation of where the middle of the path lies off the optical axis, tangents."""
_WORLD_TO_CAMERA = torch.tensor([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
"""A camera that looks along world x, held upright: x right, y down, z forward."""


def random_views(count: int, config: ViewConfig, random: Generator) -> Tensor:
    """World to camera. Shape (count, 3, 3)."""
    device = random.device
    low, high = np.radians(config.pitch_deg)
    pitch = low + (high - low) * torch.rand(count, generator=random, device=device)
    yaw = 2 * np.pi * torch.rand(count, generator=random, device=device)
    held = np.radians(config.roll_deg) * torch.randn(count, generator=random, device=device)
    rolled = 2 * np.pi * torch.rand(count, generator=random, device=device)
    roll = torch.where(torch.rand(count, generator=random, device=device) < config.any_roll, rolled, held)
    return view(yaw, pitch, roll)


def view(yaw: Tensor, pitch: Tensor, roll: Tensor) -> Tensor:
    """Rotation from the world to cameras that look level along x, then are turned. Shape (B,) radians each -> (B, 3, 3)."""
    # Looking down by pitch turns the scene about the camera's x axis the other way.
    return _about(roll, 2) @ _about(-pitch, 0) @ _WORLD_TO_CAMERA.to(yaw.device) @ _about(yaw, 2)


def place(path: Tensor, rotation: Tensor, config: ViewConfig, random: Generator) -> Tensor:
    """Pelvis's path in the camera's axes. Shapes (B, T, 3), (B, 3, 3) -> (B, T, 3), metres."""
    count, device = len(path), path.device
    low, high = np.log(config.distance)
    distance = _HEIGHT * torch.exp(low + (high - low) * torch.rand(count, generator=random, device=device))
    local = (path - path.mean(1, keepdim=True)) @ rotation.transpose(1, 2)
    distance = torch.maximum(distance, _NEAREST - local[..., 2].min(1).values)
    aim = (
        _AIM
        * torch.randn(count, 2, generator=random, device=device)
        * distance[:, None]
        / (distance[:, None] + 2 * _HEIGHT)
    )
    centre = torch.cat((aim * distance[:, None], distance[:, None]), 1)
    return local + centre[:, None]


def place_at(path: Tensor, rotation: Tensor, middle: Tensor) -> Tensor:
    """The path in the camera's axes with its middle at ``middle`` (B, 3). Shapes (B, T, 3), (B, 3, 3) -> (B, T, 3), metres."""
    return (path - path.mean(1, keepdim=True)) @ rotation.transpose(1, 2) + middle[:, None]


def _about(angle: Tensor, axis: int) -> Tensor:
    """Rotation about one axis. Shape (B,) -> (B, 3, 3)."""
    c, s, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
    rows = (one, zero, zero, zero, c, -s, zero, s, c) if axis == 0 else (c, -s, zero, s, c, zero, zero, zero, one)
    return torch.stack(rows, -1).reshape(*angle.shape, 3, 3)
