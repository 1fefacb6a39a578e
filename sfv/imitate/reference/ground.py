"""The ground under N characters: how high it is where they are, and the reference carried over it."""

from dataclasses import replace

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor

from sfv.environment.terrain import Terrain
from sfv.imitate.reference.library import ReferenceFrame

_CLIMB_SECONDS = 0.05
"""Over so much of its way the climbing speed of a start is measured: shorter than a step, longer than an edge of the grid."""


_STANDING = 0.15
"""Hands and feet lower than this stand or are about to, metres above the ground: an ankle is 0.06 to 0.09 high in a standing foot."""
_HOLE = 0.05
"""Ground that is so much lower than it was meant to be is none to stand on, metres."""


class HeightTable:
    """Heights on a grid, looked up by place."""

    def __init__(self, heights: np.ndarray, corner: tuple[float, float], spacing: float, smooth: bool) -> None:
        """``heights`` (nx, ny), metres, from ``corner`` on; beyond the grid its border counts."""
        self._heights = torch.from_numpy(heights).float().contiguous()
        self._corner, self._spacing, self._smooth = corner, spacing, smooth

    def to(self, device: torch.device) -> "HeightTable":
        """Move it; returns itself."""
        self._heights = self._heights.to(device)
        return self

    def at(self, xy: Tensor) -> Tensor:
        """Shape (..., 2) -> (...)."""
        nx, ny = self._heights.shape
        x = ((xy[..., 0] - self._corner[0]) / self._spacing).clamp(0, nx - 1)
        y = ((xy[..., 1] - self._corner[1]) / self._spacing).clamp(0, ny - 1)
        if not self._smooth:
            return self._cell(x.round().long(), y.round().long())
        i, j = x.long().clamp_max(nx - 2), y.long().clamp_max(ny - 2)
        u, v = x - i, y - j
        low = (1 - u) * self._cell(i, j) + u * self._cell(i + 1, j)
        high = (1 - u) * self._cell(i, j + 1) + u * self._cell(i + 1, j + 1)
        return (1 - v) * low + v * high

    def _cell(self, i: Tensor, j: Tensor) -> Tensor:
        return self._heights.view(-1)[i * self._heights.shape[1] + j]


class GroundBelow:
    """A terrain as tables: its surface, what is meant to be stood on, and the way of a reference's root over it."""

    def __init__(self, terrain: Terrain, device: torch.device) -> None:
        x0, x1, y0, y1 = terrain.region()
        step = terrain.spacing
        xs, ys = np.arange(x0, x1 + step / 2, step), np.arange(y0, y1 + step / 2, step)
        x, y = np.meshgrid(xs, ys, indexing="ij")
        corner = (x0, y0)
        surface = terrain.surface(x, y)
        # GroundBelow that the clip was recorded on is part of its heights already: they are measured from 0 as in the clip.
        support = terrain.support(x, y) if terrain.follow else np.zeros_like(surface)
        way = gaussian_filter(support, terrain.blur / step, mode="nearest") if terrain.blur else support
        smooth = terrain.smooth
        self.surface = HeightTable(surface, corner, step, smooth).to(device)
        """True heights."""
        self.support = HeightTable(support, corner, step, smooth).to(device)
        """What feet are meant to stand on: gaps are closed."""
        self.way = HeightTable(way, corner, step, True).to(device)
        """The support, levelled as a root goes over it."""
        self._starts = torch.tensor(terrain.starts(), device=device)
        self.follow = terrain.follow
        self.broken = bool((surface < support - _HOLE).any())
        """There are holes in it: gaps, the drops beside a beam."""

    def places(self, count: int, generator: torch.Generator) -> Tensor:
        """Where ``count`` episodes start. Shape (count, 2), metres."""
        device = self._starts.device
        which = torch.randint(0, len(self._starts), (count,), generator=generator, device=device)
        low, high = self._starts[which][:, 0::2], self._starts[which][:, 1::2]
        return low + (high - low) * torch.rand((count, 2), generator=generator, device=device)

    def carry(self, frame: ReferenceFrame, offset: Tensor) -> ReferenceFrame:
        """The reference moved in the plane by ``offset`` (N, 2) and put on the ground there, climbing with it."""
        qpos, com, qvel = frame.qpos.clone(), frame.com.clone(), frame.qvel.clone()
        qpos[:, :2] += offset
        com[:, :2] += offset
        height = self.way.at(qpos[:, :2])
        qpos[:, 2] += height
        com[:, 2] += height
        ahead = qpos[:, :2] + _CLIMB_SECONDS * qvel[:, :2]
        qvel[:, 2] += (self.way.at(ahead) - height) / _CLIMB_SECONDS
        return replace(frame, qpos=qpos, com=com, qvel=qvel, offset=offset)

    def holds(self, ends: Tensor) -> Tensor:
        """Whether no hand or foot near the ground is over a hole. Places in the plane and heights above the ground (N, E, 3) -> (N,)."""
        here = ends[..., :2]
        whole = self.surface.at(here) > self.support.at(here) - _HOLE
        return (whole | (ends[..., 2] > _STANDING)).all(dim=1)

    def above(self, positions: Tensor) -> Tensor:
        """Positions with their height above the ground in place of z. Shape (..., 3)."""
        out = positions.clone()
        out[..., 2] -= self.support.at(positions[..., :2])
        return out
