import json
import pickle
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
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
    check_env(make().unwrapped)  # draws too: OpenGL is found without a display and without MUJOCO_GL


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
    assert env.unwrapped.core.start[0].tolist() == [0, 120]
    with pytest.raises(SfvError, match="between 0 and"):
        env.reset(options={"start": 99.0})


def test_unknown_character_names_the_known_ones(walk_clip):
    with pytest.raises(SfvError, match="humanoid"):
        ImitationEnv(walk_clip, character="nobody")


def test_observation_table_of_the_docstring_adds_up(make):
    env = make()
    assert env.observation_space.shape == (2 + 1 + 15 * 15 + 6,)
    assert env.action_space.shape == (28,)


def test_unseeded_starts_differ_and_seeded_ones_repeat(make):
    first, second = make(), make()
    assert not np.array_equal(first.reset()[0], second.reset()[0])
    assert not np.array_equal(first.reset()[0], first.reset()[0])
    seeded = first.reset(seed=3)[0]
    assert np.array_equal(seeded, second.reset(seed=3)[0])
    assert np.array_equal(first.reset()[0], second.reset()[0])  # what follows a seed is the seed's
    assert not np.array_equal(seeded, second.reset(seed=4)[0])


def test_worlds_of_make_vec_start_differently(make, walk_clip):
    env = gymnasium.make_vec(IMITATION_ID, num_envs=3, vectorization_mode="sync", clip=walk_clip)
    observation, _ = env.reset()
    env.close()
    assert len({row.tobytes() for row in observation}) == 3


@pytest.mark.parametrize("action", [np.zeros(3), np.zeros((1, 28)), 0.0, "up", None, [[1], [1, 2]]])
def test_an_action_of_another_shape_is_a_sentence(make, action):
    env = make().unwrapped
    env.reset(seed=0)
    with pytest.raises(SfvError, match=r"\(28,\)"):
        env.step(action)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, 1e300])
def test_an_action_that_is_no_number_ends_the_episode_finite(make, value):
    env = make().unwrapped
    env.reset(seed=0)
    observation, reward, terminated, _, info = env.step(np.full(28, value))
    assert np.isfinite(observation).all()
    assert (reward, terminated, info["diverged"]) == (0.0, True, True)
    assert np.isfinite(env.reset()[0]).all()


def test_step_needs_a_reset_before_and_after_an_episode(make):
    env = make().unwrapped
    with pytest.raises(ResetNeeded):
        env.step(np.zeros(28))
    env.reset(seed=0)
    last, *_ = env.step(np.full(28, np.nan))
    with pytest.warns(UserWarning, match="reset"):
        again, reward, terminated, truncated, info = env.step(np.zeros(28))
    assert np.array_equal(last, again)
    assert (reward, terminated, truncated, info["pose"]) == (0.0, True, False, 0.0)


def test_picture_is_lit_and_follows(make):
    env = make(render_mode="rgb_array")
    env.reset(seed=0)
    first = env.render()
    assert first.shape == (480, 480, 3)
    assert first.dtype == np.uint8
    assert first.mean() > 100  # sky and ground in daylight
    assert first[200:300, 200:280].min() < 120  # somebody stands in the middle
    env.step(np.zeros(28, np.float32))
    assert not np.array_equal(first, env.render())
    env.close()
    env.close()


def test_window_without_a_display_is_a_sentence(make, monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems have no display to be without")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(SfvError, match="there is no display"):
        make(render_mode="human")


def test_window_shows_every_pose_until_it_is_closed(make, monkeypatch):
    shown = []
    viewer = SimpleNamespace(
        cam=SimpleNamespace(lookat=np.zeros(3)), lock=nullcontext, is_running=lambda: len(shown) < 3, close=lambda: None
    )

    def launch(model, data, on_key):
        viewer.sync = lambda: shown.append(data.qpos.copy())
        return viewer

    monkeypatch.setattr("sfv.imitate.gym_env.open_window", launch)
    env = make(render_mode="human")
    env.reset(seed=0)
    for _ in range(4):
        env.step(np.zeros(28, np.float32))
    env.close()
    assert len(shown) == 3
    assert not np.array_equal(shown[0], shown[1])


def test_clip_by_name(make):
    assert make(clip="walk").unwrapped.clip.name == "walk"
    assert make(clip="humanoid3d_walk").unwrapped.clip is make(clip="walk").unwrapped.clip
    with pytest.raises(SfvError, match=r"known: backflip, .*walk"):
        make(clip="nosuch")
    with pytest.raises(SfvError, match="does not exist"):
        make(clip="nosuch.npz")


def test_spec_travels(make, walk_clip, tmp_path):
    walk_clip.save(tmp_path / "clip.npz")
    env = make(clip=str(tmp_path / "clip.npz"))
    assert json.loads(env.spec.to_json())["id"] == IMITATION_ID
    assert pickle.loads(pickle.dumps(env.spec)).make().reset(seed=0)[0].shape == env.observation_space.shape


@pytest.mark.parametrize("start", ["soon", None, float("nan"), float("inf"), -1.0])
def test_start_that_is_no_time_of_the_clip(make, start):
    with pytest.raises(SfvError, match="between 0 and"):
        make().reset(options={"start": start})
