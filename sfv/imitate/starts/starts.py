"""Where and in which pose episodes start: first frame, random time (RSI), adaptive poses (ASI), failure-weighted phases."""

import mujoco
import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.starts import reset
from sfv.imitate.starts.asi import AdaptiveStarts
from sfv.imitate.starts.library_phases import LibraryPhases
from sfv.imitate.starts.phases import PhaseBins
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.state.tangent import move_pose, pose_std, within_limits


class Starts:
    """Draws starts and learns from the episodes that follow, for N worlds."""

    def __init__(
        self,
        library: MotionLibrary,
        skeleton: ModelLayout,
        model: mujoco.MjModel,
        config: ImitationConfig,
        num_worlds: int,
        max_steps: int,
    ) -> None:
        """``max_steps``: control steps of an episode of a cyclic clip. Raises SfvError for settings that do not go together."""
        if config.start == "first" and config.failure_weight > 0:
            raise SfvError(
                'failure_weight needs starts along the clip: set start to "rsi" or "asi", or failure_weight to 0'
            )
        self._config, self._skeleton, self._model, self._library = config, skeleton, model, library
        self.asi: AdaptiveStarts | None = None
        remaining = max(round(config.min_remaining_seconds * library.hz), library.stride)
        adaptive, weight = config.start == "asi", config.failure_weight
        bins = config.asi.bins if adaptive else config.failure.bins
        last = [_last_start(one, remaining) for one in library.clips]
        if len(library.clips) > 1:
            if adaptive:
                raise SfvError(
                    'start = "asi" learns the starts of one clip; use "rsi", also with failure_weight, for several'
                )
            self.phases = LibraryPhases(bins, library, last, weight, config.failure)
            return
        alone, self._last = library.clips[0], last[0]
        self.phases = PhaseBins(
            bins, self._last + 1, alone.length, alone.cyclic, weight, config.failure, skeleton.device
        )
        if adaptive:
            steps = torch.div(alone.length - 1 - self.phases.first[:-1], alone.stride, rounding_mode="floor")
            horizon = torch.full_like(steps, max_steps) if alone.cyclic else steps
            self.asi = AdaptiveStarts(pose_std(alone.qpos, skeleton).float(), horizon, num_worlds, config.asi)

    @property
    def prepared(self) -> bool:
        """Starts depend on nothing that episodes teach, so they can be made long before they are used."""
        return self.asi is None and self._config.failure_weight == 0

    def moments(self, count: int, generator: torch.Generator) -> Tensor:
        """Clips and frames at which ``count`` episodes begin, as configured. Shape (count, 2), int64."""
        first = self._config.start == "first"
        if isinstance(self.phases, LibraryPhases):
            if first:
                clips = torch.randint(0, len(self.phases.clips), (count,), generator=generator, device=generator.device)
                return self._library.moments(torch.zeros_like(clips), clips)
            return self.phases.moments(count, generator)
        return self._library.moments(self._frames(count, generator))

    def _frames(self, count: int, generator: torch.Generator) -> Tensor:
        """Of the only clip. Shape (count,), int64."""
        assert isinstance(self.phases, PhaseBins)
        if self._config.start == "first":
            return torch.zeros(count, dtype=torch.long, device=generator.device)
        if self.asi is not None:
            return self.phases.first[self.phases.draw(count, generator)]
        if self._config.failure_weight > 0:
            return self.phases.frames_in(self.phases.draw(count, generator), generator)
        return reset.start_frames(count, self._last, generator)

    def poses(self, ids: Tensor, moments: Tensor, qpos: Tensor, generator: torch.Generator) -> Tensor:
        """Poses in which worlds ``ids`` begin at ``moments`` (K, 2), around the reference's ``qpos``.

        Shapes (K,), (K, 2), (K, nq) -> (K, nq).
        """
        if self.asi is None:
            return self.disturbed(qpos, generator)
        assert isinstance(self.phases, PhaseBins)
        offset = self.asi.draw(ids, self.phases.part(moments[:, 1]), generator)
        return within_limits(move_pose(qpos, offset.to(qpos), self._skeleton), self._model)

    def disturbed(self, qpos: Tensor, generator: torch.Generator) -> Tensor:
        """Poses with the configured start noise. Shape (K, nq)."""
        scale, spread = self._config.start_pose_noise, self._config.start_position_noise
        if scale > 0:
            qpos = reset.add_pose_noise(qpos, scale, self._skeleton, generator)
        return reset.add_place_noise(qpos, spread, generator) if spread > 0 else qpos

    def after_step(self, rewards: Tensor, failed: Tensor, ended: Tensor, moment: Tensor) -> None:
        """Learn from one control step: rewards, failures, whether episodes ended (N,), moments they are in (N, 2)."""
        if self._config.failure_weight > 0:
            self.phases.record(moment, failed)
        if self.asi is not None:
            self.asi.earn(rewards)
            self.asi.finish(ended.nonzero().squeeze(1))

    def state(self) -> dict[str, Tensor]:
        """Everything that changes, by name; the tensors themselves."""
        out = {} if self.asi is None else {f"asi.{name}": value for name, value in self.asi.state().items()}
        return out | ({"failures": self.phases.failures} if self._config.failure_weight > 0 else {})

    def figures(self) -> dict[str, float]:
        """What a training log shows of the starts; empty for plain RSI and first-frame starts."""
        out = {}
        if self._config.failure_weight > 0:
            out["hardest_phase"] = float(self.phases.probabilities().argmax()) / self.phases.bins
            out["highest_probability"] = float(self.phases.probabilities().max())
        if self.asi is not None:
            drawn, rejected, fallen_back, updates = self.asi.tally.tolist()
            out["asi_rejected"] = rejected / max(drawn, 1)
            out["asi_fallbacks"] = fallen_back / max(drawn - rejected + fallen_back, 1)
            out["asi_updates"] = updates
            out["asi_mean_offset"] = float(self.asi.mean.square().mean().sqrt())
            out["asi_std"] = float(self.asi.log_std.exp().mean())
        return out


def _last_start(table: ClipTable, remaining: int) -> int:
    """The last frame at which an episode may begin."""
    return max(table.length - 1 - (0 if table.cyclic else remaining), 0)
