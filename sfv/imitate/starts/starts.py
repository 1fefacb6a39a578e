"""Where and in which pose episodes start: first frame, random time (RSI), adaptive poses (ASI), failure-weighted phases."""

import mujoco
import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.reference.library import SPAN, ReferenceLibrary
from sfv.imitate.reference.table import Reference
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
        reference: Reference | ReferenceLibrary,
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
        self._config, self._skeleton, self._model = config, skeleton, model
        self.asi: AdaptiveStarts | None = None
        remaining = max(round(config.min_remaining_seconds * reference.hz), reference.stride)
        adaptive, weight = config.start == "asi", config.failure_weight
        bins = config.asi.bins if adaptive else config.failure.bins
        if isinstance(reference, ReferenceLibrary):
            if adaptive:
                raise SfvError(
                    'start = "asi" learns the starts of one clip; use "rsi", also with failure_weight, for several'
                )
            last = tuple(_last_start(one, remaining) for one in reference.references)
            self.phases = LibraryPhases(bins, reference, last, weight, config.failure)
            return
        self._last = _last_start(reference, remaining)
        self.phases = PhaseBins(
            bins, self._last + 1, reference.length, reference.cyclic, weight, config.failure, skeleton.device
        )
        if adaptive:
            steps = torch.div(reference.length - 1 - self.phases.first[:-1], reference.stride, rounding_mode="floor")
            horizon = torch.full_like(steps, max_steps) if reference.cyclic else steps
            self.asi = AdaptiveStarts(pose_std(reference.qpos, skeleton).float(), horizon, num_worlds, config.asi)

    @property
    def prepared(self) -> bool:
        """Starts depend on nothing that episodes teach, so they can be made long before they are used."""
        return self.asi is None and self._config.failure_weight == 0

    def frames(self, count: int, generator: torch.Generator) -> Tensor:
        """Table frames at which ``count`` episodes begin, as configured. Shape (count,), int64."""
        first = self._config.start == "first"
        if isinstance(self.phases, LibraryPhases):
            if first:
                clips = torch.randint(0, len(self.phases.clips), (count,), generator=generator, device=generator.device)
                return clips * SPAN
            return self.phases.frames(count, generator)
        if first:
            return torch.zeros(count, dtype=torch.long, device=generator.device)
        if self.asi is not None:
            return self.phases.first[self.phases.draw(count, generator)]
        if self._config.failure_weight > 0:
            return self.phases.frames_in(self.phases.draw(count, generator), generator)
        return reset.start_frames(count, self._last, generator)

    def poses(self, ids: Tensor, frames: Tensor, qpos: Tensor, generator: torch.Generator) -> Tensor:
        """Poses in which worlds ``ids`` begin at table frames from ``frames()``, around the reference's ``qpos``.

        Shapes (K,), (K,), (K, nq) -> (K, nq).
        """
        if self.asi is None:
            return self.disturbed(qpos, generator)
        assert isinstance(self.phases, PhaseBins)
        offset = self.asi.draw(ids, self.phases.part(frames), generator)
        return within_limits(move_pose(qpos, offset.to(qpos), self._skeleton), self._model)

    def disturbed(self, qpos: Tensor, generator: torch.Generator) -> Tensor:
        """Poses with the configured start noise. Shape (K, nq)."""
        scale, spread = self._config.start_pose_noise, self._config.start_position_noise
        if scale > 0:
            qpos = reset.add_pose_noise(qpos, scale, self._skeleton, generator)
        return reset.add_place_noise(qpos, spread, generator) if spread > 0 else qpos

    def after_step(self, rewards: Tensor, failed: Tensor, ended: Tensor, index: Tensor) -> None:
        """Learn from one control step: rewards, failures, whether episodes ended, table frames they are in. Shapes (N,)."""
        if self._config.failure_weight > 0:
            self.phases.record(index, failed)
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


def _last_start(reference: Reference, remaining: int) -> int:
    """The last table frame at which an episode may begin."""
    return max(reference.length - 1 - (0 if reference.cyclic else remaining), 0)
