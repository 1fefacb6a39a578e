"""Colours of the body's parts."""

import numpy as np
import pytest

from sfv.detect.config import AssociationConfig
from sfv.detect.tracking.appearance import PARTS, appearance_of


def dressed(figure, shirt, trousers):
    """A picture of the stick figure at (200, 200) with 50 px from hips to shoulders."""
    picture = np.full((400, 400, 3), 128, np.uint8)
    picture[130:200, 160:240] = shirt
    picture[200:300, 160:240] = trousers
    return picture


def test_parts_have_their_colours(figure, pose):
    look = appearance_of(dressed(figure, (200, 30, 30), (30, 30, 200)), pose((200, 200)))
    names = list(PARTS)
    assert look.lab[names.index("trunk"), 1] > 40  # red
    assert look.lab[names.index("thighs"), 2] < -40  # blue
    np.testing.assert_allclose(look.weight, look.weight[0])


def test_clothes_tell_people_apart(figure, pose):
    config = AssociationConfig()
    known = appearance_of(dressed(figure, (200, 30, 30), (30, 30, 200)), pose((200, 200)))
    darker = appearance_of(dressed(figure, (170, 25, 25), (25, 25, 170)), pose((200, 200)))
    other = appearance_of(dressed(figure, (220, 220, 220), (30, 30, 30)), pose((200, 200)))
    assert known.difference(known, config) == 0
    assert known.difference(darker, config) < 0.15 * known.difference(other, config)


def test_what_is_not_seen_has_no_weight(figure, pose):
    seen = pose((200, 200))
    seen.visibility[[25, 26, 27, 28]] = 0
    look = appearance_of(dressed(figure, (200, 30, 30), (30, 30, 200)), seen)
    weights = dict(zip(PARTS, look.weight))
    assert weights["shins"] == weights["thighs"] == 0
    assert weights["trunk"] > 0


def test_running_mean_follows_what_is_seen(figure, pose):
    red = appearance_of(dressed(figure, (200, 30, 30), (30, 30, 200)), pose((200, 200)))
    hidden = type(red)(np.zeros_like(red.lab), np.zeros_like(red.weight))
    np.testing.assert_allclose(red.updated(hidden).lab, red.lab)
    np.testing.assert_allclose(hidden.updated(red).lab, red.lab)
    assert red.updated(hidden).weight == pytest.approx(0.9 * red.weight)
