"""The motion library: one or several clips of a character, sampled once, of which each world follows one.

A moment is a clip and a frame of it, two int64 numbers, (N, 2) for N worlds. Frames are counted on through the cycles: in a clip that
cycles frame ``length`` is the second cycle's first. Following costs one gather a step, whatever the number of clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.state.constants import constants


@dataclass(frozen=True)
class ReferenceFrame:
    """Where the reference is, for N worlds."""

    qpos: Tensor
    """Shape (N, nq)."""
    qvel: Tensor
    """Shape (N, nv)."""
    com: Tensor
    """Centre of mass in the world. Shape (N, 3)."""
    end_effectors: Tensor
    """In the reference's own heading frame, height above the ground. Shape (N, E, 3)."""
    servo: Tensor
    """Joint coordinates that the servos aim at during the control step that ends here. Shape (N, nv - 6)."""
    may_touch: Tensor
    """Bodies whose contact with the ground is no fall. Shape (N, nbody), bool."""
    phase: Tensor
    """Share of the cycle or of the clip that has passed, in [0, 1]. Shape (N,)."""
    moment: Tensor
    """Clip and frame. Shape (N, 2), int64."""
    offset: Tensor | None = None
    """How far it was moved in the plane, metres; None: it is where the clip is. Shape (N, 2)."""


