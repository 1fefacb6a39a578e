"""The whole observation of the imitation task: the phase, the character, how far it is from the reference, ground, object."""

from typing import Protocol

import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.observations import deepmimic as observation
from sfv.imitate.observations.height_map import HeightMap
from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.state.heading import Heading, heading
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.terms import OBSERVATIONS, Term, View
from sfv.physics.worlds import Worlds

_FIRST = torch.zeros(1, dtype=torch.long)


class SeenTask(Protocol):
    """A task beside the imitation, of which the policy sees something."""

    def observe(self, worlds: Worlds, rows: slice | Tensor, root_pos: Tensor, turn: Heading) -> Tensor:
        """What it sees in worlds ``rows`` (K,), whose roots are at ``root_pos`` (K, 3), in the heading frame ``turn``. Shape (K, any)."""
        ...


class Observer:
    """Puts the parts together that the configuration asks for."""

    def __init__(
        self,
        library: MotionLibrary,
        skeleton: ModelLayout,
        config: ImitationConfig,
        control_hz: float,
        ground: GroundBelow | None = None,
        task: SeenTask | None = None,
    ) -> None:
        """``ground`` None is level, ``task`` None has no object. Raises SfvError for target times that lie before the next control step."""
        self._library, self._skeleton, self._root = library, skeleton, skeleton.root
        self._one_of = config.one_of
        self._ground, self._task = ground, task
        self._added, self._hz = OBSERVATIONS.terms(config.observations), control_hz
        ahead, aside = config.height_map_ahead, config.height_map_aside
        self._map = HeightMap(ahead, aside, skeleton.device) if config.height_map else None
        self._with_reference = config.observe_reference
        steps = [round(seconds * control_hz) for seconds in config.target_seconds]
        if steps and min(steps) < 1:
            raise SfvError(
                f"target_seconds must be at least one control step of {1 / control_hz:.3f} s, got {config.target_seconds}"
            )
        begin = library.frame(library.moments(_FIRST.to(skeleton.device)))
        self.clock = 0 if config.clip_view == "targets" else self._time(begin).shape[1]
        """Columns at the beginning that are of the clip's time: they come from no sensor."""
        self._targets = tuple(step * library.stride for step in steps) if config.clip_view == "targets" else ()
        if config.clip_view == "targets" and not steps:
            raise SfvError('clip_view = "targets" needs target_seconds, for example 0.033 0.2 0.5')

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
        state = observation.body_state(xpos, xquat, worlds.cvel[rows], com, self._root, turn)
        if self._ground is not None:
            state[:, 0] -= self._ground.support.at(xpos[:, self._root, :2])
        parts = [*self._of_the_clip(frame, xpos[:, self._root], turn), state]
        if self._with_reference:
            root_pos, root_quat = xpos[:, self._root], xquat[:, self._root]
            parts.append(observation.reference_offset(root_pos, root_quat, frame.qpos[:, :3], frame.qpos[:, 3:7], turn))
        if self._map is not None:  # last, so that a policy without it can be given it
            parts.append(self._map.look(xpos[:, self._root], turn, self._ground))
        if self._task is not None:
            parts.append(self._task.observe(worlds, rows, xpos[:, self._root], turn))
        if self._added:
            view = View(worlds, rows, frame, self._skeleton, self._ground, self._hz)
            parts += [self._checked(term, term(view), len(state)) for term in self._added]
        return torch.cat(parts, dim=-1)

    @staticmethod
    def _checked(term: Term, values: Tensor, count: int) -> Tensor:
        """What an added term gave. Raises SfvError where that is not (K, any)."""
        if values.ndim != 2 or len(values) != count:
            raise SfvError(
                f"the observation term {term.name} gives shape {tuple(values.shape)}; one row of numbers is needed for each "
                f"of {count} worlds"
            )
        return values.float()

    def _of_the_clip(self, frame: ReferenceFrame, root_pos: Tensor, turn: Heading) -> list[Tensor]:
        """Where in which clip it is, or what the reference does next."""
        if not self._targets:
            return [self._time(frame)]
        out = []
        for ahead in self._targets:
            target = self._library.frame(self._library.later(frame.moment, ahead))
            if self._ground is not None and frame.offset is not None:
                target = self._ground.carry(target, frame.offset)
            out.append(observation.target_features(root_pos, target.qpos[:, :7], turn))
            out.append(self._skeleton.coordinates(target.qpos))
        return out

    def _time(self, frame: ReferenceFrame) -> Tensor:
        """Phase, and which clip of several it is: also for a policy of several clips that follows one of them alone."""
        library = self._library
        if self._one_of is None and len(library.clips) == 1:
            return observation.phase_features(frame.phase, library.ever_cyclic)
        number, count = (0, len(library.clips)) if self._one_of is None else self._one_of
        clip = frame.moment[:, 0] if self._one_of is None else torch.full_like(frame.moment[:, 0], number)
        return observation.clip_features(frame.phase, library.cyclic_at(frame.moment), clip, count)
