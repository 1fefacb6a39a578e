"""What the project's worlds are compared with: subprocess environments of SB3 and Gymnasium, and SB3's stock PPO."""

import multiprocessing
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import SubprocVecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnv
from torch import nn

from sfv.imitate.register import IMITATION_ID, register_environments
from sfv.learn.config import RunConfig, TrainConfig
from sfv.motion.clip import Clip

# Never forked from here: the threads of torch and of the physics do not survive it, and a lock one of them held never opens.
_START = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"

MakeEnv = Callable[[], gymnasium.Env[Any, Any]]


class Vectorised(Protocol):
    """Environments in subprocesses, stepped with random actions."""

    workers: int

    def step(self) -> None:
        """One control step of every environment."""
        ...

    def close(self) -> None:
        """End the subprocesses."""
        ...


_T = TypeVar("_T", bound=Vectorised)


def single_environment(clip: Clip, run: RunConfig) -> MakeEnv:
    """What makes sfv/Imitation-v0 in a worker, with one torch thread: more would only wait for each other."""

    def make() -> gymnasium.Env[Any, Any]:
        torch.set_num_threads(1)
        register_environments()
        return gymnasium.make(
            IMITATION_ID, clip=clip, character=run.character, env=run.env, config=run.imitation, physics=run.physics
        )

    return make


class Subproc:
    """SB3's ``SubprocVecEnv``."""

    def __init__(self, make: MakeEnv, workers: int, noise: float) -> None:
        self.workers = workers
        self.env = SubprocVecEnv([make] * workers, start_method=_START)
        self._noise, self._random = noise, np.random.default_rng(0)
        self.env.reset()

    def step(self) -> None:
        """See ``Vectorised``."""
        shape = (self.workers, *(self.env.action_space.shape or ()))
        self.env.step((self._noise * self._random.standard_normal(shape)).astype(np.float32))

    def close(self) -> None:
        """See ``Vectorised``."""
        self.env.close()


class Async:
    """Gymnasium's ``AsyncVectorEnv`` with shared memory."""

    def __init__(self, make: MakeEnv, workers: int, noise: float) -> None:
        self.workers = workers
        self.env = gymnasium.vector.AsyncVectorEnv([make] * workers, context=_START)
        self._noise, self._random = noise, np.random.default_rng(0)
        self.env.reset(seed=0)

    def step(self) -> None:
        """See ``Vectorised``."""
        shape = self.env.action_space.shape or ()
        self.env.step((self._noise * self._random.standard_normal(shape)).astype(np.float32))

    def close(self) -> None:
        """See ``Vectorised``."""
        self.env.close()


def step_for(env: Vectorised, seconds: float) -> tuple[int, float]:
    """Step until the time is over; control steps of all workers together, and seconds."""
    count, begin = 0, time.perf_counter()
    while count == 0 or time.perf_counter() - begin < seconds:
        env.step()
        count += env.workers
    return count, time.perf_counter() - begin


def fastest(make: Callable[[int], _T], counts: tuple[int, ...], seconds: float) -> _T:
    """Try several numbers of subprocesses for so long each and keep the fastest; the others are ended."""
    best, best_rate = None, 0.0
    for count in counts:
        one = make(count)
        one.step()
        steps, taken = step_for(one, seconds)
        rate = steps / taken
        if best is None or rate > best_rate:
            best, best_rate, one = one, rate, best
        if one is not None:
            one.close()
    if best is None:
        raise ValueError("no number of workers was given")
    return best


def stock_ppo(env: VecEnv, learner: TrainConfig, n_steps: int) -> PPO:
    """SB3's own PPO and policy with the sizes of ours; it knows no bfloat16, and normalises no observations by itself."""
    return PPO(
        "MlpPolicy",
        env,
        learning_rate=learner.learning_rate,
        n_steps=n_steps,
        batch_size=learner.batch_size,
        n_epochs=learner.n_epochs,
        gamma=learner.gamma,
        gae_lambda=learner.gae_lambda,
        clip_range=learner.clip_range,
        max_grad_norm=learner.max_grad_norm,
        policy_kwargs={
            "net_arch": {"pi": list(learner.hidden), "vf": list(learner.hidden)},
            "activation_fn": nn.ReLU,
            "log_std_init": learner.log_std_init,
        },
        device="cpu",
    )
