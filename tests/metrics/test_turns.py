import numpy as np
import pytest
import torch

from sfv import metrics
from sfv.motion.rotations import rotvec_to_rotmat

FPS = 30.0
UPRIGHT = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # faces world x, y of the body is up


def matrices(rotvecs):
    return rotvec_to_rotmat(torch.as_tensor(np.asarray(rotvecs, float))).numpy()


def about(axis, degrees):
    """Turned in the body's own axes by angles (T,)."""
    return UPRIGHT @ matrices(np.radians(degrees)[:, None] * np.asarray(axis, float))


def ramp(total, seconds=0.7, still=0.5):
    """Stands, turns by ``total`` degrees, stands."""
    pause = int(still * FPS)
    way = np.linspace(0, total, int(seconds * FPS))
    return np.concatenate([np.zeros(pause), way, np.full(pause, total)])


def test_a_backflip_is_one_turn_backwards():
    turns = metrics.count_turns(about([1, 0, 0], ramp(-360.0)), FPS)
    np.testing.assert_allclose(turns, [-1, 0, 0], atol=1e-3)
    assert metrics.turns_in_words(turns) == "1 flip backwards"


@pytest.mark.parametrize(
    ("axis", "total", "counted", "words"),
    [
        ([1, 0, 0], 720.0, [2, 0, 0], "2 flips forwards"),
        ([0, 1, 0], -360.0, [0, -1, 0], "1 spin to the right"),
        ([0, 0, 1], 360.0, [0, 0, 1], "1 cartwheel to the right"),
        ([0, 0, 1], 90.0, [0, 0, 0.25], ""),
    ],
)
def test_turns_about_every_axis(axis, total, counted, words):
    turns = metrics.count_turns(about(axis, ramp(total, 1.4)), FPS)
    np.testing.assert_allclose(turns, counted, atol=1e-3)
    assert metrics.turns_in_words(turns) == words


def test_a_cartwheel_to_the_right_begins_with_the_left_side_rising():
    start = about([0, 0, 1], np.array([0.0, 20.0]))
    left = start[1] @ np.array([1.0, 0, 0])
    assert left[2] > 0.3
    np.testing.assert_allclose(start[0] @ [0, 0, 1.0], [1, 0, 0])  # the body's z is the front


def test_the_heading_does_not_count():
    flip = about([1, 0, 0], ramp(-360.0))
    elsewhere = matrices([[0, 0, 2.0]]) @ flip
    np.testing.assert_allclose(metrics.count_turns(elsewhere, FPS), metrics.count_turns(flip, FPS), atol=1e-9)


def test_noise_and_frames_turned_round_do_not_change_the_count():
    rng = np.random.default_rng(3)
    flip = about([1, 0, 0], ramp(-360.0))
    for _ in range(20):
        noisy = flip @ matrices(rng.normal(0, np.radians(8.0), (len(flip), 3)))
        noisy[rng.choice(len(flip), 2, replace=False)] @= matrices([[0, np.pi, 0]])
        turns = metrics.count_turns(noisy, FPS)
        assert metrics.same_turns(turns, np.array([-1.0, 0, 0]))
        assert np.round(turns).tolist() == [-1, 0, 0]


def test_a_flip_the_other_way_or_none_is_not_the_same():
    truth = metrics.count_turns(about([1, 0, 0], ramp(-360.0)), FPS)
    assert metrics.same_turns(metrics.count_turns(about([1, 0, 0], ramp(-330.0)), FPS), truth)
    for wrong in (360.0, 0.0, -720.0):
        assert not metrics.same_turns(metrics.count_turns(about([1, 0, 0], ramp(wrong, 1.4)), FPS), truth)


def test_one_frame_has_no_turn():
    np.testing.assert_array_equal(metrics.count_turns(UPRIGHT[None], FPS), np.zeros(3))
