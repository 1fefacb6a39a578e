"""Stable-Baselines3's PPO without per-world Python: the same algorithm, batched collection, statistics read once an update."""

from dataclasses import dataclass, fields
from functools import partial
from typing import Any, cast

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.type_aliases import RolloutBufferSamples, Schedule
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor

from sfv.errors import DivergedError
from sfv.imitate.step import Step
from sfv.imitate.term_names import DEEPMIMIC
from sfv.imitate.vec_env import ACTION_LIMIT, ImitationVecEnv
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.learn.config import TrainConfig
from sfv.learn.ppo.buffer import TensorRolloutBuffer
from sfv.learn.ppo.network import ImitationNetwork, network_settings
from sfv.learn.ranks import Ranks
from sfv.learn.side_by_side import SideBySide
from sfv.learn.timing import networks_side_by_side

_EPSILON = 1e-8  # keeps the advantages' scale finite when all are equal


@dataclass(frozen=True)
class UpdateStatistics:
    """Averages of one update; episode figures are NaN when no episode ended in it."""

    reward: float
    """Reward a control step."""
    terms: dict[str, float]
    """Unweighted reward terms a control step: DeepMimic's, then what else is trained on."""
    ended_by: dict[str, float]
    """Share of the episodes that ended which each early termination ended."""
    episode_return: float
    episode_seconds: float
    failed: float
    """Share of control steps that ended in a failure."""
    diverged: int
    """Worlds whose physics broke down."""
    value_loss: float
    policy_loss: float
    kl: float
    """Estimated KL divergence between the old and the new policy."""
    clip_fraction: float
    std: float
    """Mean standard deviation of the action noise."""
    learning_rate: float


