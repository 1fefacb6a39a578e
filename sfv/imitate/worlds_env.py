"""ImitationWorlds: the imitation task on N worlds at once, tensors in and tensors out, with automatic resets."""

from dataclasses import dataclass

import torch
from torch import Tensor

from sfv.character import Character
from sfv.environment import Environment
from sfv.imitate import observation, reset, reward
from sfv.imitate.config import ImitationConfig
from sfv.imitate.heading import end_effectors_in_heading
from sfv.imitate.reference import Reference, ReferenceFrame
from sfv.imitate.skeleton import Skeleton
from sfv.imitate.targets import servo_targets
from sfv.imitate.termination import fallen, strayed
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model
from sfv.physics.worlds import Worlds


@dataclass(frozen=True)
class Step:
    """What one control step gave, for N worlds; K of them ended an episode."""

    observation: Tensor
    """Of the new episode where one ended and resets are automatic. Shape (N, observation_size), float32."""
    reward: Tensor
    """Zero where the episode failed. Shape (N,)."""
    terms: Tensor
    """Unweighted reward terms, in the order of ``reward.TERMS``, zero where the episode failed. Shape (N, 4)."""
    failed: Tensor
    """Fell, strayed or diverged. Shape (N,), bool."""
    completed: Tensor
    """Came to the end of a clip that is not cyclic: nothing follows, so there is no value to bootstrap. Shape (N,), bool."""
    timed_out: Tensor
    """Came to the time limit of a cyclic clip: the motion would go on, so its value should be bootstrapped. Shape (N,), bool."""
    diverged: Tensor
    """Physics broke down (part of ``failed``). Shape (N,), bool."""
    ended: Tensor
    """Worlds whose episode ended. Shape (K,), int64."""
    final_observation: Tensor
    """Their last observations. Shape (K, observation_size)."""
    episode_return: Tensor
    """Their sums of rewards. Shape (K,)."""
    episode_length: Tensor
    """Their numbers of control steps. Shape (K,)."""


