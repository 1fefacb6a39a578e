"""Several clips in one table, for one policy: each world follows a clip of its own, and table frames say which.

Table frame ``clip * SPAN + frame`` is frame ``frame`` of that clip, so that counting on through an episode stays in the clip and
nothing that follows a reference needs to know that there are several.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.observations.deepmimic import clip_features
from sfv.imitate.reference.table import Reference, ReferenceFrame

SPAN = 1 << 32
"""More frames than any episode has: half a year at 240 Hz."""


class ReferenceLibrary:
    """The references of C clips of one character. Looks like one ``Reference``."""

    cyclic: Tensor
    """Whether each clip cycles. Shape (C,), bool."""

    def __init__(self, references: Sequence[Reference]) -> None:
        """Raises SfvError where there is none, or where they differ in the frames of a control step."""
        if len({(one.hz, one.stride) for one in references}) != 1:
            raise SfvError("a library needs clips, all sampled at one rate")
        self.references = tuple(references)
        self.hz, self.stride = references[0].hz, references[0].stride
        self.clips = len(references)
        self.length = torch.tensor([one.length for one in references])
        """Frames of each clip. Shape (C,), int64."""
        self.cyclic = torch.tensor([one.cyclic for one in references])
        self.ever_cyclic = bool(self.cyclic.any())
        """Whether any of them cycles."""
        self._first = torch.cat((torch.zeros(1, dtype=torch.long), self.length.cumsum(0)[:-1]))
        self._join()

    @property
    def device(self) -> torch.device:
        """Where the table is."""
        return self.length.device

    @property
    def rows(self) -> int:
        """Frames of all clips together."""
        return sum(one.length for one in self.references)

    def to(self, device: torch.device) -> "ReferenceLibrary":
        """Move the table; returns itself."""
        for one in self.references:
            one.to(device)
        self.length, self.cyclic, self._first = (table.to(device) for table in (self.length, self.cyclic, self._first))
        self._join()
        return self

    def reserve(self, steps: int) -> None:
        """Be ready for episodes of so many control steps."""
        for one in self.references:
            one.reserve(steps)
        self._join()

    def at(self, clip: Tensor, frame: Tensor) -> Tensor:
        """Table frames of frames within clips. Shapes (N,), int64."""
        return clip * SPAN + frame

    def clip(self, index: Tensor) -> Tensor:
        """Clip that table frames belong to. Shape (N,), int64."""
        return torch.div(index, SPAN, rounding_mode="floor")

    def row(self, index: Tensor) -> Tensor:
        """Row of the joined tables, which hold each clip's first cycle one after the other. Shape (N,), int64."""
        clip, frame = self.clip(index), index % SPAN
        length = self.length[clip]
        within = torch.where(self.cyclic[clip], frame % length, torch.minimum(frame, length - 1))
        return self._first[clip] + within

    def frame(self, index: Tensor) -> ReferenceFrame:
        """The references at table frames ``index`` (N,), int64."""
        clip, frame = self.clip(index), index % SPAN
        row, cyclic, length = self.row(index), self.cyclic[clip], self.length[clip]
        cycle = torch.div(frame, length, rounding_mode="floor") * cyclic
        if not self.references[0].reserved:
            self._grow(clip, cycle)
        first = self.references[0]
        qpos, qvel, com, end_effectors, servo = first.columns(self._table.index_select(0, row))
        # a clip that does not cycle stays where it is: its only row in the table of cycles moves nothing
        move = self._cycles.index_select(0, self._cycle_first[clip] + cycle)
        Reference.move(move, qpos[:, 3:7], qpos[:, :2], qvel[:, :2], com[:, :2])
        phase = (row - self._first[clip]).float() / torch.where(cyclic, length, length - 1)
        touch = self._may_touch.index_select(0, row)
        ends = end_effectors.unflatten(1, (-1, 3))
        return ReferenceFrame(qpos, qvel, com, ends, servo, touch, phase, index)

    def first_cycles(self) -> ReferenceFrame:
        """Every row of the joined tables."""
        lengths = self.length.tolist()
        return self.frame(
            torch.cat([clip * SPAN + torch.arange(n, device=self.device) for clip, n in enumerate(lengths)])
        )

    def cyclic_at(self, index: Tensor) -> Tensor:
        """Whether the clip of each table frame cycles. Shape (N,), bool."""
        return self.cyclic[self.clip(index)]

    def steps_left(self, start: Tensor, most: int) -> Tensor:
        """As ``Reference.steps_left``."""
        clip = self.clip(start)
        left = torch.div(self.length[clip] - 1 - start % SPAN, self.stride, rounding_mode="floor")
        return torch.where(self.cyclic[clip], most, left)

    def view(self, frame: ReferenceFrame) -> Tensor:
        """What a policy sees of the time and of which clip it is: see ``observation.clip_features``. Shape (N, 3 + C)."""
        clip = self.clip(frame.index)
        return clip_features(frame.phase, self.cyclic[clip], clip, self.clips)

    def _join(self) -> None:
        """One table of all clips, and one of all their cycles."""
        tables = [one.tables() for one in self.references]
        self._table, self._may_touch, self._cycles = (torch.cat(columns) for columns in zip(*tables))
        counts = torch.tensor([len(cycles) for _, _, cycles in tables], device=self.device)
        self._cycle_first = counts.cumsum(0) - counts

    def _grow(self, clip: Tensor, cycle: Tensor) -> None:
        """Extend the table of cycles where an episode has gone on for longer than any before."""
        before = len(self._cycles)
        for number, one in enumerate(self.references):
            mine = cycle[clip == number]
            if one.cyclic and len(mine):
                one.grow_cycles(int(mine.max()) + 1)
        if sum(len(one.tables()[2]) for one in self.references) != before:
            self._join()
