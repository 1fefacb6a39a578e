"""Where a clip is going: its mean velocity over the ground, turning with it."""

import torch
from torch import Tensor

from sfv.imitate.reference.library import ReferenceLibrary
from sfv.imitate.reference.table import Reference, ReferenceFrame
from sfv.imitate.state.heading import heading

_SLOWEST = 0.1
"""Metres a second below which a clip stays where it is, and so goes where it faces."""


class Way:
    """Mean velocities of a reference: over the cycle that follows, or over all of a clip that does not cycle."""

    def __init__(self, reference: Reference | ReferenceLibrary) -> None:
        self._reference = reference
        alone = isinstance(reference, Reference)
        parts = [_velocities(one) for one in ((reference,) if alone else reference.references)]
        self._velocity = torch.cat(parts)
        """Seen from the root's heading, for each row of the table. Shape (rows, 2)."""

    def velocity(self, frame: ReferenceFrame) -> Tensor:
        """In the world, m/s. Shape (N, 2)."""
        cos, sin = heading(frame.qpos[:, 3:7])
        x, y = self._velocity[self._reference.row(frame.index)].unbind(-1)
        return torch.stack((cos * x - sin * y, sin * x + cos * y), dim=-1)

    def angle(self) -> float:
        """From where the root faces to where it goes, on average, radians; 0 for what stays where it is."""
        x, y = self._velocity.mean(0).unbind()
        return float(torch.atan2(y, x)) if float(torch.hypot(x, y)) > _SLOWEST else 0.0


def _velocities(reference: Reference) -> Tensor:
    """For each frame of a clip, seen from the root's heading. Shape (length, 2)."""
    frame = reference.first_cycles()
    if reference.cyclic:
        ahead = reference.frame(frame.index + reference.length).qpos[:, :2]
        velocity = (ahead - frame.qpos[:, :2]) * (reference.hz / reference.length)
    else:
        whole = frame.qpos[-1:, :2] - frame.qpos[:1, :2]
        velocity = (whole * (reference.hz / (reference.length - 1))).expand(len(frame.qpos), 2)
    cos, sin = heading(frame.qpos[:, 3:7])
    x, y = velocity.unbind(-1)
    return torch.stack((cos * x + sin * y, cos * y - sin * x), dim=-1)
