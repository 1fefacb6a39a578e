"""The imitation task as a Stable-Baselines3 VecEnv of N worlds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvIndices, VecEnvObs, VecEnvStepReturn

from sfv.imitate.worlds_env import ImitationWorlds

ACTION_LIMIT = 10.0
"""Bound of the action space; actions are clipped to it (far outside of what a trained policy asks for)."""


def observation_space(size: int) -> spaces.Box:
    """Unbounded observations."""
    return spaces.Box(-np.inf, np.inf, (size,), np.float32)


def action_space(size: int) -> spaces.Box:
    """Servo targets in units of ``ImitationConfig.action_scale``."""
    return spaces.Box(-ACTION_LIMIT, ACTION_LIMIT, (size,), np.float32)


class ImitationVecEnv(VecEnv):
    """N worlds behind numpy arrays. ``core`` is the same thing in tensors; learners that know it skip the infos."""

    def __init__(self, core: ImitationWorlds) -> None:
        self.core = core
        self._nothing: dict[str, Any] = {}
        self._action = np.zeros((core.num_worlds, core.action_size), dtype=np.float32)
        super().__init__(core.num_worlds, observation_space(core.observation_size), action_space(core.action_size))

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere; observations (N, observation_size)."""
        if self._seeds[0] is not None:
            self.core.generator.manual_seed(self._seeds[0])
        self._reset_seeds()
        self._reset_options()
        return self.core.reset().cpu().numpy()

    def step_async(self, actions: np.ndarray) -> None:
        """Remember the actions (N, action_size)."""
        self._action = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Advance all worlds. Infos are empty (one shared dict) except where an episode ended."""
        action = torch.from_numpy(np.ascontiguousarray(self._action, dtype=np.float32))
        step = self.core.step(action.to(self.core.device))
        done = step.ended.cpu().numpy()
        infos = [self._nothing] * self.num_envs
        worlds = np.flatnonzero(done).tolist()
        final, timed_out = step.final_observation.cpu().numpy(), step.timed_out.cpu().numpy()
        rows = worlds if step.final_worlds is None else range(len(worlds))
        returns, lengths = step.episode_return.tolist(), step.episode_length.tolist()
        for row, world in zip(rows, worlds):
            infos[world] = {
                "terminal_observation": final[row],
                "TimeLimit.truncated": bool(timed_out[world]),
                "episode": {"r": returns[world], "l": lengths[world]},
            }
        return step.observation.cpu().numpy(), step.reward.cpu().numpy(), done, infos

    def close(self) -> None:
        """Nothing to close: the worlds go with the object."""

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """An attribute of the core, once for each index."""
        return [getattr(self.core, attr_name, None)] * len(self._indices(indices))

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Worlds have no attributes of their own."""
        raise NotImplementedError("set attributes on ImitationVecEnv.core; single worlds have none")

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Worlds have no methods of their own."""
        raise NotImplementedError("call methods of ImitationVecEnv.core; single worlds have none")

    def env_is_wrapped(self, wrapper_class: type, indices: VecEnvIndices = None) -> list[bool]:
        """No world is wrapped."""
        return [False] * len(self._indices(indices))

    def _indices(self, indices: VecEnvIndices) -> Sequence[int]:
        return list(self._get_indices(indices))
