"""Adaptive starts that are failures already: they count as such and are drawn again, in the end without noise at all."""

import torch
from torch import Tensor

from sfv.imitate.reference.library import ReferenceFrame
from sfv.imitate.starts import reset
from sfv.imitate.starts.asi import AdaptiveStarts
from sfv.imitate.starts.starts import Starts
from sfv.imitate.terminations.early import fallen, strayed
from sfv.physics.worlds import Worlds


class Redraw:
    """Of N worlds whose characters' first body is ``root``."""

    def __init__(self, worlds: Worlds, starts: Starts, root: int, redraws: int) -> None:
        """``redraws``: how often a start is drawn again."""
        self._worlds, self._starts, self._root, self._redraws = worlds, starts, root, redraws

    def failures(
        self,
        adaptive: AdaptiveStarts,
        ids: Tensor,
        start: Tensor,
        frame: ReferenceFrame,
        qvel: Tensor,
        distance: float,
        generator: torch.Generator,
    ) -> None:
        """Put those of worlds ``ids`` (K,) anew that were placed into a failure.

        They started at moments ``start`` (K, 2), which are ``frame``, with velocities ``qvel`` (K, nv); who is further than
        ``distance`` metres from the reference has failed.
        """
        rows = self._failed(ids, frame, torch.arange(len(ids), device=ids.device), distance)
        for attempt in range(self._redraws + 1):
            if len(rows) == 0:
                return
            again = ids[rows]
            adaptive.reject(again)
            if attempt < self._redraws:
                qpos = self._starts.poses(again, start[rows], frame.qpos[rows], generator)
            else:
                adaptive.fall_back(again)
                qpos = frame.qpos[rows]
            reset.place(self._worlds, again, qpos, qvel[rows])
            rows = self._failed(ids, frame, rows, distance)

    def _failed(self, ids: Tensor, frame: ReferenceFrame, rows: Tensor, distance: float) -> Tensor:
        """Those of ``rows`` whose world ``ids[row]`` stands in a failure. Shape (K,), int64."""
        worlds, root, chosen = self._worlds, self._root, ids[rows]
        failed = worlds.diverged[chosen] | fallen(worlds.ground_contact[chosen], frame.may_touch[rows])
        place, com = worlds.xpos[chosen, root], worlds.subtree_com[chosen, root]
        far = strayed(place, com, frame.qpos[rows, :3], frame.com[rows], distance)
        return rows[failed | far]
