"""Targets and the first guess: a motion that was made from a clip gives the clip back."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.cycle import repeat_cycle
from sfv.motion.ground import lowest_points
from sfv.retarget.config import RetargetConfig
from sfv.retarget.targets.start import first_guess, guess_contacts
from sfv.retarget.targets.targets import make_targets


@pytest.fixture(scope="module")
def targets(walk_motion, skeleton, body):
    return make_targets(walk_motion, skeleton, body)


def test_the_clip_comes_back(targets, walk_clip, walk_motion, skeleton):
    truth = repeat_cycle(walk_clip.qpos, 4)[: len(walk_motion)]
    guess = first_guess(targets, skeleton)
    np.testing.assert_allclose(guess[:, 7:], truth[:, 7:], atol=1e-6)
    np.testing.assert_allclose(guess[:, :2] - guess[0, :2], truth[:, :2] - truth[0, :2], atol=1e-6)
    assert abs(lowest_points(skeleton.model, guess).min()) < 0.03


def test_rest_pose_is_a_t_pose(walk_motion, skeleton, body):
    upright = np.zeros((2, 24, 3))
    upright[:, 0] = [
        2 * np.pi / 3 / np.sqrt(3)
    ] * 3  # y-up facing z to z-up facing x: a third of a turn about (1, 1, 1)
    motion = replace(walk_motion, poses=upright, trans=np.zeros((2, 3)))
    guess = first_guess(make_targets(motion, skeleton, body), skeleton)
    xpos, _ = skeleton.kinematics.forward(torch.from_numpy(guess))
    left, right = (xpos[0, skeleton.model.body(f"{side}_wrist").id].numpy() for side in ("left", "right"))
    np.testing.assert_allclose(left[1] - right[1], 2 * (0.18311 + 0.274788 + 0.258947), atol=0.02)
    assert abs(left[2] - right[2]) < 0.01
    knees = guess[:, [skeleton.model.joint(f"{side}_knee").qposadr[0] for side in ("left", "right")]]
    assert np.abs(knees).max() < 0.2


def test_packing_loses_nothing(targets):
    again = targets.with_packed(targets.packed)
    for field in ("hips", "root", "bodies", "ankles"):
        np.testing.assert_array_equal(getattr(again, field), getattr(targets, field))


def test_contacts_are_guessed_where_the_feet_stand(targets, skeleton):
    contacts = guess_contacts(first_guess(targets, skeleton), targets.fps, skeleton, RetargetConfig())
    assert 0.4 < contacts[:, 1].mean() < 0.8
    assert 0.4 < contacts[:, 3].mean() < 0.8
    assert (contacts.max(1) == 1).mean() > 0.95  # a walk always stands


def test_hinges_stop_at_their_limits(walk_motion, skeleton, body):
    poses = walk_motion.poses.copy()
    poses[:, [4, 5]] = [-1.0, 0.0, 0.0]  # knees bent the wrong way
    guess = first_guess(make_targets(replace(walk_motion, poses=poses), skeleton, body), skeleton)
    assert guess[:, skeleton.model.joint("left_knee").qposadr[0]].max() <= 1e-12


class Dwarf:
    """A body that its betas have shrunk to a hundredth."""

    def __init__(self, body):
        self._body = body

    def rest_joints(self, betas):
        return 0.01 * self._body.rest_joints(betas)

    def rest_vertices(self, betas):
        return 0.01 * self._body.rest_vertices(betas)


def test_betas_of_another_body_are_refused(walk_motion, skeleton, body):
    with pytest.raises(SfvError, match="another body model"):
        make_targets(walk_motion, skeleton, Dwarf(body))
