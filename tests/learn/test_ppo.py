from dataclasses import replace

import numpy as np
import pytest
import torch
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.logger import configure

from sfv.errors import DivergedError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.vec_env import ImitationVecEnv
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.learn import timing
from sfv.learn.config import TrainConfig
from sfv.learn.ppo.ppo import ImitationPPO
from sfv.physics.config import PhysicsConfig

SMALL = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=2048)


@pytest.fixture
def make(walk_clip, humanoid, flat):
    def build(config=SMALL, **imitation):
        core = make_imitation_worlds(
            walk_clip, humanoid, flat, PhysicsConfig(), ImitationConfig(**imitation), config.worlds, 2, config.seed
        )
        learner = ImitationPPO(ImitationVecEnv(core), config)
        learner.set_logger(configure(None, []))
        learner.warm_up(config.n_steps)
        return learner

    return build


def _log_prob(network, observations, actions):
    return network.log_prob(network.features(observations), actions)


def test_time_outs_are_bootstrapped_and_failures_are_not(make):
    """Every reward in the buffer is the environment's own, plus gamma V(final observation) where time ran out."""
    learner = make(episode_seconds=0.2)
    core, steps = learner.core, []
    inner = core.step

    def spy(action):
        core.worlds.qvel[0] = 1e12  # world 0 fails in every step
        steps.append(inner(action))
        return steps[-1]

    core.step = spy
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    timed_out = 0
    for row, step in zip(learner.rollout_buffer.columns["rewards"], steps):
        expected = step.reward.clone()
        for row_of_final, world in enumerate(step.final_worlds.tolist()):
            if step.timed_out[world]:
                value = learner.network.values(step.final_observation[row_of_final : row_of_final + 1])
                expected[world] += learner.gamma * float(value.detach())
                timed_out += 1
        torch.testing.assert_close(row, expected, atol=1e-5, rtol=0)
        assert row[0] == 0.0
    assert timed_out > 20


def test_collected_samples_are_consistent(make):
    """Buffer rows are what the policy says of them; the episode starts follow the ends."""
    learner = make(episode_seconds=0.1)
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    buffer = learner.rollout_buffer.columns
    observations, actions = buffer["observations"].flatten(0, 1), buffer["actions"].flatten(0, 1)
    values, log_prob = learner.network.values(observations), _log_prob(learner.network, observations, actions)
    torch.testing.assert_close(values.detach(), buffer["values"].flatten(), atol=1e-4, rtol=0)
    torch.testing.assert_close(log_prob.detach(), buffer["log_probs"].flatten(), atol=1e-3, rtol=0)
    assert buffer["episode_starts"][0].all()
    assert not buffer["episode_starts"][1:3].any()
    assert buffer["episode_starts"][3].all()  # 0.1 s are 3 steps
    assert learner.num_timesteps == 32 * 8


def test_same_seed_same_weights(make):
    def weights(seed):
        learner = make(replace(SMALL, seed=seed))
        for _ in range(2):
            learner.update(SMALL.total_samples)
        return torch.cat([parameter.detach().flatten() for parameter in learner.network.parameters()])

    first = weights(0)
    assert torch.equal(first, weights(0))
    assert not torch.equal(first, weights(1))


def test_step_size_falls_to_zero_linearly(make):
    learner = make()
    rates = [learner.update(1024).learning_rate for _ in range(4)]
    whole = SMALL.learning_rate
    np.testing.assert_allclose(rates, [whole, 0.75 * whole, 0.5 * whole, 0.25 * whole], rtol=1e-6)


def test_warm_up_fills_the_normaliser_and_keeps_the_first_update_small(make):
    learner = make()
    assert float(learner.network.features_extractor.count) == 8 * 32
    assert (learner.core.elapsed == 0).all()
    assert learner.update(2048).kl < 1.0


def test_target_kl_ends_an_update_early(make):
    free, bounded = make(), make(replace(SMALL, target_kl=1e-6))
    free.update(2048)
    bounded.update(2048)
    assert free._n_updates == 5 * 4
    assert bounded._n_updates < free._n_updates


def test_low_precision_gradients_agree_with_full_ones(make):
    learner = make()
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    gradients = []
    for low in (False, True):
        learner.network.low_precision = low
        learner.network.zero_grad()
        batch = next(iter(learner.rollout_buffer.get(None)))
        values = learner.network.values(batch.observations)
        log_prob = _log_prob(learner.network, batch.observations, batch.actions)
        (log_prob.mean() + values.mean()).backward()
        parts = [p.grad.flatten() for p in learner.network.parameters() if p.grad is not None]
        gradients.append(torch.cat(parts))
    assert torch.nn.functional.cosine_similarity(*gradients, dim=0) > 0.99
    assert not torch.equal(*gradients)


