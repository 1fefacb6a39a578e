"""Playing a skill in one world, on and on: the task's own control and physics, nothing imitated here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
import torch

from sfv.character import Character, load_character
from sfv.environment import Environment
from sfv.evaluate.nr import measured_on
from sfv.imitate.config import NrConfig
from sfv.imitate.playback import make_nr_worlds
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import policy_for
from sfv.names.runs import as_run
from sfv.names.skill import CARD, read_skill
from sfv.physics.config import PhysicsConfig
from sfv.physics.contacts import Acting, ContactProbe
from sfv.skills.config import PlayConfig


class Player:
    """One world in which a policy plays from the clip's first frame, undisturbed. What is cyclic never ends by itself."""

    def __init__(
        self,
        folder: Path | str,
        config: PlayConfig | None = None,
        physics: PhysicsConfig | None = None,
        env: str | None = None,
    ) -> None:
        """``folder`` is a run folder, or the name of a skill (``walk``, ``atlas/walk``); ``physics`` and ``env`` replace its own.

        Raises UnknownNameError, FileFormatError, SfvError.
        """
        folder = as_run(folder)
        run, clip = read_run(folder)
        self.config = config or PlayConfig()
        self.character: Character = load_character(run.character)
        settings = NrConfig(starts=1, pose_noise=0.0, velocity_noise=0.0)
        self.environment: Environment = measured_on(run, env)
        places = self.character, self.environment
        self._core = make_nr_worlds(clip, *places, physics or run.physics, run.imitation, settings, threads=1)
        self._policy, self._probe = policy_for(folder, self._core), ContactProbe.of(self._core.worlds)
        self.name = read_skill(folder).card.name if (folder / CARD).is_file() else clip.name
        self.cyclic, self.hz = clip.cyclic, self._core.control_hz
        self.episode, self.falls = 0, 0
        """Episodes begun and falls so far."""
        self.restart()

    @property
    def model(self) -> mujoco.MjModel:
        """The simulated model."""
        return self._core.worlds.model

    @property
    def qpos(self) -> np.ndarray:
        """Pose. Shape (nq,), a copy."""
        return self._core.worlds.qpos[0].double().numpy().copy()

    @property
    def qvel(self) -> np.ndarray:
        """Velocity. Shape (nv,), a copy."""
        return self._core.worlds.qvel[0].double().numpy().copy()

    @property
    def reference(self) -> np.ndarray:
        """Where the reference is at this time. Shape (nq,)."""
        return self._core.frame.qpos[0].double().numpy()

    @property
    def acting(self) -> Acting:
        """Contact forces, pushes and objects after the last step; no forces at a start, which no control has led to."""
        read = self._probe.of_world if int(self._core.elapsed[0]) else self._probe.at_start
        return read(self._core.worlds)

    @property
    def mean_reward(self) -> float:
        """Mean reward of the episode so far; 1 is the reference itself."""
        return self._sum / max(self._count, 1)

    @property
    def fallen(self) -> bool:
        """The episode has failed and the next one has not begun."""
        return self._failed

    def restart(self) -> None:
        """Begin an episode at the clip's first frame."""
        self._observation = self._core.reset(start=torch.zeros(1, dtype=torch.long))
        self._waiting, self._failed = 0, False
        self._sum, self._count = 0.0, 0
        self.episode += 1

    def step(self, push: np.ndarray | None = None) -> None:
        """One control step, or one of the pause between two episodes.

        ``push`` (nbody, 6): force and torque on each body at its centre of mass, world axes, newtons and newton metres.
        """
        if self._waiting:
            self._waiting -= 1
            if not self._waiting:
                self.restart()
                return
            if not self._failed:
                return
        if push is not None:
            for body in np.flatnonzero(push.any(1)).tolist():
                self._core.worlds.push(torch.zeros(1, dtype=torch.long), body, torch.from_numpy(push[body])[None])
        step = self._core.step(self._policy.act(self._observation))
        self._observation = step.observation
        if bool(step.diverged[0]):
            self.falls += not self._failed
            self.restart()
        elif not self._waiting:
            self._sum, self._count = self._sum + float(step.reward[0]), self._count + 1
            if bool(step.failed[0]):
                self._failed, self.falls = True, self.falls + 1
                self._wait(self.config.fall_seconds)
            elif bool(step.completed[0]):
                self._wait(self.config.hold_seconds)

    def _wait(self, seconds: float) -> None:
        self._waiting = max(round(seconds * self.hz), 1)


@dataclass(frozen=True)
class Episode:
    """What was recorded between two starts."""

    qpos: np.ndarray
    """Shape (T, nq)."""
    reference: np.ndarray
    """Shape (T, nq)."""
    acting: list[Acting]
    """Contact forces, pushes and objects of each pose. Length T."""


def record_episodes(
    player: Player,
    seconds: float | None,
    cyclic_seconds: float,
    push: Callable[[int], np.ndarray | None] | None = None,
) -> list[Episode]:
    """Play and record: ``seconds``, over as many starts as they take; None: once, or ``cyclic_seconds`` of what never ends.

    ``push`` gives the push (nbody, 6) of each control step, counted from 0, or None.
    """
    once = seconds is None and not player.cyclic
    steps = round((seconds if seconds is not None else cyclic_seconds) * player.hz)
    episodes: list[list[tuple[np.ndarray, np.ndarray, Acting]]] = []
    begun, done = 0, 0
    while True:
        if player.episode != begun:
            if once and episodes:
                break
            begun = player.episode
            episodes.append([])
        episodes[-1].append((player.qpos, player.reference, player.acting))
        if not once and done >= steps:
            break
        player.step(push(done) if push else None)
        done += 1
    columns = (tuple(zip(*frames)) for frames in episodes)
    return [Episode(np.stack(poses), np.stack(references), list(acting)) for poses, references, acting in columns]
