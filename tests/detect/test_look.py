"""How closely somebody is looked at: little where the first look is sure, more where it is not, all around in the end."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.detect.blazepose.look import Expectation, look, sure
from sfv.detect.blazepose.roi import Roi
from sfv.detect.config import TrackConfig

CONFIG = TrackConfig()
BLANK = np.zeros((8, 8, 3), np.uint8)
EXPECTED = Expectation(Roi(np.array([200.0, 200.0]), 250.0), 0.3)


class Net:
    """Sees what ``answer(roi, mirrored)`` says; keeps a list of the regions that it was shown."""

    def __init__(self, answer):
        self.answer, self.shown, self.detections = answer, [], 0

    def landmarks(self, rgb, roi, mirrored=False):
        self.shown.append((roi, mirrored))
        return self.answer(roi, mirrored)

    def landmarks_in(self, rgb, looks):
        return [self.landmarks(rgb, roi, mirrored) for roi, mirrored in looks]

    def detect(self, rgb, region, min_score):
        self.detections += 1
        return []


def test_a_sure_person_costs_two_looks(pose):
    net = Net(lambda roi, mirrored: pose((200, 200)))
    poses, reliable = look(net, BLANK, EXPECTED, "rotations", CONFIG)
    assert len(poses) == 2
    assert reliable
    assert [mirrored for _, mirrored in net.shown] == [False, True]
    assert net.detections == 0


def test_who_does_what_was_expected_costs_one_look(pose, figure):
    net = Net(lambda roi, mirrored: pose((200, 200)))
    for expected, looks in ((figure((201, 200)), 1), (figure((215, 200)), 2)):
        net.shown.clear()
        poses, reliable = look(net, BLANK, replace(EXPECTED, xy_px=expected), "rotations", CONFIG)
        assert len(poses) == len(net.shown) == looks
        assert reliable


def test_a_ghost_costs_one_look(pose):
    net = Net(lambda roi, mirrored: pose((200, 200), confidence=0.6))
    look(net, BLANK, replace(EXPECTED, thorough=False), "rotations", CONFIG)
    assert len(net.shown) == 1


@pytest.mark.parametrize(("mode", "looks"), [("tracker", 1), ("pooled", 4), ("rotations", 7)])
def test_a_poor_pose_is_looked_at_as_the_mode_says(pose, mode, looks):
    net = Net(lambda roi, mirrored: pose((200, 200), confidence=0.55))
    poses, reliable = look(net, BLANK, EXPECTED, mode, CONFIG)
    assert len(poses) == looks
    assert not reliable


def test_who_is_seen_only_upside_down_is_found(pose):
    def answer(roi, mirrored):
        seen = pose((200, 200), confidence=0.9)
        return seen if abs(roi.angle - np.pi) < 0.1 else replace(seen, flag=0.1)

    assert look(Net(answer), BLANK, EXPECTED, "pooled", CONFIG) == ([], False)
    (found,), _ = look(Net(answer), BLANK, EXPECTED, "rotations", CONFIG)
    assert found.quality > 0.8


def test_somebody_elsewhere_is_not_taken(pose):
    net = Net(lambda roi, mirrored: pose((600, 200)))
    assert look(net, BLANK, EXPECTED, "rotations", CONFIG) == ([], False)


def test_sure(pose, figure):
    good = pose((200, 200))
    kicked = figure((200, 200))
    kicked[[25, 27, 29, 31]] += (60, -40)
    assert sure([good, good], CONFIG)
    assert not sure([good], CONFIG)  # no second opinion
    assert not sure([pose((200, 200), confidence=0.6)] * 2, CONFIG)
    assert not sure([good, pose((200, 200), xy_px=kicked)], CONFIG)
    hidden = replace(good, xy_px=kicked, visibility=np.where(np.isin(np.arange(33), [25, 27, 29, 31]), 0.0, 0.95))
    assert sure([good, hidden], CONFIG)  # what is not seen need not agree