class ImitationWorlds:
    """Observation, reward, termination and resets over ``Worlds``; nothing here loops over worlds."""

    def __init__(
        self,
        worlds: Worlds,
        clip: Clip,
        character: Character,
        physics: PhysicsConfig,
        config: ImitationConfig,
        seed: int = 0,
        auto_reset: bool = True,
    ) -> None:
        """Bind the task to worlds of the clip's character. ``auto_reset`` False lets worlds go on after their episode ended."""
        clip.check_character(character.name, clip.joints)
        self.worlds, self.config, self.auto_reset = worlds, config, auto_reset
        self.num_worlds = worlds.num_worlds
        self.skeleton = Skeleton.build(worlds.model, character)
        self.reference = Reference(clip, worlds.model, self.skeleton, physics.control_hz, config)
        self.control_hz = physics.control_hz
        self.max_steps = round(config.episode_seconds * physics.control_hz)
        self.generator = torch.Generator().manual_seed(seed)
        self.start = torch.zeros(self.num_worlds, dtype=torch.long)
        """Table frame at which each world's episode began. Shape (N,)."""
        self.elapsed = torch.zeros(self.num_worlds, dtype=torch.long)
        """Control steps of each world's episode so far. Shape (N,)."""
        self._return = torch.zeros(self.num_worlds)
        self._everyone = torch.arange(self.num_worlds)
        self.action_size = worlds.model.nu
        self.observation_size = self.reset().shape[1]

    @property
    def index(self) -> Tensor:
        """Table frame that each world should be in. Shape (N,), int64."""
        return self.start + self.elapsed * self.reference.stride

    def clip_steps(self, start: Tensor) -> Tensor:
        """Control steps from a start to the end of the clip, or to the time limit of a cyclic one. Shapes (N,)."""
        if self.reference.cyclic:
            return torch.full_like(start, self.max_steps)
        return torch.div(self.reference.length - 1 - start, self.reference.stride, rounding_mode="floor")

    @torch.no_grad()
    def reset(self, ids: Tensor | None = None, start: Tensor | None = None) -> Tensor:
        """Begin new episodes in worlds ``ids`` (all where None), at table frames ``start`` (drawn as configured where None).

        Returns their observations, shape (K, observation_size).
        """
        ids = self._everyone if ids is None else ids
        start = self._draw_starts(len(ids)) if start is None else start
        frame = self.reference.frame(start)
        qpos, qvel = frame.qpos, frame.qvel
        if self.config.start_pose_noise > 0:
            qpos = reset.add_pose_noise(qpos, self.config.start_pose_noise, self.skeleton, self.generator)
        if self.config.start_velocity_noise > 0:
            qvel = reset.add_velocity_noise(qvel, self.config.start_velocity_noise, self.generator)
        self.worlds.reset(ids, qpos, qvel)
        deep = (self.worlds.ground_distance[ids] < 0).any(-1)
        if deep.any():
            self.worlds.reset(ids[deep], reset.lifted(qpos[deep], self.worlds.ground_distance[ids[deep]]), qvel[deep])
        self.start[ids], self.elapsed[ids], self._return[ids] = start, 0, 0.0
        return self._observe(ids, frame)

    @torch.no_grad()
    def step(self, action: Tensor) -> Step:
        """One control step (1/30 s) of every world. Shape (N, action_size)."""
        worlds, config, skeleton = self.worlds, self.config, self.skeleton
        frame = self.reference.frame(self.index + self.reference.stride)
        residual = config.targets == "residual"
        base = frame.servo if residual else torch.zeros_like(frame.servo)
        current = skeleton.coordinates(worlds.qpos.float())
        worlds.step(servo_targets(action, base, current, config.action_scale, skeleton))
        self.elapsed += 1
        com = worlds.subtree_com[:, skeleton.root]
        root = worlds.xpos[:, skeleton.root]
        failed = worlds.diverged | fallen(worlds.ground_contact, frame.may_touch)
        failed = failed | strayed(root, com, frame.qpos[:, :3], frame.com, config.termination_distance)
        over = self.elapsed >= self.clip_steps(self.start)
        terms = self._reward_terms(frame, com).masked_fill(failed[:, None], 0.0)
        rewards = reward.total_reward(terms, config.reward)
        self._return += rewards
        observed = self._observe(self._everyone, frame)
        ended = (failed | over).nonzero().squeeze(1)
        diverged = worlds.diverged.clone()
        result = Step(
            observation=observed,
            reward=rewards,
            terms=terms,
            failed=failed,
            completed=over & ~failed & (not self.reference.cyclic),
            timed_out=over & ~failed & self.reference.cyclic,
            diverged=diverged,
            ended=ended,
            final_observation=observed[ended],
            episode_return=self._return[ended],
            episode_length=self.elapsed[ended],
        )
        if self.auto_reset and len(ended):
            observed[ended] = self.reset(ended)
        return result

    def save_state(self) -> dict[str, Tensor]:
        """Copies of all that the next steps depend on, random numbers included."""
        own = {
            "start": self.start,
            "elapsed": self.elapsed,
            "return": self._return,
            "generator": self.generator.get_state(),
        }
        return {name: value.clone() for name, value in (own | self.worlds.save_state()).items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Return to what ``save_state`` gave."""
        self.worlds.load_state(state)
        self.start.copy_(state["start"])
        self.elapsed.copy_(state["elapsed"])
        self._return.copy_(state["return"])
        self.generator.set_state(state["generator"])

    def _draw_starts(self, count: int) -> Tensor:
        if self.config.start == "first":
            return torch.zeros(count, dtype=torch.long)
        remaining = round(self.config.min_remaining_seconds * self.reference.hz)
        last = self.reference.length - 1 - (0 if self.reference.cyclic else max(remaining, self.reference.stride))
        return reset.start_frames(count, max(last, 0), self.generator)

    def _reward_terms(self, frame: ReferenceFrame, com: Tensor) -> Tensor:
        worlds, skeleton = self.worlds, self.skeleton
        qpos = worlds.qpos.float()
        ends = end_effectors_in_heading(worlds.xpos[:, skeleton.end_effectors], qpos[:, :3], qpos[:, 3:7])
        return reward.reward_terms(
            reward.pose_error(qpos, frame.qpos, skeleton),
            reward.velocity_error(worlds.qvel.float(), frame.qvel, skeleton),
            reward.end_effector_error(ends, frame.end_effectors),
            reward.com_error(com, frame.com),
            self.config.reward,
        )

    def _observe(self, ids: Tensor, frame: ReferenceFrame) -> Tensor:
        """Observations of worlds ``ids`` whose reference is at ``frame``. Shape (K, observation_size)."""
        worlds, root = self.worlds, self.skeleton.root
        xpos, xquat = worlds.xpos[ids], worlds.xquat[ids]
        parts = [
            observation.phase_features(frame.phase, self.reference.cyclic),
            observation.body_state(xpos, xquat, worlds.cvel[ids], worlds.subtree_com[ids, root], root),
        ]
        if self.config.observe_reference:
            parts.append(
                observation.reference_offset(xpos[:, root], xquat[:, root], frame.qpos[:, :3], frame.qpos[:, 3:7])
            )
        return torch.cat(parts, dim=-1)


def make_imitation_worlds(
    clip: Clip,
    character: Character,
    environment: Environment,
    physics: PhysicsConfig,
    config: ImitationConfig,
    num_worlds: int,
    threads: int = 0,
    seed: int = 0,
    auto_reset: bool = True,
) -> ImitationWorlds:
    """Build the model, its worlds on CPU threads (0: one a core), and the task on them."""
    worlds = CpuWorlds(build_model(character, environment, physics), num_worlds, physics, threads)
    return ImitationWorlds(worlds, clip, character, physics, config, seed, auto_reset)
