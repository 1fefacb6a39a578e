"""A reference on the ground of its environment: where it is in each world, where it starts, and how it waits."""

import torch
from torch import Tensor

from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.state.heading import heading

_TRIES = 16
"""How often a start is drawn again that would stand over a gap."""


def ends_in_world(frame: ReferenceFrame) -> Tensor:
    """Hands and feet of a reference that was not moved: places in the plane, heights above level ground. Shape (N, E, 3)."""
    cos, sin = (part[:, None] for part in heading(frame.qpos[:, 3:7]))
    x, y, z = frame.end_effectors.unbind(-1)
    root = frame.qpos[:, None, :2]
    return torch.stack((root[..., 0] + cos * x - sin * y, root[..., 1] + sin * x + cos * y, z), dim=-1)


class PlacedReference:
    """Each world's reference is moved in the plane by an offset (N, 2) of its own, and rides on the ground there."""

    def __init__(self, library: MotionLibrary, ground: GroundBelow | None) -> None:
        """``ground`` None is level: then nothing is moved."""
        self._library, self._ground = library, ground

    def frame(self, moment: Tensor, offset: Tensor) -> ReferenceFrame:
        """The reference at moments (K, 2), moved by ``offset`` (K, 2)."""
        frame = self._library.frame(moment)
        return frame if self._ground is None else self._ground.carry(frame, offset)

    def starts(self, moment: Tensor, generator: torch.Generator) -> Tensor:
        """Offsets of references that start at moments (K, 2), drawn as the ground says. Shape (K, 2).

        What cycles starts with its root at one of the ground's places; a clip that does not is laid out from its first frame on. Who
        would stand over a gap is moved on.
        """
        if self._ground is None:
            return torch.zeros((len(moment), 2), device=moment.device)
        frame = self._library.frame(moment)
        root = frame.qpos[:, :2]
        here = torch.where(self._library.cyclic_at(moment)[:, None], root, torch.zeros_like(root))
        offset = self._ground.places(len(moment), generator) - here
        if self._ground.broken:
            ends = ends_in_world(frame)
            for _ in range(_TRIES):
                moved = torch.cat((ends[..., :2] + offset[:, None], ends[..., 2:]), dim=-1)
                other = self._ground.places(len(moment), generator) - here
                offset = torch.where(self._ground.holds(moved)[:, None], offset, other)
        return offset

    def wait(self, frame: ReferenceFrame, root: Tensor, offset: Tensor, distance: float) -> ReferenceFrame:
        """Let references at ``frame`` wait that are further than ``distance`` metres from their characters' ``root`` (N, 3).

        ``offset`` (N, 2) is changed in place.
        """
        apart = root[:, :2] - frame.qpos[:, :2]
        offset += apart * (1.0 - distance / apart.norm(dim=-1, keepdim=True).clamp_min(distance))
        return self.frame(frame.moment, offset)
