"""Where in several clips episodes start: clips drawn alike, or clips and moments more often where the policy fails."""

import torch
from torch import Tensor

from sfv.imitate.config import FailureConfig
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.starts.phases import PhaseBins


class LibraryPhases:
    """``PhaseBins`` of every clip. Without failure weights each clip is as likely as any other; with them a part is drawn by its
    failures among those of all clips, so that clips which are mastered are visited less."""

    def __init__(
        self, bins: int, library: MotionLibrary, last: list[int], weight: float, config: FailureConfig
    ) -> None:
        """``last``: the last possible start frame of each clip. Raises SfvError for settings out of range."""
        self._library, self._weight = library, weight
        self.clips = [
            PhaseBins(bins, frames + 1, one.length, one.cyclic, weight, config, library.device)
            for frames, one in zip(last, library.clips)
        ]
        self._last = torch.tensor(last, device=library.device)
        self._first_bin = torch.tensor([0] + [one.bins for one in self.clips], device=library.device).cumsum(0)
        self._edges = torch.cat([one.first[:-1] for one in self.clips])
        self._ends = torch.cat([one.first[1:] for one in self.clips])
        self._clip = torch.cat([torch.full_like(one.first[1:], clip) for clip, one in enumerate(self.clips)])
        self.failures = torch.zeros(len(self._clip), device=library.device)
        """Exponential average of the failures a control step in each part. Shape (parts,)."""
        self._config = config

    @property
    def bins(self) -> int:
        """Parts of all clips together."""
        return len(self._clip)

    def probabilities(self) -> Tensor:
        """Chance of each part to be started in. Shape (bins,), sum 1."""
        scores = []
        for clip, one in enumerate(self.clips):
            one.failures = self.failures[self._first_bin[clip] : self._first_bin[clip + 1]]
            scores.append(one.scores())
        score, floor = torch.cat(scores), self._config.floor
        hard = (score + floor / self.bins) / (score.sum() + floor)
        alike = torch.cat([torch.full_like(one.failures, 1.0 / (one.bins * len(self.clips))) for one in self.clips])
        return self._weight * hard + (1.0 - self._weight) * alike

    def moments(self, count: int, generator: torch.Generator) -> Tensor:
        """Random clips and frames at which episodes begin. Shape (count, 2), int64."""
        if self._weight > 0.0:
            part = torch.multinomial(self.probabilities(), count, replacement=True, generator=generator)
            return self._within(self._clip[part], self._edges[part], self._ends[part] - self._edges[part], generator)
        clip = torch.randint(0, len(self.clips), (count,), generator=generator, device=generator.device)
        return self._within(clip, torch.zeros_like(clip), self._last[clip] + 1, generator)

    def record(self, moment: Tensor, failed: Tensor) -> None:
        """Count one control step's failures at moments (N, 2); failed (N,), bool."""
        counts = torch.zeros_like(self.failures)
        clip, frame = moment.unbind(1)
        for number, one in enumerate(self.clips):
            here = failed & (clip == number)
            part = one.part(frame) + self._first_bin[number]
            counts.index_add_(0, part, here.to(counts.dtype))
        self.failures += self._config.memory * (counts - self.failures)

    def _within(self, clip: Tensor, first: Tensor, width: Tensor, generator: torch.Generator) -> Tensor:
        share = torch.rand(clip.shape, generator=generator, device=generator.device)
        return self._library.moments(first + (share * width).long().clamp_max(width - 1), clip)
