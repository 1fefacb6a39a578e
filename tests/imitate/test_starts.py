from dataclasses import replace

import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.config import AsiConfig, FailureConfig, ImitationConfig
from sfv.imitate.state.tangent import pose_difference
from sfv.imitate.terminations.early import fallen
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig


@pytest.fixture
def make(humanoid, flat):
    def build(clip, worlds=64, seed=0, auto_reset=True, **settings):
        config = ImitationConfig(
            **({"start": "asi", "start_velocity_noise": 0.0, "asi": AsiConfig(spread=1.0, episodes=2000)} | settings)
        )
        return make_imitation_worlds(clip, humanoid, flat, PhysicsConfig(), config, worlds, 2, seed, auto_reset)

    return build


def offsets(core):
    """How far each world is from the reference it started at, before the lift out of the ground counts."""
    frame = core.library.frame(core.start)
    return pose_difference(core.worlds.qpos.float(), frame.qpos, core.skeleton)


def test_adaptive_starts_lie_around_the_phases_poses_with_their_spread(make, walk_clip):
    core = make(walk_clip, worlds=256)
    core.reset()
    phases = core.starts.phases
    assert set(core.start[:, 1].tolist()) == set(phases.first[:-1].tolist())
    assert len(phases.first) == 11
    steps = phases.first.diff()
    assert steps.max() - steps.min() <= 1  # equally spaced, to a frame
    spread, expected = offsets(core).std(0), core.starts.asi.log_std[0].exp()
    knee = core.skeleton.hinge_dof  # clamped at their limits
    free = torch.ones(len(spread), dtype=torch.bool)
    free[knee], free[2] = False, False  # and the height is lifted
    torch.testing.assert_close(spread[free], expected[free], rtol=0.25, atol=0)
    assert float(expected.max()) > 0.2


def test_adaptive_starts_are_no_failures_and_above_the_ground(make, walk_clip):
    """A small termination distance makes failures of starts that are somewhat to the side or lifted much."""
    core = make(walk_clip, worlds=256, termination_distance=0.04)
    for _ in range(3):
        core.reset()
        worlds, frame = core.worlds, core.library.frame(core.start)
        assert not fallen(worlds.ground_contact, frame.may_touch).any()
        assert not worlds.diverged.any()
        assert (worlds.xpos[:, core.skeleton.root] - frame.qpos[:, :3]).norm(dim=-1).max() < 0.04
        assert worlds.ground_distance.min() > -1e-3
    drawn, rejected, fallbacks, _ = core.starts.asi.tally.tolist()
    assert 0 < rejected < drawn
    assert core.starts.asi.count.sum() == rejected  # each is an episode, of return zero
    assert core.starts.asi._sum_return.abs().sum() == 0
    assert (core.starts.asi.bin == -1).sum() <= fallbacks


def test_without_redraws_a_failing_start_is_the_reference_itself(make, walk_clip):
    core = make(walk_clip, worlds=256, termination_distance=0.04, asi=AsiConfig(redraws=0, spread=1.0))
    core.reset()
    alone = core.starts.asi.bin == -1
    assert alone.any()
    assert not alone.all()
    moved = offsets(core).abs().amax(1)
    assert moved[alone].max() < 0.05  # the lift at most
    assert moved[~alone].min() > 0.05
    assert int(core.starts.asi.tally[2]) >= int(alone.sum())


def test_episodes_teach_the_phase_they_began_in(make, walk_clip):
    """Under automatic resets: what a phase is credited with is its own episodes' discounted return."""
    core = make(walk_clip, worlds=32, asi=AsiConfig(episodes=10**6))
    core.reset()
    asi, gain, expected, counted = core.starts.asi, torch.ones(32), torch.zeros(32), torch.zeros(10)
    asi.count.zero_()
    for _ in range(60):
        bins, before = asi.bin.clone(), asi.count.clone()
        rejected = asi.tally[1].clone()
        step = core.step(torch.zeros(32, core.action_size))
        expected, gain = expected + gain * step.reward, gain * 0.95
        ended = (step.ended & (bins != -1)).nonzero().squeeze(1)
        counted.index_add_(0, bins[ended], expected[ended])
        expected[step.ended], gain[step.ended] = 0.0, 1.0
        assert float((asi.count - before).sum()) == len(ended) + int(asi.tally[1] - rejected)
    assert asi.count.sum() > 20
    torch.testing.assert_close(asi._sum_return, counted)


