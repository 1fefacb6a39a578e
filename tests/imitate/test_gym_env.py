import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as sb3_check_env

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.gym_env import ImitationEnv
from sfv.imitate.register import IMITATION_ID, register_environments


@pytest.fixture
def make(walk_clip):
    register_environments()
    return lambda clip=walk_clip, **settings: gymnasium.make(IMITATION_ID, clip=clip, **settings)


def test_passes_gymnasiums_checker(make):
    check_env(make().unwrapped, skip_render_check=True)


def test_passes_sb3s_checker(make):
    sb3_check_env(make().unwrapped, warn=False)


def test_registering_twice_is_harmless(make):
    register_environments()
    assert IMITATION_ID in gymnasium.registry


def test_episode_terms_and_time_out(make, walk_clip):
    env = make(config=ImitationConfig(episode_seconds=0.2))
    env.reset(seed=1)
    for count in range(1, 7):
        _, reward, terminated, truncated, info = env.step(np.zeros(28, dtype=np.float32))
        assert not terminated
        assert truncated == (count == 6)
        assert 0.65 * info["pose"] < reward <= 1.0


def test_clip_from_a_file_at_a_chosen_time(make, walk_clip, tmp_path):
    walk_clip.save(tmp_path / "clip.npz")
    env = make(clip=str(tmp_path / "clip.npz"))
    env.reset(options={"start": 0.5})
    assert int(env.unwrapped.core.start[0]) == 120
    with pytest.raises(SfvError, match="between 0 and"):
        env.reset(options={"start": 99.0})


def test_unknown_character_names_the_known_ones(walk_clip):
    with pytest.raises(SfvError, match="humanoid"):
        ImitationEnv(walk_clip, character="nobody")


def test_observation_table_of_the_docstring_adds_up(make):
    env = make()
    assert env.observation_space.shape == (2 + 1 + 15 * 15 + 6,)
    assert env.action_space.shape == (28,)
