"""How fast training is, beside raw MuJoCo, stock PPO and subprocess environments: all in one run, round after round."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.logger import configure

from sfv.bench.baselines import Async, Subproc, Vectorised, fastest, single_environment, step_for, stock_ppo
from sfv.bench.replay import PhysicsReplay, RawReplay, random_actions, record
from sfv.bench.results import Row
from sfv.character import load_character
from sfv.environment import load_environment
from sfv.imitate.register import IMITATION_ID
from sfv.imitate.vec_env import ImitationVecEnv
from sfv.imitate.worlds_env import ImitationWorlds, make_imitation_worlds
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.ppo.ppo import ImitationPPO
from sfv.learn.timing import choose_precision, choose_threads
from sfv.motion.clip import Clip
from sfv.ranges import Checked, Count, PositiveSeconds, Range, Threads


@dataclass(frozen=True)
class ThroughputConfig(Checked):
    """What is timed, and for how long."""

    run: RunConfig = field(default_factory=RunConfig)
    """Character, physics and learner."""
    threads: Threads = 0
    """Number of threads of the physics; 0 takes one a core."""
    seconds: Annotated[float, Range(0, 86_400)] = 150.0
    """Rounds are begun until this much time is spent."""
    min_rounds: Count = 3
    """Rounds at the least."""
    steps: Count = 16
    """Control steps of all worlds in a round, of everything that does not learn."""
    workers: tuple[Annotated[int, Range(1, 1024)], ...] = ()
    """Numbers of subprocesses to choose the fastest of; empty: one, two and four for each core."""
    worker_seconds: PositiveSeconds = 1.0
    """Seconds of the subprocesses in a round."""


@dataclass
class Contender:
    """Something that is timed in turn with the others."""

    what: str
    worlds: int
    threads: int
    settings: str
    work: Callable[[], tuple[int, float]]
    """Does a round's share; control steps and seconds."""
    close: Callable[[], None] = lambda: None
    rates: list[float] = field(default_factory=list)

    def time(self) -> float:
        """One round; control steps a second."""
        steps, seconds = self.work()
        return steps / seconds


def measure(clip: Clip, config: ThroughputConfig, log: Callable[[str], None]) -> list[Row]:
    """Rows of docs/results/train.json; ``log`` hears what is going on.

    Every round times all contenders one after the other, so that a machine which is shared slows all alike: rates are medians
    over rounds, ratios medians of each round's ratio.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    everyone: list[Contender] = []
    try:
        # subprocesses first: they are forked while there are no threads yet
        make, noise = single_environment(clip, config.run), float(np.exp(config.run.learner.log_std_init))
        cores = os.cpu_count() or 1
        counts = config.workers or (cores, 2 * cores, 4 * cores)
        log(f"choosing among {', '.join(map(str, counts))} subprocesses")
        subproc = fastest(lambda count: Subproc(make, count, noise), counts, config.worker_seconds)
        asynchronous = fastest(lambda count: Async(make, count, noise), counts, config.worker_seconds)
        everyone = [*_own(clip, config), *_baselines(clip, config, subproc, asynchronous)]
        begin, rounds = time.monotonic(), 0
        while rounds < config.min_rounds or time.monotonic() - begin < config.seconds:
            for contender in everyone:
                contender.rates.append(contender.time())
            rounds += 1
            log(f"round {rounds}: " + ", ".join(f"{c.what} {c.rates[-1]:.0f}" for c in everyone))
    finally:
        torch.set_num_threads(before)
        for contender in everyone:
            contender.close()
    return rows(everyone)


def rows(everyone: list[Contender]) -> list[Row]:
    """Medians, and each one's ratios to raw MuJoCo, to the physics, and of what is ours to what it replaces."""
    rates = {contender.what: contender.rates for contender in everyone}
    ours = {"subproc": "environment", "async": "environment", "sb3_stock": "training", "sb3_subproc": "training"}

    def ratio(above: list[float], below: list[float]) -> float:
        return round(statistics.median(a / b for a, b in zip(above, below)), 3)

    out = []
    for one in everyone:
        row: Row = {
            "what": one.what,
            "worlds": one.worlds,
            "threads": one.threads,
            "steps_per_s": round(statistics.median(one.rates)),
            "of_raw": ratio(one.rates, rates["raw_mj_step"]),
            "of_physics": ratio(one.rates, rates["physics"]),
            "rounds": len(one.rates),
            "settings": one.settings,
        }
        if one.what in ours:
            row["ours_is_faster"] = ratio(rates[ours[one.what]], one.rates)
        out.append(row)
    return out


