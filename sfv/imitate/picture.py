"""Pictures of single worlds of the imitation task: the character on its lit ground, seen from the side."""

from dataclasses import replace

import numpy as np
import torch

from sfv.draw.look import PlainLook
from sfv.draw.scene import Stage
from sfv.draw.view import distance_for, look_at
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.physics.contacts import NOTHING_ACTS
from sfv.physics.objects import WithObjects

_AZIMUTH_DEG, _ELEVATION_DEG = 90.0, 10.0
_ROOM = 1.5  # heights of the character that a picture spans: it may jump
_MIDDLE = 0.55  # of its height: where the camera looks


class WorldPicture:
    """Draws any world of an ``ImitationWorlds`` as it is now. OpenGL's memory has to be given back with ``close``."""

    def __init__(self, core: ImitationWorlds, size: int = 480) -> None:
        """``size``: pixels each way. Raises RenderError where OpenGL cannot draw."""
        self._core = core
        self._stage = Stage(core.character, PlainLook(size, size), core.environment)
        self._tall, self._size = self._stage.standing_height(), (size, size)

    def draw(self, world: int = 0) -> np.ndarray:
        """The character of ``world``, followed by the camera. Shape (size, size, 3), uint8 RGB."""
        core = self._core
        qpos = core.worlds.qpos[world].double().cpu().numpy()
        target = np.array([qpos[0], qpos[1], self._floor(qpos[:2]) + _MIDDLE * self._tall])
        distance = distance_for(_ROOM * self._tall, 0.0, self._size)
        camera = look_at(target, _AZIMUTH_DEG, _ELEVATION_DEG, distance, self._size)
        acting = NOTHING_ACTS
        if isinstance(core.worlds, WithObjects):
            acting = replace(acting, objects=core.worlds.object_qpos[world].double().cpu().numpy())
        return np.ascontiguousarray(self._stage.draw(qpos, camera, acting=acting))

    def close(self) -> None:
        """Give OpenGL's memory back."""
        self._stage.close()

    def _floor(self, xy: np.ndarray) -> float:
        """Height of the ground under a place (2,), metres."""
        ground = self._core.ground
        if ground is None:
            return 0.0
        return float(ground.surface.at(torch.as_tensor(xy, dtype=torch.float32, device=self._core.device)))
