import numpy as np
import pytest
from stable_baselines3 import PPO

from sfv.imitate.config import ImitationConfig
from sfv.imitate.vec_env import ImitationVecEnv
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig


@pytest.fixture
def env(walk_clip, humanoid, flat):
    config = ImitationConfig(episode_seconds=0.9)
    return ImitationVecEnv(make_imitation_worlds(walk_clip, humanoid, flat, PhysicsConfig(), config, 16, 2))


def test_shapes_and_infos_only_where_an_episode_ended(env):
    observation = env.reset()
    assert observation.shape == (16, *env.observation_space.shape)
    assert observation.dtype == np.float32
    seen_timeout = seen_fall = False
    action = np.zeros((16, 28), dtype=np.float32)
    action[8:] = 4.0  # half of the worlds are thrown over, the other half walk on for a while
    for _ in range(60):
        observation, reward, done, infos = env.step(action)
        assert observation.shape == (16, *env.observation_space.shape)
        assert reward.shape == done.shape == (16,)
        for world, info in enumerate(infos):
            assert bool(info) == bool(done[world])
            if info:
                assert info["terminal_observation"].shape == env.observation_space.shape
                assert not np.array_equal(info["terminal_observation"], observation[world])
                assert info["TimeLimit.truncated"] == (info["episode"]["l"] == 27 and reward[world] > 0)
                seen_timeout |= info["TimeLimit.truncated"]
                seen_fall |= not info["TimeLimit.truncated"]
    assert seen_timeout
    assert seen_fall


def test_seed_repeats(env):
    env.seed(5)
    first = env.reset()
    env.seed(5)
    assert np.array_equal(first, env.reset())
    assert not np.array_equal(first, env.reset())


def test_stock_sb3_learns_on_it(env):
    model = PPO("MlpPolicy", env, n_steps=8, batch_size=64, n_epochs=1, device="cpu")
    model.learn(640)
    assert model.num_timesteps == 640
    assert len(model.ep_info_buffer) > 0
