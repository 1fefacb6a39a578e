"""Choose one of K readings in every frame: plausible ones that move and turn smoothly (Viterbi over pairs of frames)."""

import numpy as np

MOVE, BEND, CAP = 1.0, 8.0, 4.0
"""Costs of the squared change of a slope (dz over length) from frame to frame, and of the squared change of that; the latter is at
most CAP, because a body may hit the ground."""


def smooth_choice(unary: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """Reading of each frame, of those with the least total cost. Shapes (T, K), (T, K, J) -> (T,), int."""
    frames = len(unary)
    if frames == 1:
        return unary.argmin(1)
    move = MOVE * ((slopes[1:, None] - slopes[:-1, :, None]) ** 2).sum(-1)  # (T - 1, K before, K now)
    cost = unary[0][:, None] + unary[1] + move[0]  # of the pair (before, now)
    back = []
    for t in range(2, frames):
        step = slopes[t - 1] - slopes[t - 2][:, None]  # (K before, K now, J)
        expected = slopes[t - 1] + step
        missed = expected[:, :, None] - slopes[t]  # (K before, K now, K next, J)
        bend = np.minimum(BEND * np.einsum("abcj,abcj->abc", missed, missed), CAP)
        total = cost[:, :, None] + bend
        choice = total.argmin(0)
        back.append(choice)
        cost = np.take_along_axis(total, choice[None], 0)[0] + move[t - 1] + unary[t]
    now, last = (int(k) for k in np.unravel_index(cost.argmin(), cost.shape))
    path = [last, now]
    for choice in reversed(back):
        path.append(int(choice[path[-1], path[-2]]))
    return np.array(path[::-1])
