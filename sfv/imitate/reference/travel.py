"""Where a clip is going: its mean velocity over the ground, turning with it."""

import torch
from torch import Tensor

from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.state.heading import heading

_SLOWEST = 0.1
"""Metres a second below which a clip stays where it is, and so goes where it faces."""


class Travel:
    """Mean velocities of a reference: over the cycle that follows, or over all of a clip that does not cycle."""

    def __init__(self, library: MotionLibrary) -> None:
        self._library = library
        self._velocity = torch.cat([_velocities(library, clip) for clip in range(len(library.clips))])
        """Seen from the root's heading, for each row of the table. Shape (rows, 2)."""

    def velocity(self, frame: ReferenceFrame) -> Tensor:
        """In the world, m/s. Shape (N, 2)."""
        cos, sin = heading(frame.qpos[:, 3:7])
        x, y = self._velocity[self._library.row(frame.moment)].unbind(-1)
        return torch.stack((cos * x - sin * y, sin * x + cos * y), dim=-1)

    def angle(self) -> float:
        """From where the root faces to where it goes, on average, radians; 0 for what stays where it is."""
        x, y = self._velocity.mean(0).unbind()
        return float(torch.atan2(y, x)) if float(torch.hypot(x, y)) > _SLOWEST else 0.0


def _velocities(library: MotionLibrary, clip: int) -> Tensor:
    """For each frame of a clip, seen from the root's heading. Shape (length, 2)."""
    table = library.clips[clip]
    frame = library.frame(library.moments(torch.arange(table.length, device=library.device), clip))
    if table.cyclic:
        ahead = library.frame(library.later(frame.moment, table.length)).qpos[:, :2]
        velocity = (ahead - frame.qpos[:, :2]) * (library.hz / table.length)
    else:
        whole = frame.qpos[-1:, :2] - frame.qpos[:1, :2]
        velocity = (whole * (library.hz / (table.length - 1))).expand(len(frame.qpos), 2)
    cos, sin = heading(frame.qpos[:, 3:7])
    x, y = velocity.unbind(-1)
    return torch.stack((cos * x + sin * y, cos * y - sin * x), dim=-1)
