from dataclasses import replace

import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.nr_rules import nr_task
from sfv.imitate.state.heading import heading
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig

PHYSICS = PhysicsConfig()


@pytest.fixture
def make(humanoid, flat):
    def build(clip, worlds=8, physics=PHYSICS, auto_reset=True, seed=0, **settings):
        settings = {"start_pose_noise": 0.0, "start_velocity_noise": 0.0} | settings
        return make_imitation_worlds(
            clip, humanoid, flat, physics, ImitationConfig(**settings), worlds, 2, seed, auto_reset
        )

    return build


def put_on_reference(core):
    """Move every world exactly onto its reference."""
    frame = core.library.frame(core.moment)
    core.worlds.reset(torch.arange(core.num_worlds), frame.qpos, frame.qvel)
    return frame


@pytest.mark.parametrize("clip", ["walk_clip", "turning_clip", "short_clip"])
def test_the_reference_itself_earns_one(make, clip, request):
    """Also in later cycles, after position and heading have moved on."""
    core = make(request.getfixturevalue(clip))
    core.elapsed[:] = torch.arange(8) * 20
    frame = put_on_reference(core)
    terms = core.reward_terms(
        frame, core.worlds.subtree_com[:, core.skeleton.root], heading(core.worlds.xquat[:, core.skeleton.root])
    )
    torch.testing.assert_close(terms, torch.ones(8, 4), atol=1e-3, rtol=0)


def test_reference_start_is_seen_and_holds_for_a_step(make, walk_clip):
    """After a start on the reference the offset is zero, and one step of the residual targets stays close to it."""
    core = make(walk_clip)
    assert core.reset()[:, -6:].abs().max() < 0.02  # the lift out of the ground at most
    step = core.step(torch.zeros(8, core.action_size))
    assert step.reward.min() > 0.9


def test_finer_physics_follows_the_servo_targets_as_well(make, walk_clip):
    """Targets lead by one control step whatever the number of substeps."""
    for physics in (PHYSICS, PhysicsConfig(substeps=20, armature=0.01)):
        core = make(walk_clip, physics=physics)
        steps = [core.step(torch.zeros(8, core.action_size)).terms[:, 0].mean() for _ in range(5)]
        assert min(steps) > 0.95


def test_fall_ends_the_episode_without_reward(make, walk_clip):
    core = make(walk_clip, auto_reset=False)
    qpos = core.worlds.qpos.clone()
    qpos[3, 2:7] = torch.tensor([0.1, 0.7071068, 0.0, 0.7071068, 0.0])
    core.worlds.reset(torch.tensor([3]), qpos[3:4], torch.zeros(1, core.worlds.model.nv))
    step = core.step(torch.zeros(8, core.action_size))
    assert step.failed.tolist() == [i == 3 for i in range(8)]
    assert step.ended.tolist() == [i == 3 for i in range(8)]
    assert float(step.reward[3]) == 0.0
    assert step.terms[3].abs().max() == 0.0
    assert not (step.timed_out | step.completed | step.diverged).any()


def test_feet_may_touch_the_ground(make, walk_clip):
    core = make(walk_clip, auto_reset=False)
    step = core.step(torch.zeros(8, core.action_size))
    assert core.worlds.ground_contact.any()
    assert not step.failed.any()


@pytest.mark.parametrize(("distance", "fails"), [(0.9, False), (1.2, True)])
def test_straying_from_the_reference_ends_the_episode(make, walk_clip, distance, fails):
    core = make(walk_clip, auto_reset=False)
    qpos, qvel = core.worlds.qpos.clone(), core.worlds.qvel.clone()
    qpos[2, 1] += distance
    core.worlds.reset(torch.tensor([2]), qpos[2:3], qvel[2:3])
    step = core.step(torch.zeros(8, core.action_size))
    assert bool(step.failed[2]) is fails
    assert int(step.failed.sum()) == int(fails)


def test_divergence_is_a_failure_and_nothing_but_finite_numbers_come_out(make, walk_clip):
    core = make(walk_clip)
    core.worlds.qvel[5] = 1e12
    step = core.step(torch.zeros(8, core.action_size))
    assert step.diverged.tolist() == [i == 5 for i in range(8)]
    assert bool(step.failed[5])
    assert float(step.reward[5]) == 0.0
    for value in (step.observation, step.reward, step.terms, step.final_observation):
        assert torch.isfinite(value).all()
    assert not core.step(torch.zeros(8, core.action_size)).diverged.any()


