from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.imitate.config import NrConfig
from sfv.imitate.nearest import about_vertical
from sfv.imitate.nr_rules import nr_task
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.defaults import defaults_for
from sfv.motion.rotations import quat_multiply


@pytest.mark.parametrize("character", ["humanoid", "atlas"])
def test_gaits_train_in_short_episodes_beside_the_reference_and_are_measured_without(walk_clip, character):
    run = defaults_for(replace(walk_clip, character=character), RunConfig(character=character))
    assert run.imitation.episode_seconds < NrConfig().seconds
    assert run.imitation.start_position_noise > 0
    task = nr_task(run.imitation, NrConfig(), cyclic=True)
    assert (task.episode_seconds, task.start_position_noise) == (20.0, 0.0)
    assert (task.start_pose_noise, task.start_velocity_noise) == (0.02, 0.1)


def test_what_happens_once_takes_finer_physics_and_more_samples(walk_clip, short_clip):
    gait, once = defaults_for(walk_clip), defaults_for(short_clip)
    assert once.physics.substeps > gait.physics.substeps
    assert once.learner.total_samples > gait.learner.total_samples
    assert once.imitation.start_position_noise == 0.0


def test_the_hints_of_the_humanoid_are_the_learners_own_defaults(walk_clip):
    """They stand in two places: a character may differ, this one must not."""
    learner, usual = defaults_for(walk_clip).learner, TrainConfig()
    assert (learner.learning_rate, learner.log_std_final, learner.total_samples) == (
        usual.learning_rate, usual.log_std_final, usual.total_samples,
    )  # fmt: skip


def test_who_goes_sideways_looks_there(walk_clip):
    """The walk turned about: its root faces right of its way, so it goes to its left."""
    ahead = defaults_for(walk_clip, RunConfig(env="gaps")).imitation
    assert max(ahead.height_map_aside) == -min(ahead.height_map_aside) < max(ahead.height_map_ahead)
    poses = torch.from_numpy(walk_clip.qpos)
    for sign in (1.0, -1.0):
        turned = poses.clone()
        turned[:, 3:7] = quat_multiply(about_vertical(torch.tensor(-sign * np.pi / 2)).to(poses), poses[:, 3:7])
        turned[:, :2] *= 2.0
        seen = defaults_for(replace(walk_clip, qpos=turned.numpy()), RunConfig(env="gaps")).imitation
        reach = max(seen.height_map_aside) if sign > 0 else -min(seen.height_map_aside)
        assert reach == 1.05
        assert max(seen.height_map_ahead) < 1.0
    assert not defaults_for(walk_clip).imitation.height_map
