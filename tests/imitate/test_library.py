"""Several clips in one table: each world's task is what it would be with its clip alone."""

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.config import FailureConfig, ImitationConfig
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.starts.library_phases import LibraryPhases
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig

FIELDS = ("qpos", "qvel", "com", "end_effectors", "servo", "may_touch", "phase")


@pytest.fixture
def clips(turning_clip, short_clip, walk_clip):
    return [turning_clip, short_clip, walk_clip]


@pytest.fixture
def library(clips, flat_model, humanoid):
    skeleton = ModelLayout.build(flat_model, humanoid)
    return MotionLibrary([ClipTable(clip, flat_model, skeleton, 30.0, ImitationConfig()) for clip in clips])


@pytest.fixture
def make(clips, humanoid, flat):
    def build(which=None, worlds=12, auto_reset=False, seed=0, **settings):
        chosen = clips if which is None else clips[which]
        quiet = {"start_pose_noise": 0.0, "start_velocity_noise": 0.0}
        physics, config = PhysicsConfig(), ImitationConfig(**quiet | settings)
        return make_imitation_worlds(chosen, humanoid, flat, physics, config, worlds, 1, seed, auto_reset=auto_reset)

    return build


def test_frames_are_those_of_the_clips(library):
    """The turning cycle far beyond its end, the clip that ends, the walk's second cycle."""
    generator = torch.Generator().manual_seed(0)
    clip = torch.arange(60) % 3
    frame = torch.randint(0, 2000, (60,), generator=generator)
    mixed = library.frame(library.moments(frame, clip))
    for number, one in enumerate(library.clips):
        mine, single = clip == number, MotionLibrary([one])
        alone = single.frame(single.moments(frame[mine]))
        for name in FIELDS:
            torch.testing.assert_close(getattr(mixed, name)[mine], getattr(alone, name), msg=name)
        start = frame[mine] % one.length
        left = library.steps_left(library.moments(start, number), 77)
        assert torch.equal(left, single.steps_left(single.moments(start), 77))
    assert torch.equal(library.cyclic_at(library.moments(frame, clip)), clip != 1)


def test_rows_of_the_joined_table(library):
    first = library.first_cycles()
    assert len(first.qpos) == library.rows
    assert torch.equal(library.row(first.moment), torch.arange(library.rows))
    assert torch.equal(
        library.row(library.moments(torch.tensor([10**6]), 1)), library._first[1:2] + library.length[1] - 1
    )


