"""The cheapest path through a sequence of choices."""

from collections.abc import Callable, Sequence

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
