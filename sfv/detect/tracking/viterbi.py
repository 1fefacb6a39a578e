"""The cheapest path through a sequence of choices."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np


def cheapest_path(unary: Sequence[np.ndarray], pairwise: Callable[[int], np.ndarray]) -> list[int]:
    """Choice for each step that minimises the sum of costs (Viterbi).

    ``unary[t]`` of shape (n_t,) is the cost of each choice at step t; ``pairwise(t)`` of shape (n_{t-1}, n_t) that of
    each change from step t - 1 to step t.
    """
    cost, back = np.asarray(unary[0], float), []
    for t in range(1, len(unary)):
        total = cost[:, None] + pairwise(t)
        back.append(total.argmin(0))
        cost = total.min(0) + unary[t]
    path = [int(cost.argmin())]
    for previous in reversed(back):
        path.append(int(previous[path[-1]]))
    return path[::-1]


def smoothest_path(
    unary: Sequence[np.ndarray], places: Sequence[np.ndarray], frames: Sequence[int], bend: float, max_cost: float
) -> list[int]:
    """Choice for each step that minimises its own costs and how far points lie from where the last two steps point.

    ``unary[t]`` (n_t,); ``places[t]`` (n_t, J, 2); ``frames`` are the steps' times. A point that lies ``bend`` a frame from
    where it was expected costs one, ``max_cost`` at most; costs are means over the J points. The first step counts by
    distance, more leniently.
    """
    if len(unary) == 1:
        return [int(np.argmin(unary[0]))]
    step = [max(after - before, 1) for before, after in pairwise(frames)]

    def far(a: np.ndarray, b: np.ndarray, scale: float) -> np.ndarray:
        return np.minimum(np.linalg.norm(a - b, axis=-1) / scale, max_cost).mean(-1)

    first = far(places[0][:, None], places[1][None], _FIRST * bend * step[0])
    cost, back = unary[0][:, None] + unary[1][None] + first, []  # (n_{t-1}, n_t)
    for t in range(2, len(unary)):
        before, now, after = places[t - 2], places[t - 1], places[t]
        if len(before) == len(now) == len(after) == 1:  # nothing to choose
            cost, choice = cost + unary[t], np.zeros((1, 1), int)
        else:
            pace = min(step[t - 1] / step[t - 2], 1.0)
            expected = now[None] + pace * (now[None] - before[:, None])
            missed = far(expected[:, :, None], after[None, None], bend * step[t - 1])
            total = cost[:, :, None] + missed
            cost, choice = total.min(0) + unary[t][None], total.argmin(0)
        back.append(choice)
    previous, last = (int(k) for k in np.unravel_index(cost.argmin(), cost.shape))
    path = [last, previous]
    for choice in reversed(back):
        path.append(int(choice[path[-1], path[-2]]))
    return path[::-1]


_FIRST = 2.5
"""Between the first two steps, of which nothing is expected, points may lie this many times farther apart."""