@pytest.mark.parametrize("settings", [{}, {"reward_kind": "beyondmimic", "pose_termination": 0.5}])
def test_every_world_has_the_task_of_its_own_clip(make, settings):
    """The same starts and actions alone and together: the same rewards, ends and observations, but for the clip's name."""
    together = make(**settings)
    clip = torch.arange(12) % 3
    frame = torch.tensor([5 * (k // 3) for k in range(12)])
    seen = {None: together.reset(start=together.library.moments(frame, clip))}
    alone = [make(which, **settings) for which in range(3)]
    for which, core in enumerate(alone):
        seen[which] = core.reset(start=frame)
    generator = torch.Generator().manual_seed(2)
    for _ in range(6):
        action = 0.2 * torch.randn((12, together.action_size), generator=generator)
        step = together.step(action)
        for which, core in enumerate(alone):
            mine, single = clip == which, core.step(action)
            torch.testing.assert_close(step.reward[mine], single.reward[mine], atol=1e-5, rtol=0)
            assert torch.equal(step.failed[mine], single.failed[mine])
            body = single.observation[:, 1 if which == 1 else 2 :]
            torch.testing.assert_close(step.observation[mine][:, 6:], body[mine], atol=1e-5, rtol=0)
            named = step.observation[mine][:, 3:6]
            assert torch.equal(named, torch.eye(3)[which].expand_as(named))


def test_ends_are_those_of_the_clips(make, clips):
    core = make(episode_seconds=0.1)
    clip = torch.arange(12) % 3
    last = core.library.length[1] - 1 - 2 * core.library.stride
    core.reset(start=core.library.moments(torch.where(clip == 1, last, 0), clip))
    steps = [core.step(torch.zeros(12, core.action_size)) for _ in range(3)]
    assert torch.equal(steps[1].completed, clip == 1)
    assert not steps[1].timed_out.any()
    assert torch.equal(steps[2].timed_out, clip != 1)
    assert core.library.ever_cyclic


def test_clips_are_drawn_alike_and_failures_make_them_more_likely(library):
    generator = torch.Generator().manual_seed(0)
    last = [one.length - 1 for one in library.clips]
    plain = LibraryPhases(5, library, last, 0.0, FailureConfig())
    start = plain.moments(3000, generator)
    share = torch.bincount(start[:, 0], minlength=3) / 3000
    torch.testing.assert_close(share, torch.full((3,), 1 / 3), atol=0.04, rtol=0)
    assert (start[:, 1] <= torch.tensor(last)[start[:, 0]]).all()
    torch.testing.assert_close(plain.probabilities(), torch.full((15,), 1 / 15))
    hard = LibraryPhases(5, library, last, 0.8, FailureConfig(memory=0.5))
    middle = library.moments(torch.full((8,), last[1] // 2), 1)
    for _ in range(10):
        hard.record(middle, torch.ones(8, dtype=torch.bool))
    chance = hard.probabilities()
    torch.testing.assert_close(chance.sum(), torch.tensor(1.0))
    assert chance[5:10].sum() > 0.8
    assert int(chance.argmax()) == 7
    drawn = hard.moments(2000, generator)
    assert (drawn[:, 0] == 1).float().mean() > 0.75


def test_one_clip_of_several_is_seen_as_it_was_among_them(make):
    together = make()
    start = torch.full((12,), 9)
    for number in range(3):
        alone = make(number, one_of=(number, 3))
        seen = together.reset(start=together.library.moments(start, number))
        torch.testing.assert_close(alone.reset(start=start), seen, atol=1e-5, rtol=0)


def test_automatic_resets_and_saved_states(make):
    core = make(auto_reset=True, worlds=24, failure_weight=0.5)
    action = torch.full((24, core.action_size), 1.5)
    for _ in range(10):
        core.step(action)
    state, runs = core.save_state(), []
    for _ in range(2):
        core.load_state(state)
        runs.append([core.step(action) for _ in range(20)])
    assert any(step.ended.any() for step in runs[0])
    assert all(torch.equal(a.observation, b.observation) for a, b in zip(*runs))
    assert len(core.start[:, 0].unique()) == 3


def test_poses_to_come_take_the_place_of_phase_and_name(make, clips):
    """Shown from the heading of the body: a turned and moved world sees the same."""
    core = make(clip_view="targets", target_seconds=(1 / 30, 0.2))
    single = make(0, clip_view="targets", target_seconds=(1 / 30, 0.2))
    assert core.observation_size == single.observation_size
    start = torch.zeros(12, dtype=torch.long)
    torch.testing.assert_close(core.reset(start=start)[0], single.reset(start=start)[0], atol=1e-5, rtol=0)
    ahead = core.library.frame(core.library.moments(start + core.library.stride))
    joints = core.skeleton.coordinates(ahead.qpos)
    torch.testing.assert_close(core.reset(start=start)[:, 9 : 9 + joints.shape[1]], joints)
    later = core.reset(start=start + core.library.clips[0].length)  # a cycle later it heads 0.4 rad elsewhere
    torch.testing.assert_close(later[0], core.reset(start=start)[0], atol=2e-4, rtol=0)
    for bad in ({"target_seconds": ()}, {"target_seconds": (0.0,)}):
        with pytest.raises(SfvError, match="target_seconds"):
            make(clip_view="targets", **bad)


def test_learned_starts_are_for_one_clip(make):
    with pytest.raises(SfvError, match="one clip"):
        make(start="asi")
    assert np.isfinite(make(1, start="asi").reset().numpy()).all()
