"""The first second of a clip with zero action: how far the servos carry it by themselves, and what ends it."""

from collections import Counter
from dataclasses import dataclass, replace

import torch

from sfv.character import Character
from sfv.environment import Environment
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.playback import nr_task
from sfv.imitate.worlds_env import ImitationWorlds, make_imitation_worlds
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig

STARTS = 16
"""Moments of the clip at which a replay begins, the first frame being one of them."""
_SECONDS = 1.0
_AT_ONCE = 3
"""Control steps within which an episode ends at once: a body that is set into the ground, or a pose that nothing holds."""
_DEEP = 0.1
"""Metres; starts of recordings are lifted by at most a few hundredths."""


@dataclass(frozen=True)
class Replay:
    """How the episodes with zero action went."""

    clip: str
    character: str
    hz: float
    """Control steps a second."""
    steps: tuple[int | None, ...]
    """Control steps until each start's episode failed; None where it went on for a second, or to the clip's end."""
    causes: tuple[str, ...]
    """What ended it, empty where nothing did."""
    residual: bool
    """Zero action asks for the clip's own poses, not for the model's zero pose."""
    lifted: float = 0.0
    """Median over the starts of how far they had to be lifted out of the ground, metres."""

    @property
    def at_once(self) -> bool:
        """Every episode fails within the first few steps, wherever it starts."""
        return all(step is not None and step <= _AT_ONCE for step in self.steps)

    def words(self) -> list[str]:
        """One line about the first frame; doubts where starts lie below the ground and where every start ends at once."""
        if self.lifted > _DEEP:
            return [
                f"doubtful: {self.clip} lies below the ground: half of its starts had to be lifted by {self.lifted:.2f} m or more, so the "
                f"{self.character} is to follow what it cannot reach"
            ]
        asked = "the clip's poses" if self.residual else "the zero pose"
        begin = f"replayed with zero action (servos hold {asked}), the {self.character} "
        if self.at_once:
            common = Counter(self.causes).most_common(1)[0][0]
            return [
                f"doubtful: {begin}fails within {_AT_ONCE} control steps wherever {self.clip} is started, mostly because {common}: "
                "the clip lies in the ground or in the air, or belongs to other physics"
            ]
        first = self.steps[0]
        if first is None:
            return [f"{begin}comes through the first second of {self.clip}"]
        return [f"{begin}fails {first / self.hz:.2f} s after the start of {self.clip}: {self.causes[0]}"]


def replay(
    clip: Clip, character: Character, environment: Environment, physics: PhysicsConfig, imitation: ImitationConfig
) -> Replay:
    """Play ``clip`` from STARTS moments for a second with zero action, undisturbed."""
    task = replace(
        nr_task(imitation, NrConfig(), clip.cyclic), start_pose_noise=0.0, start_velocity_noise=0.0, one_of=None
    )
    ground = environment.undisturbed()
    if ground.task is not None:
        ground = replace(ground, task=ground.task.imitation_only())
    core = make_imitation_worlds(clip, character, ground, physics, task, STARTS, threads=1, auto_reset=False)
    last = max(core.library.rows - 1 - round(0.5 * _SECONDS * core.library.hz), 0)
    core.reset(start=torch.linspace(0, last, STARTS).long())
    lifted = float((core.worlds.qpos[:, 2] - core.frame.qpos[:, 2]).median())
    steps: list[int | None] = [None] * STARTS
    causes = [""] * STARTS
    going = torch.ones(STARTS, dtype=torch.bool)
    whole = core.clip_steps(core.start)
    for number in range(1, round(_SECONDS * core.control_hz) + 1):
        step = core.step(torch.zeros(STARTS, core.action_size))
        for world in (going & step.failed).nonzero()[:, 0].tolist():
            steps[world], causes[world] = number, _cause(core, world)
        going &= ~step.failed & (core.elapsed < whole)
        if not going.any():
            break
    return Replay(
        clip.name, character.name, core.control_hz, tuple(steps), tuple(causes), imitation.targets == "residual", lifted
    )


def _cause(core: ImitationWorlds, world: int) -> str:
    """Why the episode of one world failed in the step that was just made."""
    worlds = core.worlds
    if bool(worlds.diverged[world]):
        return "the simulation diverges"
    touching = worlds.ground_contact[world] & ~core.frame.may_touch[world]
    bodies = tuple(worlds.model.body(int(body)).name for body in touching.nonzero()[:, 0])
    if bodies:
        return f"its {_several(bodies)} touches the ground"
    return f"it is more than {core.config.termination_distance:g} m from the clip"


def _several(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
