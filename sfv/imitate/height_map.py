"""What is seen of the ground around the character."""

import torch
from torch import Tensor

from sfv.imitate.ground import Ground
from sfv.imitate.heading import Heading

LIMIT = 1.0
"""Heights beyond this are seen as this, metres: deep is deep."""


class HeightMap:
    """Heights at points around the root, turned with its heading."""

    def __init__(self, ahead: tuple[float, ...], aside: tuple[float, ...], device: torch.device) -> None:
        """Points at every combination of ``ahead`` and ``aside`` (to the left), metres from the root."""
        x, y = torch.meshgrid(torch.tensor(ahead), torch.tensor(aside), indexing="ij")
        self._x, self._y = x.flatten().to(device), y.flatten().to(device)
        self.size = len(self._x)
        """Numbers in a map."""

    def look(self, root_pos: Tensor, turn: Heading, ground: Ground | None) -> Tensor:
        """Heights of the surface over the ground under the root (N, 3); of level ground where None. Shape (N, size)."""
        if ground is None:
            return root_pos.new_zeros((len(root_pos), self.size))
        cos, sin = (part[:, None] for part in turn)
        x = root_pos[:, :1] + cos * self._x - sin * self._y
        y = root_pos[:, 1:2] + sin * self._x + cos * self._y
        here = ground.support.at(root_pos[:, :2])[:, None]
        return (ground.surface.at(torch.stack((x, y), dim=-1)) - here).clamp(-LIMIT, LIMIT)
