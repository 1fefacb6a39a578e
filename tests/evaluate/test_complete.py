"""A pose goes on under the policy of a skill."""

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.evaluate.complete import complete, find_moment, start_state
from sfv.evaluate.completion_config import CompletionConfig
from sfv.imitate.config import NrConfig
from sfv.imitate.nearest import nearest_moment
from sfv.imitate.playback import make_nr_worlds
from sfv.learn.run.folder import read_run
from sfv.motion.cycle import yawed
from sfv.motion.ground import lowest_points
from sfv.motion.rotations import quat_rotate
from sfv.names.skill import load_skill


@pytest.fixture(scope="module")
def walk():
    return load_skill("walk", "humanoid").run_folder()


@pytest.fixture(scope="module")
def backflip(humanoid, flat):
    """The one world of the shipped backflip."""
    run, clip = read_run(load_skill("backflip", "humanoid").run_folder())
    return make_nr_worlds(clip, humanoid, flat, run.physics, run.imitation, NrConfig(starts=1), threads=1)


def _elsewhere(pose, yaw):
    """The pose in another place and heading, in the air."""
    moved = pose.copy()
    moved[:3] += [2.0, -1.0, 0.3]
    moved[3:7] = yawed(pose[None, 3:7], yaw)[0]
    return moved


@pytest.mark.parametrize("frame", [5, 20, 31])
def test_the_exact_pose_of_a_walk_walks_on(walk, walk_clip, frame):
    done = complete(walk, _elsewhere(walk_clip.qpos[frame], 2.0), CompletionConfig(seconds=1.0))
    assert not done.fell
    assert done.moment.seconds == pytest.approx(frame / walk_clip.fps, abs=0.01)
    assert done.qpos.shape == done.reference.shape == (31, walk_clip.qpos.shape[1])
    np.testing.assert_allclose(done.qpos[0, 7:], walk_clip.qpos[frame, 7:], atol=1e-6)
    assert np.linalg.norm(done.qpos[-1, :2] - done.reference[-1, :2]) < 0.2
    assert np.linalg.norm(done.qpos[-1, :2] - done.qpos[0, :2]) > 0.7
    assert len(done.acting) == 31
    assert len(done.acting[0].contacts) == 0
    carried = np.mean([acting.contacts.forces[:, 2].sum() for acting in done.acting[1:]])
    assert carried == pytest.approx(45.0 * 9.81, rel=0.3)  # its weight, over a second


def test_a_still_of_a_fall_falls_and_goes_on_for_a_while(walk, walk_clip):
    lying = walk_clip.qpos[5].copy()
    lying[3:7] = [0.5**0.5, 0.0, 0.5**0.5, 0.0]
    done = complete(walk, lying, CompletionConfig(seconds=3.0, fall_seconds=0.5))
    assert done.fell_after is not None
    assert done.fell_after <= 0.5
    assert len(done.qpos) - 1 == round((done.fell_after + 0.5) * done.fps)
    assert done.moment.distance > 0.4


def test_a_clip_that_ends_is_continued_to_its_end(tiny_ending_run, short_clip):
    pose = short_clip.qpos[10]
    done = complete(tiny_ending_run, pose, CompletionConfig(fall_seconds=0.0, least_seconds=0.2))
    left = short_clip.seconds - done.moment.seconds
    assert len(done.qpos) - 1 <= left * done.fps + 1e-6
    assert done.fell or len(done.qpos) - 1 == int(left * done.fps + 1e-6)


def test_it_starts_on_the_ground_or_as_high_as_the_reference_flies(backflip):
    reference, model = backflip.library.clips[0], backflip.worlds.model
    heights = lowest_points(model, reference.qpos.numpy()).min(1)
    for frame, flies in ((0, False), (int(heights.argmax()), True)):
        pose = _elsewhere(reference.qpos[frame].numpy(), -1.0)
        moment = _moment(backflip, pose)
        assert abs(moment.frame - frame) <= 1
        qpos, _ = start_state(backflip, pose, moment)
        lowest = float(lowest_points(model, qpos.double().numpy()).min())
        assert lowest == pytest.approx(heights[moment.frame] if flies else 0.0, abs=2e-3)
    assert heights.max() > 0.2


def test_it_tumbles_about_the_references_axis_in_the_world(backflip):
    """Also where its root leans otherwise than the reference's."""
    frame = 150
    pose = backflip.library.clips[0].qpos[frame].numpy().copy()
    pose[3:7] = [0.96, 0.28, 0.0, 0.0]
    moment = _moment(backflip, pose)
    qpos, qvel = start_state(backflip, pose, moment)
    goal = backflip.library.frame(backflip.library.moments(torch.tensor([moment.frame])))
    mine, theirs = (
        quat_rotate(quat.float(), velocity[3:6])
        for quat, velocity in ((qpos[0, 3:7], qvel[0]), (goal.qpos[0, 3:7], goal.qvel[0]))
    )
    np.testing.assert_allclose(mine, theirs, atol=1e-4)
    np.testing.assert_allclose(qvel[0, 6:], goal.qvel[0, 6:])


def _moment(core, pose):
    return nearest_moment(core.library, core.skeleton, pose, 0.5)


def test_bad_input_says_so(walk, walk_clip):
    with pytest.raises(SfvError, match="does not belong to the character"):
        find_moment(walk, np.zeros(9))
    with pytest.raises(SfvError, match="seconds must be at least"):
        complete(walk, walk_clip.qpos[0], CompletionConfig(seconds=0.0))
