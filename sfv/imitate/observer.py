"""The whole observation of the imitation task: the phase, the character, and how far it is from the reference."""

import torch
from torch import Tensor

from sfv.imitate import observation
from sfv.imitate.heading import Heading, heading
from sfv.imitate.reference import ReferenceFrame
from sfv.physics.worlds import Worlds


class Observer:
    """Puts the parts together that the configuration asks for."""

    def __init__(self, root: int, cyclic: bool, with_reference: bool) -> None:
        """``root``: the body with the free joint; ``with_reference``: show the way to the reference's root."""
        self._root, self._cyclic, self._with_reference = root, cyclic, with_reference

    def observe(
        self, worlds: Worlds, frame: ReferenceFrame, ids: Tensor | None = None, turn: Heading | None = None
    ) -> Tensor:
        """Observations of worlds ``ids`` (K,), of all where None, whose reference is at ``frame``. Shape (K, O).

        ``turn`` is the roots' heading where the caller has it already.
        """
        rows = slice(None) if ids is None else ids  # a slice is a view, not a copy
        xpos, xquat = worlds.xpos[rows], worlds.xquat[rows]
        turn = heading(xquat[:, self._root]) if turn is None else turn
        com = worlds.subtree_com[rows, self._root]
        parts = [
            observation.phase_features(frame.phase, self._cyclic),
            observation.body_state(xpos, xquat, worlds.cvel[rows], com, self._root, turn),
        ]
        if self._with_reference:
            root_pos, root_quat = xpos[:, self._root], xquat[:, self._root]
            parts.append(observation.reference_offset(root_pos, root_quat, frame.qpos[:, :3], frame.qpos[:, 3:7], turn))
        return torch.cat(parts, dim=-1)