def test_starts_given_from_outside_are_undisturbed_and_teach_nothing(make, walk_clip):
    core = make(walk_clip, worlds=8, start_pose_noise=0.0)
    core.reset(start=torch.arange(8) * 10)
    assert (core.starts.asi.bin == -1).all()
    assert offsets(core).abs().max() < 0.05


def test_adaptive_starts_leave_time_before_the_end(make, short_clip):
    core = make(short_clip, worlds=128, min_remaining_seconds=0.4)
    core.reset()
    assert core.clip_steps(core.start).min() >= 12
    assert core.start[:, 1].unique().numel() == 10


@pytest.mark.parametrize("start", ["rsi", "asi"])
def test_failures_draw_starts(make, walk_clip, start):
    core = make(walk_clip, worlds=256, start=start, failure_weight=0.9, failure=FailureConfig(bins=10, kernel=1))
    core.starts.phases.failures[3] = 100.0
    core.reset()
    share = (core.starts.phases.part(core.start[:, 1]) == 3).float().mean()
    assert float(share) == pytest.approx(0.91, abs=0.08)
    assert core.start[:, 1].unique().numel() > (5 if start == "asi" else 20)


def test_only_failures_are_counted(make, walk_clip):
    core = make(walk_clip, worlds=16, start="rsi", failure_weight=0.5, episode_seconds=0.1)
    for _ in range(3):
        step = core.step(torch.zeros(16, core.action_size))
    assert step.timed_out.any()
    assert core.starts.phases.failures.sum() == 0
    core.worlds.qvel[:4] = 1e12
    core.step(torch.zeros(16, core.action_size))
    assert float(core.starts.phases.failures.sum()) == pytest.approx(4 * 0.01)


@pytest.mark.parametrize(
    "settings", [{"start": "asi"}, {"start": "rsi", "failure_weight": 0.8}, {"start": "asi", "failure_weight": 0.8}]
)
def test_saved_state_goes_on_bit_for_bit(make, walk_clip, settings):
    core = make(walk_clip, worlds=16, asi=AsiConfig(episodes=5, step_size=0.05), **settings)
    action = torch.full((16, core.action_size), 0.5)
    for _ in range(10):
        core.step(action)
    state = core.save_state()
    other = make(walk_clip, worlds=16, seed=9, asi=AsiConfig(episodes=5, step_size=0.05), **settings)
    runs = []
    for worlds in (core, other):
        worlds.load_state(state)
        runs.append([worlds.step(action) for _ in range(40)])
    assert all(torch.equal(a.observation, b.observation) and torch.equal(a.reward, b.reward) for a, b in zip(*runs))
    first, second = core.save_state(), other.save_state()
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    if settings["start"] == "asi":
        assert core.starts.asi.tally[3] > 0
        assert not torch.equal(first["starts.asi.mean"], state["starts.asi.mean"])
    if settings.get("failure_weight"):
        assert not torch.equal(first["starts.failures"], state["starts.failures"])


def test_same_seed_same_starts(make, walk_clip):
    first, again, other = (make(walk_clip, seed=seed, failure_weight=0.5).worlds.qpos.clone() for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_plain_starts_save_what_they_always_did(make, walk_clip):
    core = make(walk_clip, start="rsi")
    assert not any("starts" in name or "shaping" in name for name in core.save_state())
    assert core.starts.figures() == {}


def test_figures_name_the_hardest_phase(make, walk_clip):
    core = make(walk_clip, failure_weight=0.5)
    core.starts.phases.failures[7] = 1.0
    figures = core.starts.figures()
    assert figures["hardest_phase"] == pytest.approx(0.7)
    assert figures["asi_std"] > 0.05
    assert 0 <= figures["asi_rejected"] < 1


def test_weights_by_failure_need_more_than_one_start(make, walk_clip):
    with pytest.raises(SfvError, match="failure_weight"):
        make(walk_clip, start="first", failure_weight=0.5)


def test_a_short_clip_still_has_a_start(make, short_clip):
    clip = replace(short_clip, qpos=short_clip.qpos[:10])
    core = make(clip, worlds=8, min_remaining_seconds=5.0)
    assert (core.start == 0).all()
