"""Shows of a character: a policy that plays in its own physics, and the poses of a clip or a recording."""

from collections.abc import Sequence

import mujoco
import numpy as np

from sfv.character import Character
from sfv.draw.scene import stage, standing_height
from sfv.environment import Environment
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of, repeat_cycle
from sfv.physics.contacts import Acting
from sfv.render.config import RenderConfig
from sfv.render.policy.beside import sidesteps
from sfv.skills.player import Player
from sfv.view.playhead import Recording

_CYCLES_SECONDS = 60.0  # a cyclic clip goes on for about so long before it jumps back to its beginning


class CharacterShow:
    """What shows of one character have in common: its model on a lit, tiled ground."""

    def __init__(self, character: Character, config: RenderConfig, environment: Environment | None = None) -> None:
        self.model, self._environment = stage(character, config, environment), environment
        self.follow = self.model.body(character.root).id
        self.tall = standing_height(self.model)
        self.objects = () if environment is None else environment.objects

    def _write_ghost(self, data: mujoco.MjData, reference: np.ndarray, aside: np.ndarray) -> None:
        data.qpos[:] = reference
        data.qpos[:3] += sidesteps(reference[None, :3], aside, self._environment)[0]


class PolicyShow(CharacterShow):
    """A policy in its own physics; goes on after falls and ends."""

    pushable = True

    def __init__(self, player: Player, config: RenderConfig) -> None:
        super().__init__(player.character, config, player.environment)
        self._player, self.hz = player, player.hz

    @property
    def words(self) -> str:
        """Name, mean reward of the episode, falls."""
        player = self._player
        state = "fallen" if player.fallen else f"mean reward {player.mean_reward:.2f}"
        return f"{player.character.name}: {player.name}\n{state}\nfalls {player.falls}"

    def restart(self) -> None:
        """Begin an episode."""
        self._player.restart()

    def step(self, push: np.ndarray) -> None:
        """One control step."""
        self._player.step(push if push.any() else None)

    def pose(self, data: mujoco.MjData) -> None:
        """The simulated state."""
        data.qpos[:], data.qvel[:] = self._player.qpos, self._player.qvel

    def ghost(self, data: mujoco.MjData, aside: np.ndarray) -> bool:
        """The reference."""
        self._write_ghost(data, self._player.reference, aside)
        return True

    def acting(self) -> Acting:
        """Contacts and pushes of the last step."""
        return self._player.acting

    def heading(self) -> float:
        """Radians about z."""
        return heading_of(self._player.qpos[3:7])


class PosesShow(CharacterShow, Recording):
    """Poses one after the other, over and over; no physics."""

    def __init__(
        self,
        qpos: np.ndarray,
        hz: float,
        character: Character,
        config: RenderConfig,
        name: str = "",
        reference: np.ndarray | None = None,
        acting: Sequence[Acting] | None = None,
        environment: Environment | None = None,
    ) -> None:
        """Poses and reference (T, nq) at ``hz``, what acted at each pose, and the ground (None: level).

        Raises SfvError for poses of another character.
        """
        CharacterShow.__init__(self, character, config, environment)
        Recording.__init__(self, len(qpos), hz, f"{character.name}: {name}")
        if qpos.ndim != 2 or qpos.shape[1] != self.model.nq:
            raise SfvError(
                f"poses of shape {qpos.shape} do not belong to character '{character.name}', which has (T, {self.model.nq})"
            )
        self._qpos, self._reference, self._acting = qpos, reference, acting

    @classmethod
    def of_clip(cls, clip: Clip, character: Character, config: RenderConfig) -> "PosesShow":
        """A clip; a cyclic one goes on for about a minute before it begins again."""
        poses = clip.qpos
        if clip.cyclic:
            poses = repeat_cycle(poses, max(int(_CYCLES_SECONDS / clip.seconds), 1))
        return cls(poses, clip.fps, character, config, clip.name)

    def pose(self, data: mujoco.MjData) -> None:
        """The present pose."""
        data.qpos[:] = self._qpos[self.frame]

    def ghost(self, data: mujoco.MjData, aside: np.ndarray) -> bool:
        """The reference's present pose, where there is one."""
        if self._reference is None:
            return False
        self._write_ghost(data, self._reference[self.frame], aside)
        return True

    def acting(self) -> Acting | None:
        """What acted at the present pose, where it is known."""
        return None if self._acting is None else self._acting[self.frame]

    def heading(self) -> float:
        """Radians about z."""
        return heading_of(self._qpos[self.frame, 3:7])
