from dataclasses import replace

import pytest
import torch

from sfv.environment.objects import ObjectConfig
from sfv.errors import SfvError
from sfv.evaluate.protocols.subject import load_subject
from sfv.evaluate.protocols.thrown import trials as thrown_trials
from sfv.evaluate.protocols.thrown.ballistics import launch_velocity
from sfv.evaluate.protocols.thrown.boxes import BoxesConfig, make_trials, play_boxes
from sfv.learn.run.policy import load_policy
from sfv.names.runs import as_run
from sfv.physics.backend import make_worlds
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model
from sfv.physics.objects import WithObjects

SMALL = BoxesConfig(masses=(1.0, 80.0), speeds=(4.0, 12.0), trials=6)
"""The light box weighs a fiftieth of the character, the heavy one nearly twice as much: nobody walks on who meets that at 12 m/s."""


@pytest.fixture(scope="module")
def walk():
    return as_run("walk", "humanoid")


@pytest.mark.parametrize("gravity", [-9.81, -1.62])
def test_a_box_thrown_at_nothing_reaches_its_point_in_time(humanoid, flat, gravity):
    """Within a millimetre, on coarse physics, from three sides; its horizontal speed is distance by time."""
    physics, box = PhysicsConfig(), (ObjectConfig("box", (0.1,) * 3, 2.0),)
    model = build_model(humanoid, flat, physics, box)
    model.opt.gravity[2] = gravity
    worlds = WithObjects(make_worlds(model, 3, physics, threads=1), build_model(humanoid, flat, physics), box)
    origin = torch.tensor([[4.0, 0.0, 1.2], [4.0, 1.0, 1.5], [4.0, -2.0, 1.0]], dtype=torch.float64)
    target = origin + torch.tensor([[2.0, 0.0, -0.3], [0.0, 1.5, 0.4], [-1.0, -1.0, 0.0]], dtype=torch.float64)
    steps = torch.tensor([6, 12, 9])
    velocity = launch_velocity(origin, target, steps / 30, gravity, physics.timestep)
    turn = torch.tensor([1.0, 0.0, 0.0, 0.0]).expand(3, 4)
    worlds.place_objects(torch.arange(3), 0, torch.cat((origin, turn), 1), torch.cat((velocity, 0 * velocity), 1))
    for step in range(1, 13):
        worlds.step(torch.zeros(3, worlds.model.nu))
        there = worlds.object_qpos[:, 0, :3][steps == step]
        torch.testing.assert_close(there, target[steps == step], atol=1e-3, rtol=0)
    assert float(velocity[0, :2].norm()) == pytest.approx(2.0 / 0.2)


def test_boxes_fly_to_where_the_walker_will_be_and_hit_it(walk):
    """Light boxes touch and harm nobody, fast ones heavier than itself throw it down; the row without a box says what is undisturbed."""
    undisturbed, *rows = play_boxes(load_subject(walk), SMALL).rows()
    assert (undisturbed.mass, undisturbed.survived, undisturbed.hits) == (0.0, 6, 0)
    assert [(row.mass, row.speed) for row in rows] == [(1.0, 4.0), (1.0, 12.0), (80.0, 4.0), (80.0, 12.0)]
    assert [row.hits for row in rows] == [6, 6, 6, 6]
    assert rows[0].survived == 6
    assert rows[3].survived <= 1
    assert rows[3].momentum == 960.0
    assert rows[3].low <= rows[3].survival < rows[3].high < 0.95


def test_boxes_that_miss_change_nothing(walk, monkeypatch):
    """Aimed three metres too high, and the same starts in every level: all is as without a box until boxes lie in the way."""

    def too_high(origin, target, *others):
        return launch_velocity(origin, target + torch.tensor([0.0, 0.0, 3.0], dtype=target.dtype), *others)

    monkeypatch.setattr(thrown_trials, "launch_velocity", too_high)
    rows = play_boxes(load_subject(walk), replace(SMALL, after_seconds=0.2, pose_noise=0.0, velocity_noise=0.0)).rows()
    assert [row.survived for row in rows] == [6] * 5
    assert [row.hits for row in rows] == [0] * 5


def test_trials_are_the_same_in_every_level_and_spread_as_the_protocol_says(walk):
    trials = make_trials(load_subject(walk), replace(SMALL, trials=64))
    angle, launch = trials.angle.view(5, -1), trials.launch.view(5, -1)
    assert torch.equal(angle, angle[:1].expand(5, -1))
    assert (launch[0] == -1).all()
    assert torch.equal(launch[1:], launch[1:2].expand(4, -1))
    assert launch[1:].min() >= 15
    assert launch[1:].max() <= 45
    assert launch[1].unique().numel() > 15
    assert float(angle[0].cos().mean().abs()) < 0.3
    assert 1.5 <= trials.distance.min() < trials.distance.max() <= 2.0
    torch.testing.assert_close(trials.flight[64:128], trials.distance[64:128] / 4.0)
    trials.begin()
    trials.launch[:] = -1
    trials.launch[70] = 0
    trials.step(torch.zeros(trials.core.num_worlds, trials.core.action_size))
    box = trials.core.worlds.object_qpos[70, 0]
    assert 1.0 < float((box[:2] - trials.core.worlds.xpos[70, 1, :2]).norm()) < 2.1


def test_a_clip_that_ends_is_hit_before_its_end(tiny_ending_run):
    trials = make_trials(load_subject(tiny_ending_run), replace(SMALL, trials=32))
    whole = trials.core.clip_steps(trials.start)
    thrown = trials.launch >= 0
    arrival = trials.launch / 30 + trials.flight
    late = (arrival > 0.8 * whole / 30 + 1e-3) & (trials.launch > 0)
    assert not (late & thrown).any()
    assert trials.steps == int(whole.max())
    observation, act = trials.begin(), load_policy(tiny_ending_run).act
    for _ in range(trials.steps):
        observation = trials.step(act(observation))
    assert all(row.trials == 32 for row in trials.rows())


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"trials": 0}, "trials must be at least 1"),
        ({"masses": ()}, "at least one mass"),
        ({"masses": (0.0,)}, "masses must be above 0"),
        ({"speeds": (-1.0,)}, "speeds must be above 0"),
        ({"farthest": 1.0}, "farthest must be at least as much as nearest"),
    ],
)
def test_grids_that_cannot_be_are_refused(tiny_run, change, match):
    with pytest.raises(SfvError, match=match):
        play_boxes(load_subject(tiny_run), replace(SMALL, **change)).rows()
