"""The choice among candidates over time."""

import numpy as np

from sfv.detect.config import ChoiceConfig
from sfv.detect.landmarks import ARMS, LEGS, MIRROR
from sfv.detect.tracking.choice import choose


def test_smooth_path_wins_over_a_better_looking_distractor(pose):
    """In frames 4 to 6 somebody else, far away, is seen more clearly."""
    candidates = {t: [pose((200 + 5 * t, 200), confidence=0.8)] for t in range(12)}
    for t in (4, 5, 6):
        candidates[t].insert(0, pose((420, 230), confidence=0.9))
    path = choose(candidates, ChoiceConfig())
    for t in range(12):
        np.testing.assert_allclose(path[t].xy_px[[23, 24]].mean(0), (200 + 5 * t, 200), atol=1e-9)


def test_a_real_jump_is_possible(pose):
    candidates = {t: [pose((200 if t < 5 else 500, 200))] for t in range(10)}
    path = choose(candidates, ChoiceConfig())
    assert path[4].roi.centre[0] == 200
    assert path[5].roi.centre[0] == 500


def test_parts_are_chosen_apart(pose, figure):
    """In frames 3 to 5 one candidate has the legs wrong and the other the arms: the right parts of both are put together."""
    candidates = {t: [pose((200, 200))] for t in range(9)}
    for t in (3, 4, 5):
        kicked, waved = figure((200, 200)), figure((200, 200))
        kicked[LEGS] += (50, -60)
        waved[ARMS] += (0, -70)
        candidates[t] = [pose((200, 200), xy_px=kicked), pose((200, 200), xy_px=waved)]
    path = choose(candidates, ChoiceConfig())
    for t in range(9):
        np.testing.assert_allclose(path[t].xy_px, figure((200, 200)), atol=1e-9)


def test_disagreement_lowers_confidence_where_it_is(pose, figure):
    """Two equally good candidates that differ in the left hand: only its confidence falls, to a half."""
    candidates = {t: [pose((200, 200))] for t in range(9)}
    raised = figure((200, 200))
    raised[[15, 17, 19, 21]] += (0, -60)
    candidates[4].append(pose((200, 200), xy_px=raised))
    path = choose(candidates, ChoiceConfig())
    np.testing.assert_allclose(path[4].confidence[[15, 17]], 0.5 * path[3].confidence[[15, 17]], rtol=1e-3)
    np.testing.assert_allclose(path[4].confidence[[11, 14, 16, 25]], path[3].confidence[[11, 14, 16, 25]])


def test_what_agrees_is_averaged(pose, figure):
    wrong_toe = figure((202, 200))
    wrong_toe[31] += 60
    mixed = choose({0: [pose((200, 200)), pose((200, 200), xy_px=wrong_toe)]}, ChoiceConfig())[0].xy_px
    np.testing.assert_allclose(mixed[27], figure((201, 200))[27])
    assert mixed[31, 1] in (figure((200, 200))[31, 1], wrong_toe[31, 1])


def test_single_candidates_are_averaged_in_time_where_they_go_on_evenly(pose, figure):
    """Every other frame is 4 px to the right; in frame 6 left and right are exchanged, which nobody mixes."""
    candidates = {t: [pose((200 + 4 * (t % 2), 200))] for t in range(12)}
    candidates[6] = [pose((200, 200), xy_px=figure((200, 200))[MIRROR])] * 2
    path = choose(candidates, ChoiceConfig())
    np.testing.assert_allclose(path[3].xy_px, figure((202, 200)))
    np.testing.assert_allclose(path[0].xy_px, figure((200, 200)))  # no frame before
    np.testing.assert_allclose(path[6].xy_px, figure((200, 200))[MIRROR])
    shoulders, elbows = [11, 12], [13, 14]
    np.testing.assert_allclose(path[5].xy_px[elbows + shoulders], figure((204, 200))[elbows + shoulders])
