"""A task with an object beside the imitation: what is seen of the object, and what its goal is worth."""

import torch
from torch import Tensor

from sfv.environment.task import TaskConfig
from sfv.errors import SfvError
from sfv.imitate.observations.deepmimic import target_features
from sfv.imitate.reference.library import ReferenceFrame
from sfv.imitate.reference.travel import Travel
from sfv.imitate.state.heading import Heading, end_effectors_in_heading
from sfv.imitate.term_names import GOAL
from sfv.motion.rotations import quat_rotate
from sfv.physics.objects import WithObjects
from sfv.physics.worlds import Worlds

OBJECT_NUMBERS = 15
"""Numbers of ``ObjectTask.observe``: position 3, rotation 6, velocity 3, spin 3."""


class ObjectTask:
    """Binds ``TaskConfig`` to the object of that name; the reference's way is the goal's."""

    def __init__(self, worlds: Worlds, travel: Travel, config: TaskConfig) -> None:
        """Raises SfvError for worlds without objects, UnknownNameError for an object that is not among them."""
        self.config, self._travel = config, travel
        self._index = config.number(_objects(worlds).objects)

    def observe(self, worlds: Worlds, rows: slice | Tensor, root_pos: Tensor, turn: Heading) -> Tensor:
        """The object as the character sees it: way to it, rotation (6-D), velocity, spin, all in the heading frame ``turn``.

        Of worlds ``rows`` (K,), whose roots are at ``root_pos`` (K, 3). Shape (K, 15).
        """
        pose = _objects(worlds).object_qpos[rows, self._index].to(root_pos)
        velocity = _objects(worlds).object_qvel[rows, self._index].to(root_pos)
        spin = quat_rotate(pose[:, 3:], velocity[:, 3:])
        moves = torch.stack((velocity[:, :3], spin), dim=1)
        seen = end_effectors_in_heading(moves, torch.zeros_like(root_pos), turn)
        return torch.cat((target_features(root_pos, pose, turn), seen.flatten(1)), dim=1)

    def goal(self, worlds: Worlds, frame: ReferenceFrame) -> Tensor:
        """r_G = exp(-scale * max(0, v* - v . d)^2): the reference's mean speed v* and direction d, the object's velocity v.

        Shape (N,), in [0, 1].
        """
        wanted = self._travel.velocity(frame)
        speed = wanted.norm(dim=1)
        velocity = _objects(worlds).object_qvel[:, self._index, :2].to(wanted)
        along = (velocity * wanted).sum(1) / speed.clamp_min(_STILL)
        missing = (speed - along).clamp_min(0.0)
        return torch.exp(-self.config.speed_scale * missing**2)

    def lost(self, worlds: Worlds, frame: ReferenceFrame, root_pos: Tensor) -> Tensor:
        """The object was left behind: along the way its centre lies behind the root, at ``root_pos`` (N, 3). Shape (N,), bool.

        Nothing is lost where only the imitation counts.
        """
        way = self._travel.velocity(frame)
        if not self.aims:
            return torch.zeros(len(way), dtype=torch.bool, device=way.device)
        ahead = _objects(worlds).object_qpos[:, self._index, :2].to(way) - root_pos[:, :2]
        return (ahead * way).sum(1) < 0.0

    def score(self, nr: Tensor, goal: Tensor) -> Tensor:
        """What a policy is worth by both of its aims, by which the best one of a training is kept. Shapes (N,) -> (N,)."""
        return self.config.imitation_weight * nr + self.config.goal_weight * goal

    @property
    def aims(self) -> bool:
        """Whether the goal counts at all."""
        return self.config.goal_weight != 0.0

    def reward(self, imitation: Tensor, worlds: Worlds, frame: ReferenceFrame, named: dict[str, Tensor]) -> Tensor:
        """w_I r_I + w_G r_G; r_G is added to ``named``. Shapes (N,) -> (N,)."""
        if not self.aims:
            return self.config.imitation_weight * imitation
        named[GOAL] = self.goal(worlds, frame)
        return self.config.imitation_weight * imitation + self.config.goal_weight * named[GOAL]


_STILL = 1e-6  # metres a second: a clip that goes nowhere has no direction


def _objects(worlds: Worlds) -> WithObjects:
    if not isinstance(worlds, WithObjects):
        raise SfvError("a [task] needs an object to do it with; add [[objects]] to the environment")
    return worlds