class MotionLibrary:
    """The tables of C clips of one character, addressed by (clip, frame)."""

    cyclic: Tensor
    """Whether each clip cycles. Shape (C,), bool."""

    def __init__(self, clips: Sequence[ClipTable]) -> None:
        """Raises SfvError where there is none, or where they differ in the frames of a control step."""
        if len({(one.hz, one.stride) for one in clips}) != 1:
            raise SfvError("a library needs clips, all sampled at one rate")
        self.clips: Sequence[ClipTable] = tuple(clips)
        self.hz, self.stride = clips[0].hz, clips[0].stride
        """Frames a second, and frames in one control step."""
        self.length = torch.tensor([one.length for one in clips])
        """Frames of each clip: one period, or the whole clip with both ends. Shape (C,), int64."""
        self.cyclic = torch.tensor([one.cyclic for one in clips])
        self.ever_cyclic = bool(self.cyclic.any())
        """Whether any of them cycles."""
        self._last = torch.where(self.cyclic, self.length, self.length - 1)
        self._first = self.length.cumsum(0) - self.length
        self._reserved = False
        self._alone = self.clips[0] if len(self.clips) == 1 else None
        self._join()

    @property
    def device(self) -> torch.device:
        """Where the tables are."""
        return self.length.device

    @property
    def rows(self) -> int:
        """Frames of all clips together."""
        return sum(one.length for one in self.clips)

    def to(self, device: torch.device) -> "MotionLibrary":
        """Move the tables; returns itself."""
        for one in self.clips:
            one.to(device)
        self.length, self.cyclic, self._first, self._last = (
            table.to(device) for table in (self.length, self.cyclic, self._first, self._last)
        )
        self._join()
        return self

    def reserve(self, steps: int) -> None:
        """Be ready for episodes of so many control steps and no longer ones, so that ``frame`` need not look at the largest frame."""
        for one in self.clips:
            one.grow_cycles((one.length + (steps + 2) * self.stride) // one.length + 1)
        self._reserved = True
        self._join()

    def moments(self, frames: Tensor, clip: Tensor | int = 0) -> Tensor:
        """Frames of ``clip``, or of one clip each. Shapes (N,), (N,) -> (N, 2), int64."""
        which = torch.full_like(frames, clip) if isinstance(clip, int) else clip
        return torch.stack((which, frames), dim=1)

    def later(self, moment: Tensor, frames: Tensor | int) -> Tensor:
        """The same clips so many frames later. Shapes (N, 2), (N,) -> (N, 2)."""
        out = moment.clone()
        out[:, 1] += frames
        return out

    def row(self, moment: Tensor) -> Tensor:
        """Row of the joined tables, which hold each clip's first cycle one after the other. Shape (N, 2) -> (N,), int64."""
        clip, frame = moment.unbind(1)
        if self._alone is not None:  # no clip to be looked up: a tenth of a control step's gathers
            return frame % self._alone.length if self._alone.cyclic else frame.clamp_max(self._alone.length - 1)
        length = self.length[clip]
        within = torch.where(self.cyclic[clip], frame % length, torch.minimum(frame, length - 1))
        return self._first[clip] + within

    def frame(self, moment: Tensor) -> ReferenceFrame:
        """The references at moments (N, 2), frames >= 0; clips that do not cycle stay at their last frame."""
        row, clip, alone = self.row(moment), moment[:, 0], self._alone
        first = self.clips[0]
        qpos, qvel, com, end_effectors, servo = first.columns(self._table.index_select(0, row))
        if self.ever_cyclic:
            length = self.length[clip] if alone is None else alone.length
            cycle = torch.div(moment[:, 1], length, rounding_mode="floor")
            cycle = cycle if alone is not None else cycle * self.cyclic[clip]
            if not self._reserved:
                self._grow(clip, cycle)
            # a clip that does not cycle stays where it is: its only row in the table of cycles moves nothing
            move = self._cycles.index_select(0, cycle if alone is not None else self._cycle_first[clip] + cycle)
            _move(move, qpos[:, 3:7], qpos[:, :2], qvel[:, :2], com[:, :2])
        if alone is None:
            phase = (row - self._first[clip]).float() / self._last[clip]
        else:
            phase = row.float() / (alone.length if alone.cyclic else alone.length - 1)
        touch = self._may_touch.index_select(0, row)
        return ReferenceFrame(qpos, qvel, com, end_effectors.unflatten(1, (-1, 3)), servo, touch, phase, moment)

    def first_cycles(self) -> ReferenceFrame:
        """Every row of the joined tables."""
        frames = [torch.arange(one.length, device=self.device) for one in self.clips]
        return self.frame(torch.cat([self.moments(rows, clip) for clip, rows in enumerate(frames)]))

    def cyclic_at(self, moment: Tensor) -> Tensor:
        """Whether the clip of each moment cycles. Shape (N,), bool."""
        return self.cyclic[moment[:, 0]] if self._alone is None else self.cyclic.expand(len(moment))

    def steps_left(self, moment: Tensor, most: int) -> Tensor:
        """Control steps from moments to the end of their clips, ``most`` for those that cycle. Shape (N,), int64."""
        clip, frame = moment.unbind(1)
        if self._alone is not None and self._alone.cyclic:
            return torch.full_like(frame, most)
        left = torch.div(self.length[clip] - 1 - frame, self.stride, rounding_mode="floor")
        return torch.where(self.cyclic[clip], most, left)

    def _join(self) -> None:
        """One table of all clips, and one of all their cycles."""
        tables = [one.tables() for one in self.clips]
        self._table, self._may_touch, self._cycles = (torch.cat(columns) for columns in zip(*tables))
        counts = torch.tensor([len(cycles) for _, _, cycles in tables], device=self.device)
        self._cycle_first = counts.cumsum(0) - counts

    def _grow(self, clip: Tensor, cycle: Tensor) -> None:
        """Extend the table of cycles where an episode has gone on for longer than any before."""
        grown = False
        for number, one in enumerate(self.clips):
            mine = cycle if len(self.clips) == 1 else cycle[clip == number]
            if one.cyclic and len(mine):
                grown |= one.grow_cycles(int(mine.max()) + 1)
        if grown:
            self._join()


def _move(cycle: Tensor, quat: Tensor, root: Tensor, velocity: Tensor, com: Tensor) -> None:
    """Turn and shift the first cycle's root to where cycles (rows of ``ClipTable.tables``) begin, in place. (N, 6), (N, 4), (N, 2)."""
    half_cos, half_sin, cos, sin = cycle[:, :4].unsqueeze(-1).unbind(1)
    # the product of (cos, 0, 0, sin) with a quaternion
    quat.copy_(half_cos * quat + half_sin * (quat.flip(-1) * constants((-1.0, -1.0, 1.0, 1.0), quat.device)))
    vectors = torch.stack((root, velocity, com), dim=1)
    x, y = vectors.unbind(-1)
    turned = torch.stack((cos * x - sin * y, sin * x + cos * y), dim=-1)
    torch.add(turned[:, 0], cycle[:, 4:], out=root)
    velocity.copy_(turned[:, 1])
    torch.add(turned[:, 2], cycle[:, 4:], out=com)
