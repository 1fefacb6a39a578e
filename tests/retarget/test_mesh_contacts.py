"""What touches the ground besides the soles, and when nothing does, from the mesh of a recovered motion."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import GRAVITY
from sfv.retarget.targets.mesh_contacts import mesh_contacts

CONFIG, FRAMES = RetargetConfig(), 40


@pytest.fixture
def still(body) -> BodyMotion:
    """The rest pose, upright, its soles on the ground."""
    poses = np.zeros((FRAMES, 24, 3))
    poses[:, 0] = [np.pi / 2, 0, 0]
    return _on_ground(BodyMotion(poses, np.zeros((FRAMES, 3)), np.zeros(10), 30.0, body="open"), body)


def _on_ground(motion: BodyMotion, body) -> BodyMotion:
    vertices = body.vertices(motion.poses, motion.betas, motion.trans)
    return replace(motion, trans=motion.trans - [0, 0, vertices[..., 2].min()])


def _contacts(motion: BodyMotion, body, stands: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return mesh_contacts(motion, body, np.full((FRAMES, 4), stands), CONFIG)


def test_soles_are_left_to_the_recorded_contacts(still, body):
    touch, hold, airborne = _contacts(still, body)
    assert not touch.any()
    assert not hold.any()
    assert not airborne.any()


def test_a_back_on_the_ground_touches_and_holds_unless_it_moves(still, body):
    lying = _on_ground(replace(still, poses=np.zeros((FRAMES, 24, 3))), body)  # facing up
    touch, hold, airborne = _contacts(lying, body)
    back = [SMPL_JOINTS.index(name) for name in ("pelvis", "spine1", "spine2", "spine3")]
    assert touch[:, back].max(1) == pytest.approx(np.ones(FRAMES))
    np.testing.assert_array_equal(hold, touch)
    assert not airborne.any()
    sliding = replace(lying, trans=lying.trans + np.arange(FRAMES)[:, None] * [2 * CONFIG.contact_speed / 30, 0, 0])
    assert not _contacts(sliding, body)[1].any()


def test_only_what_falls_is_airborne(still, body):
    flight = np.clip(np.arange(FRAMES) / 30.0 - 0.3, 0.0, 0.5)
    hop = replace(still, trans=still.trans + (0.5 * GRAVITY * flight * (0.5 - flight))[:, None] * [0, 0, 1])
    airborne = _contacts(hop, body)[2][:, 0]
    height = hop.trans[:, 2] - still.trans[:, 2]
    assert (airborne[height > CONFIG.mesh_touch_fade] == 1).all()
    assert not airborne[height < CONFIG.mesh_touch_height].any()
    assert not _contacts(hop, body, stands=1.0)[2].any()
    floating = replace(still, trans=still.trans + 0.5 * (flight > 0)[:, None] * [0, 0, 1])
    assert not _contacts(floating, body)[2].any()
