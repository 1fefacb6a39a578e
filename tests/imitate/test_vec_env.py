import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

from sfv.errors import SfvError
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


def test_attributes_as_sb3_asks_for_them(env):
    assert not env.has_attr("no_such_thing")
    with pytest.raises(AttributeError, match="no_such_thing"):
        env.get_attr("no_such_thing")
    assert env.get_attr("render_mode") == ["rgb_array"] * 16
    assert env.get_attr("spec") == [None] * 16
    assert env.get_attr("num_worlds", [0, 3]) == [16, 16]
    wrapped = VecNormalize(env)
    wrapped.set_attr("level", "hard", indices=[1])
    assert wrapped.get_attr("level", indices=[0, 1]) == [None, "hard"]
    wrapped.set_attr("max_steps", 5)
    assert env.core.max_steps == 5
    with pytest.raises(SfvError, match="max_steps"):
        env.set_attr("max_steps", 5, indices=[0])


def test_methods_of_the_core(env):
    assert env.env_method("set_progress", 0.5) == [None] * 16
    assert [image.shape for image in env.env_method("render", indices=[0, 15])] == [(240, 240, 3)] * 2
    with pytest.raises(AttributeError, match="no_such_thing"):
        env.env_method("no_such_thing")


def test_pictures_side_by_side(env):
    assert env.metadata == {"render_modes": ["rgb_array"], "render_fps": 30}
    env.reset()
    image = env.render()
    assert image.shape == (4 * 240, 4 * 240, 3)
    assert image.mean() > 100
    with pytest.raises(SfvError, match="window"):
        env.render("human")
    env.close()
    env.close()
    assert ImitationVecEnv(env.core, render_mode=None).render_mode is None
    with pytest.raises(SfvError, match="rgb_array"):
        ImitationVecEnv(env.core, render_mode="ansi")


@pytest.mark.parametrize("action", [np.zeros((3, 28)), np.zeros(28), np.zeros((16, 28, 1)), [["left"] * 28] * 16])
def test_actions_of_another_shape_are_a_sentence(env, action):
    with pytest.raises(SfvError, match=r"\(16, 28\)"):
        env.step(action)


def test_one_world_of_nan_does_not_touch_the_others(env):
    env.reset()
    action = np.zeros((16, 28), np.float32)
    action[1] = np.nan
    observation, reward, done, _ = env.step(action)
    assert done.tolist() == [world == 1 for world in range(16)]
    assert np.isfinite(observation).all()
    assert reward[1] == 0.0
    assert (reward[2:] > 0.5).all()
