"""Where episodes start: a time of the clip (reference state initialisation), small noise, lifted out of the ground."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from sfv.imitate.state.layout import ModelLayout
from sfv.motion.rotations import quat_multiply, rotvec_to_quat
from sfv.physics.worlds import Worlds

_LIFTS = 3
"""On level ground one lift is enough; on a hill depth is measured across the slope, so that one falls short."""
_SHALLOW = 0.002
"""Metres that may remain after the first."""


def start_frames(count: int, last: int, generator: torch.Generator) -> Tensor:
    """Uniformly random table frames in [0, last]. Shape (count,), int64."""
    return torch.randint(0, last + 1, (count,), generator=generator, device=generator.device)


def add_pose_noise(qpos: Tensor, scale: float, skeleton: ModelLayout, generator: torch.Generator) -> Tensor:
    """Turn the root and every ball joint by a random rotation vector, add to every hinge: normal, ``scale`` radians a component.

    Shape (N, nq) -> (N, nq).
    """
    out = qpos.clone()
    columns = skeleton.quaternions
    noise = _normal((len(qpos), len(columns), 3), generator) * scale
    out[:, columns] = quat_multiply(qpos[:, columns], rotvec_to_quat(noise.to(qpos)))
    hinges = _normal((len(qpos), len(skeleton.hinge_qpos)), generator) * scale
    out[:, skeleton.hinge_qpos] += hinges.to(qpos)
    return out


def add_place_noise(qpos: Tensor, scale: float, generator: torch.Generator) -> Tensor:
    """Move the root in the plane: normal, ``scale`` metres along x and along y. Shape (N, nq) -> (N, nq)."""
    out = qpos.clone()
    out[:, :2] += _normal((len(qpos), 2), generator).to(qpos) * scale
    return out


def add_velocity_noise(qvel: Tensor, scale: float, generator: torch.Generator) -> Tensor:
    """Add normal noise of ``scale`` (m/s, rad/s) to every velocity. Shape (N, nv) -> (N, nv)."""
    return qvel + _normal(qvel.shape, generator).to(qvel) * scale


def add_push(qvel: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """Add up to ``most`` m/s to the root's velocity in the plane, size and direction uniform. Shape (N, nv) -> (N, nv)."""
    out = qvel.clone()
    size, turn = torch.rand((2, len(qvel)), generator=generator, device=generator.device)
    size, angle = most * size, 2.0 * math.pi * turn
    out[:, :2] += torch.stack((size * angle.cos(), size * angle.sin()), dim=1).to(qvel)
    return out


def lifted(qpos: Tensor, ground_distance: Tensor) -> Tensor:
    """Raise the root by the deepest penetration of any body. Shapes (N, nq), (N, nbody) -> (N, nq)."""
    out = qpos.clone()
    out[:, 2] += (-ground_distance.amin(-1)).clamp_min(0.0).to(qpos)
    return out


def place(worlds: Worlds, ids: Tensor, qpos: Tensor, qvel: Tensor) -> None:
    """Put worlds ``ids`` (K,) into a state, lifted out of the ground. Shapes (K, nq), (K, nv)."""
    worlds.reset(ids, qpos, qvel)
    limit = 0.0
    for _ in range(_LIFTS):
        deep = (worlds.ground_distance[ids] < limit).any(-1)
        if not deep.any():
            return
        ids, qpos, qvel = ids[deep], lifted(qpos[deep], worlds.ground_distance[ids[deep]]), qvel[deep]
        worlds.reset(ids, qpos, qvel)
        limit = -_SHALLOW


def place_all(worlds: Worlds, ids: Tensor, qpos: Tensor, qvel: Tensor) -> None:
    """The same without a look at which of them were too deep."""
    worlds.reset(ids, qpos, qvel)
    worlds.reset(ids, lifted(qpos, worlds.ground_distance[ids]), qvel)


def _normal(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, device=generator.device)
