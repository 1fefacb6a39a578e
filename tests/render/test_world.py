"""The recovered body in its world."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.render.recovery.world import motion_heading, world_frames


def blue(image):
    return (image[..., 2].astype(int) - image[..., 0] > 40).sum()


def test_every_frame_shows_the_body_on_its_ground(standing_motion, body, small):
    frames = list(world_frames(standing_motion, body, small))
    assert len(frames) == len(standing_motion)
    for image in frames:
        assert image.shape == (small.height, small.world_width, 3)
        assert image.dtype == np.uint8
        assert 0.02 < blue(image) / image[..., 0].size < 0.6


def test_without_a_camera_it_is_seen_from_the_side(standing_motion, body, small):
    (image,) = world_frames(replace(standing_motion.slice(0, 1), camera=None), body, small)
    assert blue(image) > 100


def test_heading_of_a_standing_person_is_where_he_faces(standing_motion):
    assert motion_heading(standing_motion) == pytest.approx(0, abs=1)
