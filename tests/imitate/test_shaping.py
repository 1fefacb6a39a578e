import pytest
import torch

from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig, NrConfig, RewardConfig
from sfv.imitate.playback import make_nr_worlds
from sfv.imitate.term_names import BEYONDMIMIC, PENALTIES
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig


@pytest.fixture
def make(humanoid, flat):
    def build(clip, worlds=8, **settings):
        settings = {"start_pose_noise": 0.0, "start_velocity_noise": 0.0} | settings
        return make_imitation_worlds(
            clip, humanoid, flat, PhysicsConfig(), ImitationConfig(**settings), worlds, 2, 0, auto_reset=False
        )

    return build


def test_curriculum_goes_linearly_from_one_distance_to_the_other(make, walk_clip):
    core = make(walk_clip, termination_distance=1.0, termination_distance_end=0.4, curriculum_share=0.5)
    seen = []
    for share in (0.0, 0.25, 0.5, 0.9):
        core.set_progress(share)
        seen.append(core.shaping.termination_distance)
    assert seen == pytest.approx([1.0, 0.7, 0.4, 0.4])
    fixed = make(walk_clip)
    fixed.set_progress(0.9)
    assert fixed.shaping.termination_distance == 1.0


@pytest.mark.parametrize(("share", "fails"), [(0.0, False), (1.0, True)])
def test_tightened_distance_ends_episodes(make, walk_clip, share, fails):
    core = make(walk_clip, termination_distance=1.0, termination_distance_end=0.5)
    core.set_progress(share)
    qpos, qvel = core.worlds.qpos.clone(), core.worlds.qvel.clone()
    qpos[2, 1] += 0.8
    core.worlds.reset(torch.tensor([2]), qpos[2:3], qvel[2:3])
    step = core.step(torch.zeros(8, core.action_size))
    assert bool(step.failed[2]) is fails
    assert int(step.failed.sum()) == int(fails)


@pytest.mark.parametrize(("limit", "fails"), [(0.2, True), (1.5, False), (None, False)])
def test_a_body_far_from_its_reference_ends_the_episode(make, walk_clip, limit, fails):
    """One shoulder turned: the arm is off by some 0.5 m, the root and the rest stay."""
    core = make(walk_clip, pose_termination=limit)
    shoulder = int(core.worlds.model.joint("right_shoulder").qposadr[0])
    qpos, qvel = core.worlds.qpos.clone(), core.worlds.qvel.clone()
    qpos[4, shoulder : shoulder + 4] = torch.tensor([0.7071068, 0.7071068, 0.0, 0.0])
    core.worlds.reset(torch.tensor([4]), qpos[4:5], qvel[4:5])
    step = core.step(torch.zeros(8, core.action_size))
    assert step.failed.tolist() == [fails and world == 4 for world in range(8)]


@pytest.mark.parametrize("clip", ["walk_clip", "turning_clip", "short_clip"])
def test_the_reference_itself_earns_one_from_beyondmimic(make, clip, request):
    """Also in later cycles, after position and heading have moved on, and with pose termination it does not fail."""
    core = make(request.getfixturevalue(clip), reward_kind="beyondmimic", pose_termination=0.1)
    core.elapsed[:] = torch.arange(8) * 20
    frame = core.library.frame(core.moment)
    core.worlds.reset(torch.arange(8), frame.qpos, frame.qvel)
    core.shaping._limit_weight, core.shaping._limits = (
        0.0,
        None,
    )  # the clip itself stretches knees beyond their soft limits
    earned = core.shaping.reward(torch.zeros(8), core.worlds, frame, torch.zeros(8, core.action_size), core.elapsed, {})
    torch.testing.assert_close(earned, torch.ones(8), atol=2e-3, rtol=0)
    assert not core.shaping.strayed(core.worlds, core.moment).any()


