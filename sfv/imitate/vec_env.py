"""The imitation task as a Stable-Baselines3 VecEnv of N worlds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvIndices, VecEnvObs, VecEnvStepReturn

from sfv.errors import SfvError
from sfv.imitate.actions import checked_action
from sfv.imitate.picture import WorldPicture
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

    def __init__(self, core: ImitationWorlds, render_mode: str | None = "rgb_array") -> None:
        """``render_mode``: "rgb_array" draws when it is asked for a picture, also without a display; None never. Raises SfvError."""
        if render_mode not in (None, "rgb_array"):
            raise SfvError(f"render_mode '{render_mode}' is unknown to ImitationVecEnv; known: rgb_array")
        self.core, self.spec = core, None
        self._nothing: dict[str, Any] = {}
        self._kept: dict[str, list[Any]] = {}
        self._pictures: WorldPicture | None = None
        self._action = np.zeros((core.num_worlds, core.action_size), dtype=np.float32)
        self.render_mode: str | None = render_mode
        super().__init__(core.num_worlds, observation_space(core.observation_size), action_space(core.action_size))
        self.metadata = {
            "render_modes": [] if render_mode is None else [render_mode],
            "render_fps": round(core.control_hz),
        }

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere; observations (N, observation_size)."""
        if self._seeds[0] is not None:
            self.core.generator.manual_seed(self._seeds[0])
        self._reset_seeds()
        self._reset_options()
        return self.core.reset().cpu().numpy()

    def step_async(self, actions: np.ndarray) -> None:
        """Remember the actions (N, action_size). Raises SfvError for another shape."""
        self._action = checked_action(actions, self._action.shape)

    def step_wait(self) -> VecEnvStepReturn:
        """Advance all worlds. Infos are empty (one shared dict) except where an episode ended."""
        step = self.core.step(torch.from_numpy(self._action).to(self.core.device))
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

    def get_images(self) -> list[np.ndarray]:
        """Pictures of the first worlds, up to 16. Shape (size, size, 3) uint8 each. Raises RenderError."""
        count = min(self.num_envs, _SHOWN)
        if self._pictures is None:
            self._pictures = WorldPicture(self.core, _SIZE if count == 1 else _SIZE_MANY)
        return [self._pictures.draw(world) for world in range(count)]

    def render(self, mode: str | None = None) -> np.ndarray | None:
        """The pictures side by side, uint8 RGB. Raises SfvError for a window, which many worlds do not have."""
        if mode == "human":
            raise SfvError(
                "ImitationVecEnv opens no window; show what render() gives, or use gymnasium.make with render_mode='human'"
            )
        return super().render(mode)

    def close(self) -> None:
        """Free what draws; the worlds go with the object."""
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """What was set for single worlds, or an attribute of the environment or its core, which all worlds share.

        Raises AttributeError where nothing has that name.
        """
        chosen = self._indices(indices)
        if attr_name in self._kept:
            return [self._kept[attr_name][world] for world in chosen]
        return [self._shared(attr_name)] * len(chosen)

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set an attribute of the core, for all worlds at once; names that it has not are kept for each world.

        Raises SfvError where only some worlds should get what all share.
        """
        chosen = self._indices(indices)
        holder = next((one for one in (self.core, self) if hasattr(one, attr_name)), None)
        if holder is None:
            kept = self._kept.setdefault(attr_name, [None] * self.num_envs)
            for world in chosen:
                kept[world] = value
        elif len(set(chosen)) == self.num_envs:
            setattr(holder, attr_name, value)
        else:
            raise SfvError(f"all worlds share '{attr_name}'; set it without indices")

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method of the core once, for all worlds, and give its result for each index; ``render`` gives their pictures.

        Raises AttributeError where there is no such method.
        """
        chosen = self._indices(indices)
        if method_name == "render":
            images = self.get_images()
            return [images[world] if world < len(images) else None for world in chosen]
        return [self._shared(method_name)(*method_args, **method_kwargs)] * len(chosen)

    def env_is_wrapped(self, wrapper_class: type, indices: VecEnvIndices = None) -> list[bool]:
        """No world is wrapped."""
        return [False] * len(self._indices(indices))

    def _shared(self, name: str) -> Any:
        for holder in (self.core, self):
            if hasattr(holder, name):
                return getattr(holder, name)
        raise AttributeError(f"neither ImitationVecEnv nor its core has '{name}'")

    def _indices(self, indices: VecEnvIndices) -> Sequence[int]:
        return list(self._get_indices(indices))


_SHOWN = 16  # worlds in a picture: more would be too small to see
_SIZE, _SIZE_MANY = 480, 240  # pixels of one world, alone and beside others
