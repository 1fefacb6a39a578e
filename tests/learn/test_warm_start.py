"""A policy from level ground goes on learning on other ground."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import configure

from sfv.errors import SfvError
from sfv.imitate.playback import Playback
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.defaults import defaults_for
from sfv.learn.run.checkpoint import Counters
from sfv.learn.run.folder import CLIP, CONFIG, read_run
from sfv.learn.run.policy import load_policy, save_small_policy
from sfv.learn.run.warm_start import warm_start
from sfv.learn.train import _evaluate, build_learner, train

TINY = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=256, nr_starts=2)


def on_slopes(folder, **learner):
    run = RunConfig(env="slopes", start_from=str(folder), learner=replace(TINY, **learner))
    return replace(run, imitation=replace(run.imitation, height_map=True))


@pytest.mark.parametrize("whole", [True, False])
def test_at_first_it_plays_as_it_did(whole, tiny_run, walk_clip, tmp_path):
    source = tiny_run
    if not whole:  # what ships: no value network, weights in half precision
        source = tmp_path
        for name in (CONFIG, CLIP):
            (tmp_path / name).write_bytes((tiny_run / name).read_bytes())
        save_small_policy(load_policy(tiny_run), tmp_path / "policy.npz")
    run = on_slopes(source)
    learner, _ = build_learner(run, [walk_clip])
    assert warm_start(learner.network, run, source) is whole
    old = load_policy(source)
    seen = torch.randn(5, old.observation_size)
    heights = torch.randn(5, learner.network.features_dim - old.observation_size)
    assert heights.shape[1] == 50
    with torch.no_grad():
        now = learner.network.mean_action(torch.cat((seen, heights), dim=1))
    torch.testing.assert_close(now, old.act(seen), atol=1e-5, rtol=1e-5)


def test_only_the_value_network_learns_at_first(tiny_run, walk_clip, tmp_path):
    run = on_slopes(tiny_run, total_samples=512, critic_updates=1)
    learner, _ = build_learner(run, [walk_clip])
    warm_start(learner.network, run, tiny_run)
    learner.set_logger(configure(None, []))
    learner.warm_up(2)
    policy = [value.clone() for value in learner.network.policy_parameters()[:-1]]
    values = learner.network.value_net.weight.clone()
    learner.update(512)
    assert all(torch.equal(a, b) for a, b in zip(policy, learner.network.policy_parameters()))
    assert not torch.equal(values, learner.network.value_net.weight)
    learner.update(512)
    assert not torch.equal(policy[0], learner.network.policy_parameters()[0])


def test_a_run_on_terrain_trains_resumes_and_says_what_it_saw(tiny_run, walk_clip, tmp_path):
    run = on_slopes(tiny_run)
    train(run, walk_clip, tmp_path / "run")
    again, _ = read_run(tmp_path / "run")
    assert (again.env, again.start_from) == ("slopes", str(tiny_run))
    assert again.imitation.height_map
    assert load_policy(tmp_path / "run").observation_size == load_policy(tiny_run).observation_size + 50


def test_another_characters_policy_is_refused_and_nothing_is_left_behind(tiny_run, walk_clip, tmp_path):
    run = replace(on_slopes(tiny_run), character="atlas")
    with pytest.raises(SfvError, match="character 'humanoid', not of 'atlas'"):
        train(run, replace(walk_clip, character="atlas"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_other_settings_are_named(tiny_run, walk_clip, tmp_path):
    run = on_slopes(tiny_run)
    changed = replace(run, imitation=replace(run.imitation, action_scale=1.0))
    with pytest.raises(SfvError, match=r"imitation\.action_scale"):
        train(changed, walk_clip, tmp_path / "run")
    with pytest.raises(SfvError, match=r"--learner\.hidden \[32, 16\]"):
        train(on_slopes(tiny_run, hidden=(64, 16)), walk_clip, tmp_path / "other")


def test_who_sees_the_ground_goes_on_seeing_it_in_the_same_places(tiny_run, walk_clip, tmp_path):
    run = on_slopes(tiny_run)
    places = {"height_map_ahead": (0.0, 0.5), "height_map_aside": (-0.2, 0.2)}
    train(replace(run, imitation=replace(run.imitation, **places)), walk_clip, tmp_path / "run")
    with pytest.raises(SfvError, match=r"imitation\.height_map_ahead, imitation\.height_map_aside"):
        train(on_slopes(tmp_path / "run"), walk_clip, tmp_path / "other")
    usual = defaults_for(walk_clip, RunConfig(start_from=str(tmp_path / "run")))  # level ground
    assert usual.imitation.height_map
    assert {name: getattr(usual.imitation, name) for name in places} == places


def test_defaults_of_a_warm_start_and_of_terrain(walk_clip, tiny_run):
    cold, warm = (defaults_for(walk_clip, RunConfig(env="rough", start_from=path)) for path in ("", str(tiny_run)))
    assert cold.imitation.height_map
    assert warm.imitation.height_map
    assert not defaults_for(walk_clip).imitation.height_map
    assert warm.learner.total_samples < cold.learner.total_samples
    assert warm.learner.log_std_init < cold.learner.log_std_init
    assert np.isclose(warm.learner.log_std_final, cold.learner.log_std_final)


def test_defaults_of_who_is_pushed_or_shoved(walk_clip, tiny_run):
    """More noise and larger updates; the reference waits, and coming back to it counts more."""
    calm = defaults_for(walk_clip, RunConfig(start_from=str(tiny_run)))
    shoved = RunConfig(start_from=str(tiny_run), imitation=replace(calm.imitation, start_push_speed=2.0))
    for given in (RunConfig(start_from=str(tiny_run), env="flat_pushed"), shoved):
        found = defaults_for(walk_clip, given)
        assert found.imitation.max_reference_distance == 0.5
        assert found.imitation.reward.com_weight > calm.imitation.reward.com_weight
        assert found.learner.log_std_init > calm.learner.log_std_init
        assert found.learner.learning_rate < calm.learner.learning_rate
        assert found.learner.total_samples == 2 * RunConfig().learner.total_samples
        assert found.learner.worlds * found.learner.n_steps == 2 * calm.learner.worlds * calm.learner.n_steps
    assert calm.imitation.max_reference_distance is None


def test_who_is_pushed_in_training_is_judged_under_pushes(tiny_run, walk_clip):
    run = RunConfig(env="flat:randomisation.push_newtons=[300,400]", learner=TINY)
    run = replace(run, imitation=replace(run.imitation, episode_seconds=5.0))
    _, judges = build_learner(replace(run, imitation=replace(run.imitation, max_reference_distance=0.5)), [walk_clip])
    (judge,) = judges.values()
    assert judge.disturbances.pushes is not None
    assert judge.config.max_reference_distance == 0.5
    _, calm = build_learner(RunConfig(learner=TINY), [walk_clip])
    (plain,) = calm.values()
    assert plain.disturbances.pushes is None
    # as many control steps from more starts, each as long as an episode of the training
    assert (judge.config.episode_seconds, plain.config.episode_seconds) == (run.imitation.episode_seconds, 20.0)
    assert judge.num_worlds * judge.max_steps == plain.num_worlds * plain.max_steps


@pytest.mark.parametrize(("shove", "kept"), [(2.0, 2), (0.0, 1)])
def test_under_shoves_the_newer_of_two_that_are_as_good_is_kept(monkeypatch, walk_clip, tmp_path, shove, kept):
    run = RunConfig(learner=TINY)
    run = replace(run, imitation=replace(run.imitation, start_push_speed=shove))
    learner, judges = build_learner(run, [walk_clip])
    counters = Counters()
    for samples, nr in ((1, 0.700), (2, 0.695), (3, 0.680)):
        found, steps = torch.full((2,), nr), torch.ones(2, dtype=torch.long)
        played = Playback(found, torch.zeros(2, 4), steps, steps, steps < 0)
        monkeypatch.setattr("sfv.learn.train.play", lambda *_, played=played: played)
        counters.samples = samples
        _evaluate(learner, judges, tmp_path, counters)
    assert counters.best_samples == kept
    assert counters.best_score == pytest.approx(0.7)  # equals cannot walk downhill


def test_who_is_shoved_at_the_start_is_judged_so(tiny_run, walk_clip):
    run = RunConfig(learner=TINY)
    for shove in (0.0, 0.8):
        shoved = replace(run.imitation, start_push_speed=shove, max_reference_distance=0.5)
        _, judges = build_learner(replace(run, imitation=shoved), [walk_clip])
        (judge,) = judges.values()
        assert (judge.config.start_push_speed, judge.config.max_reference_distance) == (shove, 0.5 if shove else None)
