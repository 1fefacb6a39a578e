"""What is seen of the ground around the character."""

import torch
from torch import Tensor

from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.state.heading import Heading, end_effectors_in_heading, heading

LIMIT = 1.0
"""Heights beyond this are seen as this, metres: deep is deep."""


_ALONG = (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05)
_ACROSS = (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3, 0.45, 0.6)
"""Metres along and across the way of who goes sideways: a cartwheel's hands come down 0.8 m from the root."""


def sideways_places(qpos: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Where to look for poses (T, nq) that go sideways, as a cartwheel does: metres ahead, and metres to the left.

    None for what goes ahead, back or nowhere in its own heading. A cartwheel over gaps that saw no further than 0.3 m to its sides
    stayed at 86 % of its starts (docs/results/trials.md).
    """
    turn = heading(qpos[:-1, 3:7])
    step = torch.zeros((len(qpos) - 1, 1, 3)).to(qpos)
    step[:, 0, :2] = qpos[1:, :2] - qpos[:-1, :2]
    ahead, left, _ = end_effectors_in_heading(step, torch.zeros_like(step[:, 0]), turn).sum(0)[0].tolist()
    if abs(left) < max(abs(ahead), _ALONG[-1] / 2):
        return None
    return _ACROSS, _ALONG if left > 0 else tuple(-place for place in reversed(_ALONG))


class HeightMap:
    """Heights at points around the root, turned with its heading."""

    def __init__(self, ahead: tuple[float, ...], aside: tuple[float, ...], device: torch.device) -> None:
        """Points at every combination of ``ahead`` and ``aside`` (to the left), metres from the root."""
        x, y = torch.meshgrid(torch.tensor(ahead), torch.tensor(aside), indexing="ij")
        self._x, self._y = x.flatten().to(device), y.flatten().to(device)
        self.size = len(self._x)
        """Numbers in a map."""

    def look(self, root_pos: Tensor, turn: Heading, ground: GroundBelow | None) -> Tensor:
        """Heights of the surface over the ground under the root (N, 3); of level ground where None. Shape (N, size)."""
        if ground is None:
            return root_pos.new_zeros((len(root_pos), self.size))
        cos, sin = (part[:, None] for part in turn)
        x = root_pos[:, :1] + cos * self._x - sin * self._y
        y = root_pos[:, 1:2] + sin * self._x + cos * self._y
        here = ground.support.at(root_pos[:, :2])[:, None]
        return (ground.surface.at(torch.stack((x, y), dim=-1)) - here).clamp(-LIMIT, LIMIT)
