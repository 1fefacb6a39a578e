from dataclasses import replace

import numpy as np
import pytest

from sfv.evaluate.nr import record_rollout
from sfv.motion.cycle import heading_of
from sfv.skills.config import PlayConfig
from sfv.skills.player import Player, record_episodes
from sfv.skills.pushes import PushPlan


def played(player, steps, push=None):
    poses = [player.qpos]
    for _ in range(steps):
        player.step(push)
        poses.append(player.qpos)
    return np.stack(poses)


def test_plays_what_the_recorded_rollout_plays(tiny_run):
    rollout = record_rollout(tiny_run, seconds=0.5)
    player = Player(tiny_run)
    np.testing.assert_allclose(played(player, len(rollout.qpos) - 1), rollout.qpos, atol=1e-9)
    assert player.mean_reward == pytest.approx(rollout.reward.mean(), abs=1e-6)


def test_after_a_fall_it_lies_a_while_and_starts_over(tiny_run):
    player = Player(tiny_run, PlayConfig(fall_seconds=0.2))
    first = player.qpos
    shove = np.zeros((player.model.nbody, 6))
    shove[1, 1] = 3000.0
    while not player.fallen:
        player.step(shove)
    assert player.falls == 1
    before = player.qpos
    player.step()
    assert np.abs(player.qpos - before).max() > 1e-4  # it goes on falling
    for _ in range(5):
        assert player.episode == 1
        player.step()
    assert (player.episode, player.fallen) == (2, False)
    np.testing.assert_allclose(player.qpos, first, atol=1e-9)


def test_a_clip_that_ends_is_held_and_played_again(tiny_ending_run, short_clip):
    player = Player(tiny_ending_run, PlayConfig(hold_seconds=0.1, fall_seconds=0.1))
    poses = played(player, round(2.2 * (short_clip.seconds + 0.1) * 30))
    assert player.episode >= 2
    assert np.isfinite(poses).all()
    again = np.flatnonzero(np.abs(poses - poses[0]).max(1) < 1e-9)
    assert again[1] == again[0] + short_clip.seconds * 30 + 3 or player.falls


def test_a_cyclic_clip_goes_on_past_the_episode_of_its_training(tiny_run, tmp_path, walk_clip):
    """The reference is followed as it goes on, cycle after cycle: nothing ends a walk but a fall."""
    player = Player(tiny_run)
    core = player._core
    core.elapsed[:] = 10 * core.max_steps
    far = player.reference[0]
    assert far > 10 * 20 * 0.5  # metres of 200 s at more than half a metre a second
    assert walk_clip.cyclic


def test_pushes_move_it_and_torques_turn_it(tiny_run):
    still, pushed, turned = Player(tiny_run), Player(tiny_run), Player(tiny_run)
    push = np.zeros((pushed.model.nbody, 6))
    push[1, 1] = 300.0
    torque = np.zeros_like(push)
    torque[1, 5] = 100.0
    for _ in range(3):
        still.step(np.zeros_like(push))
        pushed.step(push)
        turned.step(torque)
    assert pushed.qvel[1] > still.qvel[1] + 0.2  # 300 N for 0.1 s on 45 kg
    assert turned.qvel[5] > still.qvel[5] + 0.5


def test_recording_once_and_for_a_time(tiny_run, tiny_ending_run, short_clip):
    quick = PlayConfig(fall_seconds=0.1, hold_seconds=0.1)
    (once,) = record_episodes(Player(tiny_ending_run, quick), None, 10.0)
    assert len(once.qpos) <= short_clip.seconds * 30 + 1 + 3
    assert once.reference.shape == once.qpos.shape
    whole = record_episodes(Player(tiny_ending_run, quick), 3.0, 10.0)
    assert len(whole) >= 2
    assert sum(len(episode.qpos) for episode in whole) == 3 * 30 + 1
    cyclic = record_episodes(Player(tiny_run, quick), None, 0.5)
    assert sum(len(episode.qpos) for episode in cyclic) == 15 + 1


def test_a_recording_keeps_contacts_and_planned_pushes(tiny_run):
    player = Player(tiny_run)
    plan = PushPlan(player, (0.2,), "left", newtons=150.0, seconds=0.1)
    (episode,) = record_episodes(player, 0.5, 10.0, plan)
    assert len(episode.acting) == len(episode.qpos) == 16
    pushed = [len(acting.pushes) for acting in episode.acting]
    assert pushed == [0] * 7 + [1] * 3 + [0] * 6  # steps 6, 7 and 8 lead to poses 7, 8 and 9
    (force,), (point,) = episode.acting[7].pushes.forces, episode.acting[7].pushes.points
    yaw = heading_of(episode.qpos[6][3:7])
    np.testing.assert_allclose(force, [-150 * np.sin(yaw), 150 * np.cos(yaw), 0], atol=1e-3)
    assert np.abs(point - episode.qpos[7][:3]).max() < 0.2  # the root's centre of mass
    assert len(episode.acting[0].contacts) == 0
    assert sum(len(acting.contacts) > 0 for acting in episode.acting) > 8


def test_finer_physics_replaces_the_runs_own(tiny_run):
    own = Player(tiny_run)
    fine = Player(tiny_run, physics=replace(own_physics(tiny_run), substeps=20))
    assert fine.model.opt.timestep == pytest.approx(own.model.opt.timestep / 5)


def own_physics(folder):
    from sfv.learn.run.folder import read_run

    return read_run(folder)[0].physics