def test_training_on_beyondmimic_leaves_terms_and_nr_alone(make, walk_clip, humanoid, flat):
    """Step.terms stay DeepMimic's; the NR worlds give its reward whatever was trained on."""
    plain, other = make(walk_clip), make(walk_clip, reward_kind="beyondmimic")
    action = torch.full((8, plain.action_size), 0.1)
    a, b = plain.step(action), other.step(action)
    assert torch.equal(a.terms, b.terms)
    assert not torch.allclose(a.reward, b.reward, atol=0.01)
    task = ImitationConfig(
        start="asi",
        failure_weight=0.5,
        reward_kind="beyondmimic",
        reward=RewardConfig(pose_weight=0.1, action_rate_weight=0.5),
        termination_distance_end=0.01,
        pose_termination=0.01,
    )
    judges = [
        make_nr_worlds(walk_clip, humanoid, flat, PhysicsConfig(), config, NrConfig(starts=8), 2)
        for config in (task, ImitationConfig())
    ]
    for judge in judges:
        judge.set_progress(1.0)
        judge.reset()
    steps = [[judge.step(action * k) for k in range(4)] for judge in judges]
    for first, second in zip(*steps):
        assert torch.equal(first.reward, second.reward)
        assert torch.equal(first.failed, second.failed)


def test_action_rate_costs_the_squared_change_but_not_at_the_start(make, walk_clip):
    plain, smooth = make(walk_clip), make(walk_clip, reward=RewardConfig(action_rate_weight=0.01))
    actions = [torch.full((8, plain.action_size), value) for value in (0.3, 0.3, 0.5)]
    costs = [plain.step(action).reward - smooth.step(action).reward for action in actions]
    for cost, expected in zip(costs, (0.0, 0.0, 0.01 * 0.2**2 * plain.action_size)):
        torch.testing.assert_close(cost, torch.full((8,), expected), atol=1e-6, rtol=0)


def test_joint_acceleration_costs_the_change_of_velocity(make, walk_clip):
    plain, smooth = make(walk_clip), make(walk_clip, reward=RewardConfig(joint_acceleration_weight=1e-6))
    action, before = torch.full((8, plain.action_size), 0.2), plain.worlds.qvel.clone()
    a, b = plain.step(action), smooth.step(action)
    acceleration = ((plain.worlds.qvel - before)[:, 6:] * 30).float()
    torch.testing.assert_close(a.reward - b.reward, 1e-6 * (acceleration**2).sum(-1), atol=1e-6, rtol=1e-4)


def test_failures_earn_nothing_and_cost_nothing(make, walk_clip):
    core = make(walk_clip, reward_kind="beyondmimic", reward=RewardConfig(action_rate_weight=1.0))
    core.step(torch.zeros(8, core.action_size))
    core.worlds.qvel[3] = 1e12
    step = core.step(torch.ones(8, core.action_size))
    assert float(step.reward[3]) == 0.0
    assert (step.reward[:3] < 0).all()


def test_last_action_goes_into_the_saved_state(make, walk_clip):
    core = make(walk_clip, reward=RewardConfig(action_rate_weight=0.01))
    core.step(torch.full((8, core.action_size), 0.5))
    state, action = core.save_state(), torch.zeros(8, core.action_size)
    rewards = []
    for _ in range(2):
        core.load_state(state)
        rewards.append(core.step(action).reward)
    assert torch.equal(*rewards)
    assert float(state["shaping.last_action"].mean()) == 0.5


@pytest.mark.parametrize(
    "wrong", [{"curriculum_share": 0.0}, {"termination_distance": -1.0}, {"pose_termination": 0.0}]
)
def test_refuses_settings_out_of_range(make, walk_clip, wrong):
    with pytest.raises(SfvError, match=next(iter(wrong))):
        make(walk_clip, **wrong)


@pytest.mark.parametrize(
    ("env", "settings"),
    [
        ("flat", {}),
        (
            "flat",
            {"reward": RewardConfig(action_rate_weight=0.1, joint_acceleration_weight=1e-7), "pose_termination": 0.5},
        ),
        ("flat", {"reward_kind": "beyondmimic"}),
        ("push_box", {"reward": RewardConfig(action_rate_weight=0.1)}),
    ],
)
def test_a_step_names_what_the_worlds_say_they_train_on(walk_clip, humanoid, env, settings):
    core = make_imitation_worlds(
        walk_clip, humanoid, load_environment(env), PhysicsConfig(), ImitationConfig(**settings), 4, 1
    )
    step = core.step(torch.zeros(4, core.action_size))
    assert sorted(step.named) == sorted(core.named_rewards)
    assert tuple(step.ended_by) == core.terminations
    assert all(value.shape == (4,) for value in (*step.named.values(), *step.ended_by.values()))
    assert ("goal" in step.named) is (env == "push_box")
    assert set(step.named) <= {*BEYONDMIMIC, *PENALTIES, "goal"}
