"""Pushes on purpose: how a force in the heading frame reaches a body, and pushes at chosen times of a recording."""

from collections.abc import Sequence

import numpy as np

from sfv.motion.cycle import heading_of
from sfv.skills.config import Direction
from sfv.skills.player import Player

DIRECTIONS: dict[Direction, tuple[float, float]] = {
    "forward": (1.0, 0.0),
    "backward": (-1.0, 0.0),
    "left": (0.0, 1.0),
    "right": (0.0, -1.0),
}
"""In the heading frame: forward, to the left."""


def push_along(bodies: int, body: int, direction: Direction, heading: float, newtons: float) -> np.ndarray:
    """A level push on one of ``bodies``; ``heading``: where the character faces, radians about z. Shape (bodies, 6)."""
    forward, left = DIRECTIONS[direction]
    cos, sin = np.cos(heading), np.sin(heading)
    push = np.zeros((bodies, 6))
    push[body, :2] = newtons * np.array([forward * cos - left * sin, forward * sin + left * cos])
    return push


class PushPlan:
    """Pushes on a player's root that begin at chosen times; each keeps the direction in which it began."""

    def __init__(
        self, player: Player, times: Sequence[float], direction: Direction, newtons: float, seconds: float
    ) -> None:
        """``times`` from the beginning of the recording and ``seconds`` of each push."""
        self._player, self._newtons = player, newtons
        self._direction: Direction = direction
        self._begins = {round(time * player.hz) for time in times}
        self._steps, self._left = max(round(seconds * player.hz), 1), 0

    def __call__(self, step: int) -> np.ndarray | None:
        """The push of control step ``step``, which come one after the other. Shape (nbody, 6)."""
        if step in self._begins:
            player = self._player
            root = player.model.body(player.character.root).id
            heading = heading_of(player.qpos[3:7])
            self._push = push_along(player.model.nbody, root, self._direction, heading, self._newtons)
            self._left = self._steps
        if not self._left:
            return None
        self._left -= 1
        return self._push
