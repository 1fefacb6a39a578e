"""Who is measured: a run folder's policy with its clip, character, ground and physics, and worlds to play in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import mujoco
import torch
from torch import Tensor

from sfv.character import Character, load_character
from sfv.environment import Environment
from sfv.environment.objects import ObjectConfig
from sfv.environment.randomisation import RandomisationConfig
from sfv.evaluate.nr import measured_on
from sfv.imitate.config import NrConfig
from sfv.imitate.nr_rules import nr_physics, nr_task
from sfv.imitate.worlds_env import ImitationWorlds, make_imitation_worlds
from sfv.learn.config import RunConfig
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import Policy, load_policy
from sfv.motion.clip import Clip
from sfv.names.runs import PolicyOfFile, run_of
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model

FAR = 50.0
"""Termination distance, metres, where straying from the reference is no failure: nobody gets so far in a trial."""


@dataclass(frozen=True)
class Subject:
    """A run folder, read."""

    folder: Path
    run: RunConfig
    clip: Clip
    character: Character
    policy: Policy
    environment: Environment
    """Where it is measured if a protocol does not say otherwise; without disturbances but for those of a named one."""
    threads: int
    models: dict[Any, mujoco.MjModel] = field(default_factory=dict, repr=False, compare=False)
    """Models that were compiled, by what they were compiled of."""

    def model(
        self,
        character: Character,
        environment: Environment | None,
        physics: PhysicsConfig,
        objects: Sequence[ObjectConfig] = (),
    ) -> mujoco.MjModel:
        """As ``build_model``; what was compiled once is not compiled again. Nobody may write to it."""
        if environment is not None:  # what is no part of the ground; objects are given by themselves
            environment = replace(environment, name="", randomisation=RandomisationConfig(), objects=(), task=None)
        key = character.name, environment, physics, tuple(objects)
        if key not in self.models:
            self.models[key] = build_model(character, environment, physics, objects)
        return self.models[key]

    def worlds(
        self,
        count: int,
        nr: NrConfig,
        falls_only: bool = False,
        max_reference_distance: float | None = None,
        environment: Environment | None = None,
        physics: PhysicsConfig | None = None,
        device: str = "cpu",
    ) -> ImitationWorlds:
        """Worlds with NR's task, rules and starts (``nr.starts`` is not used). Nothing in them resets by itself.

        ``falls_only``: straying is no failure. Raises SfvError for a policy that does not belong to character, clip and settings.
        """
        task = nr_task(self.run.imitation, nr, self.clip.cyclic)
        if falls_only:
            task = replace(task, termination_distance=FAR, max_reference_distance=max_reference_distance)
        core = make_imitation_worlds(
            self.clip,
            self.character,
            environment or self.environment,
            nr_physics(physics or self.run.physics),
            task,
            count,
            self.threads,
            seed=nr.seed,
            auto_reset=False,
            device=device,
            build=self.model,
        )
        self.policy.check(core)
        return core


def start_frames(core: ImitationWorlds, trials: int, levels: int, seed: int) -> Tensor:
    """Table frames at which ``trials`` begin, the same ones in each of ``levels``: random phases of a cyclic clip, else the first.

    Shape (levels * trials,), int64, level by level.
    """
    if not core.library.ever_cyclic:
        return torch.zeros(levels * trials, dtype=torch.long)
    share = torch.rand(trials, generator=torch.Generator().manual_seed(seed))
    return (share * core.library.rows).long().repeat(levels)


def load_subject(run_dir: PolicyOfFile | Path | str, env: str | None = None, threads: int = 0) -> Subject:
    """Read a run folder, or a skill by name; ``env`` replaces the environment that it was trained on.

    Raises FileFormatError, UnknownNameError.
    """
    run_dir = run_of(run_dir)
    run, clip = read_run(run_dir)
    character = load_character(run.character)
    return Subject(run_dir, run, clip, character, load_policy(run_dir), measured_on(run, env), threads)


def with_load_on(environment: Environment, body: str) -> Environment:
    """The environment, where loads that are set by hand are carried by ``body``."""
    return replace(environment, randomisation=replace(environment.randomisation, load_body=body))
