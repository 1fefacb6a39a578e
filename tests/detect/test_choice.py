"""The choice among candidates over time."""

import numpy as np

from sfv.detect.choice import blend, choose
from sfv.detect.config import TrackConfig


def test_smooth_path_wins_over_a_better_looking_distractor(pose):
    """In frames 4 to 6 somebody else, far away, is seen more clearly."""
    candidates = {t: [pose((200 + 5 * t, 200), confidence=0.8)] for t in range(12)}
    for t in (4, 5, 6):
        candidates[t].insert(0, pose((420, 230), confidence=1.0))
    path = choose(candidates, TrackConfig())
    for t in range(12):
        np.testing.assert_allclose(path[t].xy_px[[23, 24]].mean(0), (200 + 5 * t, 200), atol=1e-9)


def test_a_real_jump_is_possible(pose):
    candidates = {t: [pose((200 if t < 5 else 500, 200))] for t in range(10)}
    path = choose(candidates, TrackConfig())
    assert path[4].roi.centre[0] == 200
    assert path[5].roi.centre[0] == 500


def test_blend_averages_only_what_agrees(pose, figure):
    wrong_hand = figure((202, 200))
    wrong_hand[15] += 60
    chosen, other = pose((200, 200)), pose((200, 200), xy_px=wrong_hand)
    mixed = blend(chosen, [chosen, other], 0.1).xy_px
    np.testing.assert_allclose(mixed[15], chosen.xy_px[15])
    np.testing.assert_allclose(mixed[16], chosen.xy_px[16] + (1, 0))