def test_cyclic_clip_times_out_and_starts_anew(make, walk_clip):
    core = make(walk_clip, episode_seconds=0.1)
    for _ in range(2):
        step = core.step(torch.zeros(8, core.action_size))
        assert not step.ended.any()
    before = core.start.clone()
    step = core.step(torch.zeros(8, core.action_size))
    assert step.timed_out.all()
    assert not (step.failed | step.completed).any()
    assert step.reward.min() > 0.5  # a time-out is no failure
    assert step.episode_length.tolist() == [3] * 8
    assert (core.elapsed == 0).all()
    assert not torch.equal(core.start, before)
    assert step.final_worlds.tolist() == list(range(8))
    assert (step.final_observation - step.observation).abs().max() > 0.1
    assert core.step(torch.zeros(8, core.action_size)).episode_length.tolist() == [1] * 8


def test_clip_that_ends_is_completed_not_timed_out(make, short_clip):
    core = make(short_clip, start="first", auto_reset=False)
    assert core.clip_steps(core.start).tolist() == [38] * 8
    core.elapsed[:] = 37
    put_on_reference(core)
    step = core.step(torch.zeros(8, core.action_size))
    assert step.completed.all()
    assert not step.timed_out.any()


def test_episode_return_is_the_sum_of_rewards(make, walk_clip):
    core = make(walk_clip, episode_seconds=5 / 30)
    steps = [core.step(torch.zeros(8, core.action_size)) for _ in range(5)]
    torch.testing.assert_close(steps[-1].episode_return, torch.stack([step.reward for step in steps]).sum(0))


def test_starts_are_lifted_out_of_the_ground(make, walk_clip):
    qpos = walk_clip.qpos.copy()
    qpos[:, 2] -= 0.05
    core = make(replace(walk_clip, qpos=qpos), worlds=64)
    core.reset()
    assert core.worlds.ground_distance.min() > -1e-4


def test_rsi_leaves_time_before_the_end(make, short_clip):
    core = make(short_clip, worlds=256, min_remaining_seconds=0.3)
    core.reset()
    assert core.start[:, 1].unique().numel() > 100
    assert core.clip_steps(core.start).min() >= 9


def test_same_seed_same_rollout_other_seed_another(make, walk_clip):
    def rollout(seed):
        core = make(walk_clip, worlds=16, seed=seed, start_pose_noise=0.02, start_velocity_noise=0.1)
        core.reset()
        action = torch.full((16, core.action_size), 0.4)
        return torch.stack([core.step(action).observation for _ in range(30)])

    first = rollout(3)
    assert torch.equal(first, rollout(3))
    assert not torch.equal(first, rollout(4))


def test_saved_state_goes_on_bit_for_bit(make, walk_clip):
    core = make(walk_clip, worlds=16)
    action = torch.full((16, core.action_size), 0.5)
    for _ in range(10):
        core.step(action)
    state, runs = core.save_state(), []
    for _ in range(2):
        core.load_state(state)
        runs.append([core.step(action) for _ in range(40)])
    assert any(step.ended.any() for step in runs[0])  # resets, and so random numbers, are part of it
    assert all(torch.equal(a.observation, b.observation) and torch.equal(a.reward, b.reward) for a, b in zip(*runs))


def test_absolute_targets_ignore_the_reference(make, walk_clip):
    core = make(walk_clip, targets="absolute", action_scale=1.0, auto_reset=False)
    seen = []
    core.worlds.step = lambda ctrl, late: seen.append(ctrl)  # type: ignore[method-assign]
    core.step(torch.full((8, core.action_size), 0.25))
    torch.testing.assert_close(seen[0], torch.full((8, core.action_size), 0.25))


def test_refuses_a_clip_of_another_character(make, walk_clip):
    with pytest.raises(SfvError, match="atlas"):
        make(replace(walk_clip, character="atlas"))


def test_training_may_start_beside_the_reference_and_nr_never_does(make, walk_clip):
    core = make(walk_clip, worlds=64, start_position_noise=0.2)
    core.reset()
    beside = core.worlds.qpos[:, :2] - core.library.frame(core.start).qpos[:, :2]
    assert 0.15 < float(beside.std()) < 0.25
    assert nr_task(core.config, NrConfig(), cyclic=True).start_position_noise == 0.0


def test_training_may_start_with_a_shoved_root_and_nr_never_does(make, walk_clip):
    core = make(walk_clip, worlds=256, start_push_speed=2.0)
    core.reset()
    off = core.worlds.qvel - core.library.frame(core.start).qvel
    speed = off[:, :2].norm(dim=1)
    assert 1.8 < float(speed.max()) <= 2.0 + 1e-5
    assert 0.85 < float(speed.mean()) < 1.15  # uniform: gentle ones are as frequent as hard ones
    assert off[:, :2].mean(0).norm() < 0.25  # to all sides
    assert off[:, 2:].abs().max() < 1e-5
    assert nr_task(core.config, NrConfig(), cyclic=True).start_push_speed == 0.0
