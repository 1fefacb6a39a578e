"""Who is who, and the choice of one."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.detect.describe import choose_person, describe, describe_scene, moving
from sfv.detect.keypoints import Keypoints
from sfv.errors import NoPersonError, UnknownNameError


@pytest.fixture
def three():
    """Frames at 10 fps: person 0 small, left, all 50 frames; 1 tall, middle, 20; 2 middling, right, 30 from frame 20."""
    xy, confidence = np.full((3, 50, 2, 2), np.nan), np.zeros((3, 50, 2))
    for person, (x, height, frames) in enumerate(((50, 40, range(50)), (160, 90, range(20)), (280, 60, range(20, 50)))):
        xy[person, frames] = [(x, 95 + person - height), (x, 95 + person)]
        confidence[person, frames] = 0.9
    return Keypoints(
        xy, confidence, np.full((3, 50, 2, 3), np.nan), 10.0, (300, 100), ("nose", "left_heel"), first_frame=10
    )


@pytest.mark.parametrize(
    ("choice", "person"),
    [("nearest", 2), ("longest", 0), ("largest", 1), ("left", 0), ("right", 2), ("0", 0), ("2", 2)],
)
def test_choices(three, choice, person):
    assert choose_person(three, choice) == person


def test_one_line_each(three):
    assert describe(three) == [
        "person 0: 1.00 to 6.00 s, 40 px high, left",
        "person 1: 1.00 to 3.00 s, 90 px high, middle",
        "person 2: 3.00 to 6.00 s, 60 px high, right",
    ]


def test_a_picture_has_no_times(three):
    picture = three.select(1, 5, 6)
    assert describe(picture) == ["person 0: 90 px high, middle"]


def test_scene(three):
    assert describe_scene(three) == []
    pan = np.where(np.arange(50) < 30, 0.02, 4.0)
    pan[40] = np.nan
    panned = replace(three, background_px=pan, cuts=(20,))
    assert np.flatnonzero(moving(panned)).tolist() == [*range(30, 40), *range(41, 50)]
    assert describe_scene(panned) == [
        "the camera moves in 38 % of the frames, by 4.0 pixels a frame",
        "the video cuts to another shot at 3.00 s",
    ]


def test_refused(three):
    with pytest.raises(NoPersonError, match="no person 3; found: person 0: "):
        choose_person(three, "3")
    with pytest.raises(NoPersonError, match="no person -1"):
        choose_person(three, "-1")
    with pytest.raises(UnknownNameError, match="known: largest, left, longest, nearest, right"):
        choose_person(three, "tallest")
