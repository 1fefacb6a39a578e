"""The whole-clip optimisation, one property at a time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.motion.ground import lowest_points
from sfv.retarget.config import RetargetConfig
from sfv.retarget.refine import refine
from sfv.retarget.targets.start import first_guess, world_points
from sfv.retarget.targets.targets import make_targets

CONFIG = RetargetConfig(iterations=60)


@pytest.fixture(scope="module")
def step(walk_motion, skeleton, body):
    """Twelve frames in which the right foot stands flat."""
    made = make_targets(walk_motion.slice(2, 14), skeleton, body)
    return replace(made, contacts=np.tile([0.0, 0.0, 1.0, 1.0], (len(made), 1)))


def test_a_standing_foot_neither_slides_nor_floats(step, skeleton):
    floating = replace(step, hips=step.hips + np.linspace(0, 0.05, len(step))[:, None] * [1, 0, 1])
    qpos = refine(first_guess(floating, skeleton), floating, skeleton, CONFIG, cyclic=False)
    sole = world_points(skeleton, torch.from_numpy(qpos))[2][:, np.concatenate(skeleton.contact_points[2:])].numpy()
    assert np.ptp(sole[..., :2], axis=0).max() < 0.01
    assert np.abs(sole[..., 2]).max() < 0.006


def test_nothing_is_left_below_the_ground(step, skeleton):
    sunken = replace(step, hips=step.hips - [0, 0, 0.1], contacts=0 * step.contacts)
    qpos = refine(first_guess(sunken, skeleton), sunken, skeleton, CONFIG, cyclic=False)
    assert lowest_points(skeleton.model, qpos).min() > -1e-12


def test_limits_hold(step, skeleton):
    guess = first_guess(step, skeleton)
    elbow = skeleton.model.joint("left_elbow").qposadr[0]
    guess[:, elbow] = -0.4
    qpos = refine(guess, step, skeleton, CONFIG, cyclic=False)
    assert qpos[:, elbow].min() >= 0


def test_links_are_kept_apart(step, skeleton):
    """The right arm, turned inwards through the pelvis, comes out; the rest stays where it was."""
    bodies = step.bodies.copy()
    names = [skeleton.model.body(body).name for body in skeleton.bodies[1:]]
    inwards = [np.cos(0.18), np.sin(0.18), 0.0, 0.0]
    bodies[:, names.index("right_shoulder")] = bodies[:, names.index("right_elbow")] = inwards
    crossed = replace(step, bodies=bodies)
    guess = first_guess(crossed, skeleton)
    hand, pelvis = skeleton.model.body("right_wrist").id, skeleton.model.body("root").id

    def gap(qpos):
        xpos, _ = skeleton.kinematics.forward(torch.from_numpy(qpos))
        return float((xpos[:, hand] - xpos[:, pelvis] - torch.tensor([0, 0, 0.07])).norm(dim=-1).min()) - 0.13

    assert gap(guess) < -0.03
    assert gap(refine(guess, crossed, skeleton, CONFIG, cyclic=False)) > -0.012


def test_spikes_are_smoothed_and_motion_is_kept(step, skeleton):
    guess = first_guess(step, skeleton)
    spiky = replace(step, hips=step.hips.copy())
    spiky.hips[6, 2] += 0.04
    qpos = refine(guess, spiky, skeleton, CONFIG, cyclic=False)
    assert np.abs(np.diff(qpos[:, 2], 2)).max() < 0.25 * np.abs(np.diff(spiky.hips[:, 2], 2)).max()
    np.testing.assert_allclose(qpos[:, 7:], guess[:, 7:], atol=0.15)