def _own(clip: Clip, config: ThroughputConfig) -> list[Contender]:
    """Raw MuJoCo, the physics, the environment and training, on the same task."""
    run = config.run
    threads = config.threads or os.cpu_count() or 1
    character, environment, count = load_character(run.character), load_environment(run.env), run.learner.worlds
    generator = torch.Generator().manual_seed(run.learner.seed)
    noise = float(np.exp(run.learner.log_std_init))

    def make() -> ImitationWorlds:
        return make_imitation_worlds(clip, character, environment, run.physics, run.imitation, count, threads)

    core = make()
    for _ in range(config.steps):  # past the starts, so that falls and contacts are as they are while training
        core.step(random_actions(core, noise, generator))
    recording = record(core, config.steps, noise, generator)
    replayed = make().worlds
    raw, physics = (
        RawReplay(core.worlds.model, recording, run.physics.substeps, threads),
        PhysicsReplay(replayed, recording),
    )

    def repeated(step: Callable[[], float]) -> Callable[[], tuple[int, float]]:
        return lambda: (config.steps * count, sum(step() for _ in range(config.steps)))

    learner = ImitationPPO(ImitationVecEnv(make()), run.learner)
    torch.set_num_threads(choose_threads(learner.network, run.learner))
    learner.network.low_precision = choose_precision(learner.network, run.learner) == "bfloat16"
    learner.set_logger(configure(None, []))
    learner.warm_up(run.learner.n_steps)
    precision = "bfloat16" if learner.network.low_precision else "float32"
    torch_threads = torch.get_num_threads() * (2 if learner.networks.parallel else 1)
    fineness = f"{run.physics.substeps} x 1/{round(1 / run.physics.timestep)} s"
    return [
        Contender(
            "raw_mj_step", count, threads, f"mujoco.rollout, {fineness}, states only", repeated(raw.step), raw.close
        ),
        Contender("physics", count, threads, f"{fineness}, body poses and velocities too", repeated(physics.step)),
        Contender(
            "environment",
            count,
            threads,
            "observation, reward, termination, resets; one torch thread",
            repeated(lambda: _timed(lambda: core.step(random_actions(core, noise, generator)))),
        ),
        Contender(
            "training",
            count,
            threads,
            f"{_describe(run.learner)}, {precision}, {torch_threads} torch threads",
            lambda: (run.learner.n_steps * count, _timed(lambda: learner.update(run.learner.total_samples))),
        ),
    ]


def _baselines(clip: Clip, config: ThroughputConfig, subproc: Subproc, asynchronous: Async) -> list[Contender]:
    """Subprocess environments, and Stable-Baselines3's own PPO on our worlds and on them, with our sizes and samples."""
    run, learner = config.run, config.run.learner
    threads = config.threads or os.cpu_count() or 1
    core = make_imitation_worlds(
        clip,
        load_character(run.character),
        load_environment(run.env),
        run.physics,
        run.imitation,
        learner.worlds,
        threads,
    )
    samples = learner.n_steps * learner.worlds
    # one minibatch instead of a whole update: the same work a sample, and subprocesses are slow
    short = max(min(samples, learner.batch_size) // subproc.workers, 1)
    settings = f"stock PPO, {_describe(learner)}, float32, one torch thread, on "
    on_worlds, on_workers = (
        stock_ppo(ImitationVecEnv(core), learner, learner.n_steps),
        stock_ppo(subproc.env, learner, short),
    )

    def stepping(env: Vectorised) -> Callable[[], tuple[int, float]]:
        return lambda: step_for(env, config.worker_seconds)

    def learning(model: PPO, count: int) -> Callable[[], tuple[int, float]]:
        return lambda: (count, _timed(lambda: model.learn(count, reset_num_timesteps=False)))

    return [
        Contender("sb3_stock", learner.worlds, threads, settings + "our VecEnv", learning(on_worlds, samples)),
        Contender(
            "sb3_subproc",
            subproc.workers,
            subproc.workers,
            settings + "SubprocVecEnv",
            learning(on_workers, short * subproc.workers),
        ),
        Contender(
            "subproc",
            subproc.workers,
            subproc.workers,
            f"SubprocVecEnv of {IMITATION_ID}",
            stepping(subproc),
            subproc.close,
        ),
        Contender(
            "async",
            asynchronous.workers,
            asynchronous.workers,
            f"AsyncVectorEnv of {IMITATION_ID}",
            stepping(asynchronous),
            asynchronous.close,
        ),
    ]


def _describe(learner: TrainConfig) -> str:
    sizes = "-".join(map(str, learner.hidden))
    return f"{learner.n_steps * learner.worlds} samples, {learner.n_epochs} epochs, minibatch {learner.batch_size}, net {sizes}"


def _timed(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
