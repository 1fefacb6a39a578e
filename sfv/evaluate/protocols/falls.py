"""What is kept of each failure while trials are played: when, how, and the poses before it."""

from collections import deque

import torch
from torch import Tensor

from sfv.evaluate.protocols.result import Failure
from sfv.imitate.worlds_env import ImitationWorlds

MOMENTS = (0.4, 0.2, 0.0)
"""Seconds before a failure of which the poses are kept."""


class Falls:
    """Of N worlds, the first failure of each."""

    def __init__(self, core: ImitationWorlds) -> None:
        count = core.num_worlds
        self._core, self.hz = core, core.control_hz
        self._reach = [round(seconds * self.hz) for seconds in MOMENTS]
        self._history: deque[Tensor] = deque([core.worlds.qpos.float().clone()], maxlen=max(self._reach) + 1)
        self.failed = torch.zeros(count, dtype=torch.bool)
        """Shape (N,)."""
        self._steps = torch.zeros(count, dtype=torch.long)
        self._phase = torch.zeros(count)
        self._how = [""] * count
        self._poses = torch.zeros(count, len(self._reach), core.worlds.model.nq)
        self._step = 0

    def look(self, failed: Tensor) -> None:
        """Call after each control step with the worlds that failed in it, (N,) bool; a world counts once."""
        core = self._core
        self._step += 1
        self._history.append(core.worlds.qpos.float().clone())
        ids = (failed & ~self.failed).nonzero().squeeze(1)
        if len(ids) == 0:
            return
        self.failed[ids] = True
        self._steps[ids] = self._step
        newest, frame = len(self._history) - 1, core.frame
        self._phase[ids] = frame.phase[ids]
        self._poses[ids] = torch.stack([self._history[max(newest - back, 0)][ids] for back in self._reach], dim=1)
        self._describe(ids, frame.may_touch, frame.qpos)

    def failure(self, rows: slice, protocol: str, sweep: str, setting: str, env: str = "") -> Failure | None:
        """What the first world of ``rows`` that failed did, as the failure of this condition; None where none failed."""
        failed = self.failed[rows].nonzero().squeeze(1)
        if len(failed) == 0:
            return None
        first = rows.start + int(failed[0])
        return Failure(
            protocol=protocol,
            sweep=sweep,
            setting=setting,
            failed=len(failed),
            n=rows.stop - rows.start,
            seconds=float(self._steps[first]) / self.hz,
            phase=float(self._phase[first]),
            how=self._how[first],
            env=env,
            poses=self._poses[first].double().numpy(),
        )

    def _describe(self, ids: Tensor, may_touch: Tensor, reference: Tensor) -> None:
        """Write for worlds ``ids`` what ended them: of several bodies that touch the ground the deepest one counts."""
        worlds = self._core.worlds
        wrong = worlds.ground_contact & ~may_touch
        deepest = worlds.ground_distance.masked_fill(~wrong, torch.inf).argmin(1)
        far = (worlds.qpos[:, :3] - reference[:, :3]).norm(dim=1)
        for i in ids.tolist():
            if bool(worlds.diverged[i]):
                self._how[i] = "the physics broke down"
            elif bool(wrong[i].any()):
                self._how[i] = f"{worlds.model.body(int(deepest[i])).name} touched the ground"
            else:
                self._how[i] = f"strayed, {float(far[i]):.1f} m from the reference"
