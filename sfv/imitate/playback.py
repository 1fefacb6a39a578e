"""Playing one episode in every world without resets: the return that NR is made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfv.character import Character
from sfv.environment import Environment
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.nr_rules import nr_physics, nr_task
from sfv.imitate.term_names import DEEPMIMIC
from sfv.imitate.worlds_env import ImitationWorlds, make_imitation_worlds
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig


@dataclass(frozen=True)
class Playback:
    """One episode of every world."""

    nr: Tensor
    """Sum of rewards over the control steps the whole clip (or the time limit) has; steps after a failure count 0. Shape (N,)."""
    terms: Tensor
    """The same for each unweighted reward term, in the order of ``term_names.DEEPMIMIC``. Shape (N, 4)."""
    steps: Tensor
    """Control steps until the failure, or all. Shape (N,)."""
    whole: Tensor
    """Control steps of the whole clip from that start. Shape (N,)."""
    diverged: Tensor
    """Worlds whose physics broke down. Shape (N,), bool."""
    goal: Tensor | None = None
    """Of a task with an object: the mean of its goal over the same steps, 0 after a failure. Shape (N,)."""

    @property
    def finished(self) -> Tensor:
        """Episodes that came to the end. Shape (N,), bool."""
        return self.steps >= self.whole


def play(core: ImitationWorlds, act: Callable[[Tensor], Tensor], start: Tensor | None = None) -> Playback:
    """Play every world once from ``start`` (drawn as configured where None); stops as soon as none is left standing.

    ``core`` must not reset by itself.
    """
    if core.auto_reset:
        raise ValueError("play needs worlds that do not reset by themselves")
    device = core.device
    observation = core.reset(start=start)
    whole = core.clip_steps(core.start)
    alive = torch.ones(core.num_worlds, dtype=torch.bool, device=device)
    steps = torch.zeros(core.num_worlds, dtype=torch.long, device=device)
    returns = torch.zeros(core.num_worlds, device=device)
    terms = torch.zeros(core.num_worlds, len(DEEPMIMIC), device=device)
    diverged = torch.zeros(core.num_worlds, dtype=torch.bool, device=device)
    goal = torch.zeros(core.num_worlds, device=device)
    while alive.any():
        step = core.step(act(observation))
        observation = step.observation
        diverged |= alive & step.diverged
        alive &= ~step.failed
        returns += step.reward * alive
        terms += step.terms * alive[:, None]
        if core.task is not None:
            goal += core.task.goal(core.worlds, core.frame) * alive
        steps += alive
        alive &= core.elapsed < whole
    core.worlds.check()
    reached = goal / whole if core.task is not None else None
    return Playback(returns / whole, terms / whole[:, None], steps, whole, diverged, reached)


def make_nr_worlds(
    clip: Clip,
    character: Character,
    environment: Environment,
    physics: PhysicsConfig,
    imitation: ImitationConfig,
    nr: NrConfig,
    threads: int = 0,
    device: str = "cpu",
    disturbed: bool = False,
) -> ImitationWorlds:
    """Worlds for ``play`` whose starts, reward and failures follow the NR protocol (``nr_rules``): one for each start state.

    The environment is taken as it is, with its disturbances: ``Environment.undisturbed`` is without. ``disturbed``: with the
    training's pushes at the start and its waiting reference as well, which NR itself never has.
    """
    task = nr_task(imitation, nr, clip.cyclic)
    if disturbed:
        task = replace(
            task, max_reference_distance=imitation.max_reference_distance, start_push_speed=imitation.start_push_speed
        )
    if environment.task is not None:
        environment = replace(environment, task=environment.task.imitation_only())
    return make_imitation_worlds(
        clip,
        character,
        environment,
        nr_physics(physics),
        task,
        nr.starts,
        threads,
        seed=nr.seed,
        auto_reset=False,
        device=device,
    )