class ImitationPPO(PPO):
    """PPO on an ``ImitationVecEnv``. Time-outs are bootstrapped with V(final observation), all of a step in one batch."""

    def __init__(self, env: ImitationVecEnv, config: TrainConfig, ranks: Ranks | None = None) -> None:
        """``ranks``: the processes that train this network together."""
        self.ranks = ranks or Ranks()
        device = env.core.device
        self.generator = torch.Generator(device).manual_seed(config.seed + self.ranks.rank)
        """Source of the action noise and of the order of minibatches."""
        self.statistics: UpdateStatistics | None = None
        """Of the last update."""
        rate = config.learning_rate
        super().__init__(
            ImitationNetwork,
            env,
            learning_rate=(lambda remaining: rate * remaining) if config.anneal else rate,
            n_steps=config.n_steps,
            batch_size=config.batch_size,
            n_epochs=config.n_epochs,
            gamma=config.gamma,
            gae_lambda=config.gae_lambda,
            clip_range=config.clip_range,
            ent_coef=config.ent_coef,
            vf_coef=config.vf_coef,
            max_grad_norm=config.max_grad_norm,
            target_kl=config.target_kl,
            rollout_buffer_class=TensorRolloutBuffer,
            rollout_buffer_kwargs={"generator": self.generator},
            policy_kwargs=network_settings(config.hidden, config.log_std_init),
            seed=config.seed,
            device=device,
        )
        self._dual_clip = config.dual_clip
        self._critic_samples = config.critic_updates * config.n_steps * config.worlds * self.ranks.size
        self._log_stds = None if config.log_std_final is None else (config.log_std_init, config.log_std_final)
        self.network.log_std.requires_grad_(self._log_stds is None)
        self._collected: dict[str, Any] = {}
        self.seen: Tensor | None = None
        """What all worlds see now: the next update's first observations. Shape (N, observation_size)."""
        self.began: Tensor | None = None
        """Whether they are at the beginning of an episode. Shape (N,), bool."""
        self.ranks.share(self.network.state_dict().values())
        self.networks = SideBySide(networks_side_by_side(config, device))
        """Computes policy and value network at the same time."""

    @property
    def network(self) -> ImitationNetwork:
        """The policy, by its own type."""
        return cast(ImitationNetwork, self.policy)

    @property
    def core(self) -> ImitationWorlds:
        """The worlds it learns on."""
        return cast(ImitationVecEnv, self.env).core

    def _maybe_recommend_cpu(self, mlp_class_name: str = "ActorCriticPolicy") -> None:
        """Overrides SB3's advice against a GPU: it is for environments that are not on one."""

    def _excluded_save_params(self) -> list[str]:
        return [*super()._excluded_save_params(), "networks", "generator", "ranks", "seen", "began"]

    def warm_up(self, steps: int) -> None:
        """Fill the normaliser from ``steps`` control steps of the untrained policy, then begin all episodes anew.

        Without it the first update's KL divergence is in the units instead of the hundredths.
        """
        core = self.core
        observation = core.reset()
        for _ in range(steps):
            self.network.features_extractor.update(observation, self.ranks)
            noise = self._noise()
            observation = core.step(noise * self.network.log_std.detach().exp()).observation
        self.seen = core.reset()
        self.began = torch.ones(core.num_worlds, dtype=torch.bool, device=core.device)

    def update(self, total_samples: int) -> UpdateStatistics:
        """Collect ``n_steps`` of every world and improve the policy on them once."""
        self._total_timesteps = total_samples
        # the step size follows the samples before this update, so that the last one still moves
        self._update_current_progress_remaining(self.num_timesteps, total_samples)
        if self._log_stds is not None:
            first, last = self._log_stds
            with torch.no_grad():
                self.network.log_std.fill_(last + (first - last) * self._current_progress_remaining)
        self.collect_rollouts(cast(ImitationVecEnv, self.env), None, self.rollout_buffer, self.n_steps)
        self.train()
        assert self.statistics is not None
        return self.statistics

    def collect_rollouts(
        self, env: VecEnv, callback: BaseCallback | None, rollout_buffer: RolloutBuffer, n_rollout_steps: int
    ) -> bool:
        """Overrides SB3's: tensors all the way, no loop over worlds or infos."""
        core = self.core
        self.policy.set_training_mode(False)
        rollout_buffer.reset()
        if callback is not None:
            callback.on_rollout_start()
        if self.seen is None or self.began is None:  # SB3's ``learn``
            self.seen, self.began = core.reset(), torch.ones(core.num_worlds, dtype=torch.bool, device=core.device)
        observation, starts = self.seen, self.began
        buffer = cast(TensorRolloutBuffer, rollout_buffer)
        steps = []
        with torch.no_grad():
            for _ in range(n_rollout_steps):
                noise = self._noise()
                features = self.network.features(observation)
                (actions, log_prob), values = self.networks.both(
                    partial(self.network.explore, features, noise), partial(self.network.feature_values, features)
                )
                step = core.step(actions.clamp(-ACTION_LIMIT, ACTION_LIMIT))
                buffer.add_step(
                    observations=observation,
                    actions=actions,
                    rewards=self._bootstrapped(step),
                    episode_starts=starts,
                    values=values,
                    log_probs=log_prob,
                )
                self.num_timesteps += core.num_worlds * self.ranks.size
                observation, starts = step.observation, step.ended
                steps.append(step)
                if callback is not None and not callback.on_step():
                    return False
            last_values = self.network.values(observation)
        core.worlds.check()
        buffer.compute_returns_and_advantage(last_values, starts)
        self.seen, self.began = observation, starts
        ended = torch.stack([step.ended for step in steps])
        self._collected = {
            "reward": float(torch.stack([step.reward for step in steps]).mean()),
            "terms": dict(zip(DEEPMIMIC, torch.stack([step.terms for step in steps]).mean((0, 1)).tolist()))
            | {name: float(torch.stack([step.named[name] for step in steps]).mean()) for name in steps[0].named},
            "ended_by": {
                name: float(torch.stack([step.ended_by[name] for step in steps]).sum() / ended.sum().clamp_min(1))
                for name in steps[0].ended_by
            },
            "episode_return": _mean_where(torch.stack([step.episode_return for step in steps]), ended),
            "episode_seconds": _mean_where(torch.stack([step.episode_length for step in steps]), ended)
            / core.control_hz,
            "failed": float(torch.stack([step.failed for step in steps]).float().mean()),
            "diverged": int(torch.stack([step.diverged for step in steps]).sum()),
        }
        if callback is not None:
            callback.on_rollout_end()
        return True

    def _noise(self) -> Tensor:
        """Standard normal numbers for all actions. Shape (N, nu)."""
        shape = (self.core.num_worlds, self.core.action_size)
        return torch.randn(shape, generator=self.generator, device=self.generator.device)

    def _bootstrapped(self, step: Step) -> Tensor:
        """Rewards (N,), to which time-outs add what would have followed."""
        late = step.timed_out
        if not self.core.library.ever_cyclic:
            return step.reward  # such clips come to their end
        if step.final_worlds is None:  # to ask whether there are any would be to wait
            later = self.gamma * self.network.values(step.final_observation)
            return step.reward + later.masked_fill(~late, 0.0)  # worlds that broke down may have any value
        rewards = step.reward.clone()
        rows = late[step.final_worlds]
        if rows.any():
            rewards[step.final_worlds[rows]] += self.gamma * self.network.values(step.final_observation[rows])
        return rewards

    def train(self) -> None:
        """Overrides SB3's: large minibatches, no figure is read back before the end. Then the normaliser learns the samples."""
        self.policy.set_training_mode(True)
        self._update_learning_rate(self.network.optimizer)
        clip = cast(Schedule, self.clip_range)(self._current_progress_remaining)
        buffer = cast(TensorRolloutBuffer, self.rollout_buffer)
        samples = buffer.samples()
        with (
            torch.no_grad()
        ):  # the normaliser stays as it is during an update, so its work is done once, not every epoch
            samples = samples._replace(observations=self.network.features(samples.observations))
        records: list[Tensor] = []
        for _ in range(self.n_epochs):
            batches = (
                RolloutBufferSamples(*(column.index_select(0, rows) for column in samples))
                for rows in buffer.rows(self.batch_size)
            )
            if not all([self._minibatch(batch, clip, records) for batch in batches]):
                break
        self._n_updates += len(records)
        self.network.features_extractor.update(buffer.samples().observations, self.ranks)
        means = torch.stack(records).mean(0)
        if not torch.isfinite(means).all():
            raise DivergedError(
                "training left the finite numbers; lower learner.learning_rate and start again from the last checkpoint"
            )
        policy_loss, value_loss, kl, clip_fraction = means.tolist()
        self.statistics = UpdateStatistics(
            **self._collected,
            value_loss=value_loss,
            policy_loss=policy_loss,
            kl=kl,
            clip_fraction=clip_fraction,
            std=float(self.network.log_std.detach().exp().mean()),
            learning_rate=self.network.optimizer.param_groups[0]["lr"],
        )
        for item in fields(self.statistics):
            value = getattr(self.statistics, item.name)
            room = "ended_by" if item.name == "ended_by" else "train"
            for name, number in value.items() if isinstance(value, dict) else ((item.name, value),):
                self.logger.record(f"{room}/{name}", number)

    def _minibatch(self, batch: RolloutBufferSamples, clip: float, records: list[Tensor]) -> bool:
        """One Adam step; False when the policy has moved too far for this update (only with a target KL)."""
        self.network.optimizer.zero_grad()
        (policy_loss, kl, outside), value_loss = self.networks.both(
            partial(self._policy_gradient, batch, clip), partial(self._value_gradient, batch)
        )
        records.append(torch.stack((policy_loss, value_loss, kl, outside)))
        if self.target_kl is not None and float(self.ranks.average(kl)) > 1.5 * self.target_kl:
            return False
        if self.num_timesteps <= self._critic_samples:
            for parameter in self.network.policy_parameters():
                parameter.grad = None
        self.ranks.average_gradients(self.network.parameters())
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.max_grad_norm)
        self.network.optimizer.step()
        return True

    def _policy_gradient(self, batch: RolloutBufferSamples, clip: float) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of the policy network; its loss, the KL divergence and the share of samples outside of the clip range."""
        log_prob = self.network.log_prob(batch.observations, batch.actions)
        advantages = (batch.advantages - batch.advantages.mean()) / (batch.advantages.std() + _EPSILON)
        log_ratio = log_prob - batch.old_log_prob
        ratio = log_ratio.exp()
        gain = torch.min(advantages * ratio, advantages * ratio.clamp(1 - clip, 1 + clip))
        if self._dual_clip is not None:  # bites where the advantage is negative: elsewhere the gain is above already
            gain = torch.max(gain, self._dual_clip * advantages.clamp_max(0.0))
        loss = -gain.mean()
        (loss - self.ent_coef * self.network.entropy()).backward()
        with torch.no_grad():
            kl = (ratio - 1 - log_ratio).mean()  # Schulman's estimator, joschu.net/blog/kl-approx.html
            outside = ((ratio - 1).abs() > clip).float().mean()
        return loss.detach(), kl, outside

    def _value_gradient(self, batch: RolloutBufferSamples) -> Tensor:
        """Gradients of the value network; its loss."""
        loss = torch.nn.functional.mse_loss(self.network.feature_values(batch.observations), batch.returns)
        (self.vf_coef * loss).backward()
        return loss.detach()


def _mean_where(values: Tensor, chosen: Tensor) -> float:
    """Mean of the chosen ones; NaN where there are none. Shapes (T, N)."""
    return float((values * chosen).sum() / chosen.sum())
