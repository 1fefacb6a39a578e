from dataclasses import replace

import pytest
import torch

from sfv.environment import load_environment
from sfv.environment.task import TaskConfig
from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.playback import make_nr_worlds, play
from sfv.imitate.rewards.object_task import OBJECT_NUMBERS
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.motion.rotations import quat_multiply
from sfv.physics.config import PhysicsConfig

QUIET = ImitationConfig(start_pose_noise=0.0, start_velocity_noise=0.0)


@pytest.fixture
def environment():
    return load_environment("push_box")


@pytest.fixture
def make(humanoid, environment):
    def build(clip, worlds=4, auto_reset=False, config=QUIET, environment=environment):
        return make_imitation_worlds(clip, humanoid, environment, PhysicsConfig(), config, worlds, 1, 0, auto_reset)

    return build


def move_box(core, velocity, ahead=0.8):
    """Put every box ``ahead`` of its root and let it move by ``velocity`` in the world."""
    pose = core.worlds.object_qpos[:, 0].clone()
    pose[:, 0] = core.worlds.qpos[:, 0] + ahead
    speed = torch.zeros(core.num_worlds, 6)
    speed[:, :3] = torch.as_tensor(velocity)
    core.worlds.place_objects(torch.arange(core.num_worlds), 0, pose, speed)


def test_the_goal_is_the_published_formula(make, walk_clip):
    core = make(walk_clip)
    core.reset()
    speed = core.task._travel.velocity(core.frame)[:, 0]
    for share, lateral in ((0.0, 0.0), (0.5, 0.0), (1.0, 0.4), (1.5, 0.0)):
        move_box(core, [share * float(speed[0]), lateral, 0.0])
        missing = (speed - share * speed[0]).clamp_min(0.0)
        wanted = torch.exp(-2.5 * missing**2)
        torch.testing.assert_close(core.task.goal(core.worlds, core.frame), wanted, atol=2e-3, rtol=0)


def test_the_reward_mixes_imitation_and_goal_and_nr_is_the_imitation_alone(make, humanoid, walk_clip, environment):
    core = make(walk_clip)
    core.reset()
    step = core.step(torch.zeros(4, core.action_size))
    weights = torch.tensor([0.65, 0.10, 0.15, 0.10])
    goal = core.task.goal(core.worlds, core.frame)
    torch.testing.assert_close(step.reward, 0.7 * (step.terms @ weights) + 0.3 * goal)
    judge = make_nr_worlds(
        walk_clip, humanoid, environment, PhysicsConfig(), QUIET, NrConfig(starts=4, seconds=0.5), threads=1
    )
    judge.reset()
    step = judge.step(torch.zeros(4, core.action_size))
    torch.testing.assert_close(step.reward, step.terms @ weights)
    played = play(judge, lambda seen: torch.zeros(len(seen), core.action_size))
    assert played.goal is not None
    assert 0.0 < float(played.goal.max()) < 1.0


def test_the_object_is_seen_from_the_heading(make, walk_clip):
    """The same scene turned about the vertical looks the same; one that is further to the left is seen further to the left."""
    core = make(walk_clip)
    core.reset(start=torch.zeros(4, dtype=torch.long))
    worlds, turn = core.worlds, torch.tensor([0.8, 0.0, 0.0, 0.6], dtype=torch.float64)
    qpos = worlds.qpos.clone()
    qpos[1, 3:7] = quat_multiply(turn, qpos[1, 3:7])
    worlds.reset(torch.arange(4), qpos, torch.zeros(4, worlds.model.nv))
    pose = worlds.object_qpos[:, 0].clone()
    spin = torch.tensor([0.0, 0.0, 0.0, 1.0, 0.0, 2.0]).repeat(4, 1)
    spin[:, 0] = 1.0
    spin[1, :2] = torch.tensor([0.8**2 - 0.6**2, 2 * 0.8 * 0.6])
    pose[2, 1] += 0.5
    worlds.place_objects(torch.arange(4), 0, pose, spin)
    seen = core.observer.observe(worlds, core.frame)[:, -OBJECT_NUMBERS:]
    torch.testing.assert_close(seen[1], seen[0], atol=1e-5, rtol=0)
    assert float(seen[2, 1] - seen[0, 1]) == pytest.approx(0.5, abs=0.01)
    assert float(seen[0, 0]) == pytest.approx(0.8, abs=1e-4)  # as far ahead as env.toml says
    torch.testing.assert_close(seen[0, 9:12].norm(), torch.tensor(1.0), atol=1e-5, rtol=0)
    torch.testing.assert_close(seen[0, 12:].norm(), torch.tensor(5.0).sqrt(), atol=1e-5, rtol=0)


def test_an_episode_ends_when_the_box_is_left_behind_but_not_for_nr(make, humanoid, walk_clip, environment):
    core = make(walk_clip)
    judge = make_nr_worlds(walk_clip, humanoid, environment, PhysicsConfig(), QUIET, NrConfig(starts=4), threads=1)
    for one, lost in ((core, True), (judge, False)):
        one.reset()
        move_box(one, [0.0, 0.0, 0.0], ahead=-1.5)
        step = one.step(torch.zeros(4, one.action_size))
        assert step.failed.tolist() == [lost] * 4
        assert (step.reward == 0).all() == lost


def test_new_episodes_find_the_box_in_its_place(make, walk_clip):
    core = make(walk_clip, auto_reset=True, config=replace(QUIET, episode_seconds=0.2))
    assert core.observation_size == 234 + OBJECT_NUMBERS
    for _ in range(6):
        step = core.step(torch.zeros(4, core.action_size))
    assert step.ended.all()
    wanted = core.worlds.start_places(core.worlds.qpos)
    torch.testing.assert_close(core.worlds.object_qpos, wanted, atol=1e-6, rtol=0)
    assert core.worlds.object_qvel.abs().max() == 0
    torch.testing.assert_close(step.observation[:, -OBJECT_NUMBERS], torch.full((4,), 0.8), atol=1e-4, rtol=0)


def test_saved_state_goes_on_bit_for_bit(make, walk_clip):
    core = make(walk_clip, auto_reset=True, config=replace(QUIET, episode_seconds=0.5))
    action = torch.full((4, core.action_size), 0.3)
    for _ in range(5):
        core.step(action)
    state, runs = core.save_state(), []
    for _ in range(2):
        core.load_state(state)
        runs.append([core.step(action) for _ in range(25)])
    assert any(step.ended.any() for step in runs[0])
    assert all(torch.equal(a.observation, b.observation) and torch.equal(a.reward, b.reward) for a, b in zip(*runs))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda: {"objects": ()}, "needs an object"),
        (lambda: {"task": TaskConfig(object="ball")}, "unknown object 'ball'"),
        (lambda: {"task": TaskConfig(speed_scale=0.0)}, "must be positive|must be above 0"),
        (lambda: {"task": TaskConfig(goal_weight=-1.0)}, "goal_weight must be at least 0"),
    ],
)
def test_tasks_that_cannot_be_are_refused(environment, change, match):
    with pytest.raises(SfvError, match=match):
        other = replace(environment, **change())
        other.task.check(other.objects)
    parked = tuple(replace(item, place=None) for item in environment.objects)
    with pytest.raises(SfvError, match="no place at the start"):
        environment.task.check(parked)


def test_worlds_without_the_object_are_refused(make, walk_clip, environment):
    with pytest.raises(SfvError, match="needs an object"):
        make(walk_clip, environment=replace(environment, objects=()))