def test_one_loss_of_both_networks_gives_the_same_gradients(make):
    """PPO's loss written in one piece, observations normalised in each minibatch, against the two halves."""
    learner = make(replace(SMALL, ent_coef=0.01, log_std_final=None))
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    network, batch = learner.network, next(iter(learner.rollout_buffer.get(64)))
    distribution = network.get_distribution(batch.observations)
    advantages = (batch.advantages - batch.advantages.mean()) / (batch.advantages.std() + 1e-8)
    ratio = torch.exp(distribution.log_prob(batch.actions) - batch.old_log_prob)
    policy_loss = -torch.min(advantages * ratio, advantages * ratio.clamp(0.8, 1.2)).mean()
    value_loss = ((network.predict_values(batch.observations).flatten() - batch.returns) ** 2).mean()
    network.zero_grad()
    (policy_loss + 0.5 * value_loss - 0.01 * distribution.entropy().mean()).backward()
    expected = [parameter.grad.clone() for parameter in network.parameters()]
    network.zero_grad()
    ready = batch._replace(observations=network.features(batch.observations))
    learner._policy_gradient(ready, 0.2)
    learner._value_gradient(ready)
    for parameter, gradient in zip(network.parameters(), expected):
        torch.testing.assert_close(parameter.grad, gradient, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("low", [False, True])
def test_networks_side_by_side_change_no_bit(make, monkeypatch, low):
    monkeypatch.setattr(timing.os, "cpu_count", lambda: 2)
    weights = []
    for threads in (1, 2):
        learner = make(replace(SMALL, torch_threads=threads))
        assert learner.networks.parallel == (threads == 2)
        learner.network.low_precision = low
        for _ in range(2):
            learner.update(SMALL.total_samples)
        weights.append(torch.cat([parameter.detach().flatten() for parameter in learner.network.parameters()]))
    assert torch.equal(*weights)


def test_every_sample_once_a_pass_and_nothing_is_copied(make):
    learner = make()
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    buffer = learner.rollout_buffer
    assert torch.equal(torch.cat(buffer.rows(64)).sort().values, torch.arange(32 * 8))
    assert not torch.equal(torch.cat(buffer.rows(64)), torch.cat(buffer.rows(64)))
    assert buffer.samples().observations.data_ptr() == buffer.columns["observations"].data_ptr()
    returns = torch.cat([batch.returns for batch in buffer.get(50)])
    torch.testing.assert_close(returns.sort().values, buffer.columns["returns"].flatten().sort().values)


def test_returns_are_those_of_sb3s_own_buffer(make):
    """Rewards, values and ends at random; the same in Stable-Baselines3's arrays."""
    learner, generator = make(), torch.Generator().manual_seed(3)
    buffer, steps, worlds = learner.rollout_buffer, learner.n_steps, 32
    settings = {"gae_lambda": learner.gae_lambda, "gamma": learner.gamma, "n_envs": worlds}
    stock = RolloutBuffer(steps, learner.observation_space, learner.action_space, **settings)
    buffer.reset()
    for name in ("rewards", "values", "episode_starts"):
        numbers = torch.rand((steps, worlds), generator=generator)
        buffer.columns[name].copy_(numbers < 0.2 if name == "episode_starts" else numbers)
        getattr(stock, name)[:] = buffer.columns[name].numpy()
    last, dones = torch.rand(worlds, generator=generator), torch.rand(worlds, generator=generator) < 0.2
    buffer.compute_returns_and_advantage(last, dones)
    stock.compute_returns_and_advantage(last, dones.numpy())
    for name in ("advantages", "returns"):
        np.testing.assert_allclose(buffer.columns[name].numpy(), getattr(stock, name), atol=1e-5)


def test_sb3_can_save_it(make, tmp_path):
    make().save(tmp_path / "model.zip")
    assert (tmp_path / "model.zip").stat().st_size > 1000


def test_infinite_losses_stop_training_with_one_line(make):
    learner = make()
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    learner.rollout_buffer.columns["returns"][0, 0] = torch.nan
    with pytest.raises(DivergedError, match="learning_rate"):
        learner.train()


def test_sb3s_own_learn_works_on_it(make):
    learner = make()
    learner.learn(512)
    assert learner.num_timesteps == 512
    assert learner.statistics is not None


@pytest.mark.parametrize(("dual_clip", "counts"), [(None, True), (3.0, False), (20.0, True)])
def test_dual_clipping_leaves_out_ratios_beyond_it_where_the_advantage_is_negative(make, dual_clip, counts):
    """Both samples have become ten times as probable; the better one is clipped as in plain PPO."""
    learner = make(replace(SMALL, dual_clip=dual_clip, log_std_final=None))
    learner.collect_rollouts(learner.env, None, learner.rollout_buffer, learner.n_steps)
    samples = learner.rollout_buffer.samples()
    pair = samples._replace(**{name: column[:2] for name, column in samples._asdict().items()})
    features = learner.network.features(pair.observations)
    log_prob = learner.network.log_prob(features, pair.actions).detach()
    batch = pair._replace(
        observations=features, old_log_prob=log_prob - np.log(10.0), advantages=torch.tensor([-1.0, 1.0])
    )
    learner.network.optimizer.zero_grad()
    learner._policy_gradient(batch, 0.2)
    gradient = torch.cat([p.grad.flatten() for p in learner.network.parameters() if p.grad is not None])
    assert (float(gradient.abs().max()) > 0) is counts
