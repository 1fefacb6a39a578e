"""Chains of hinges that stand for one joint of a person: angles within their limits that come nearest to an orientation."""

from dataclasses import dataclass
from itertools import product

import numpy as np

_ITERATIONS = 25
"""Gauss-Newton steps from every start; far more than it takes away from a gimbal lock."""
_DAMPING = (1e-4, 1e4)
"""Least and greatest damping of Levenberg and Marquardt."""
_STARTS = {1: 5, 2: 4, 3: 3}
"""Starting values of each hinge, by the number of hinges; longer chains start from two."""
_JUMP = 0.1
"""Price of a squared radian between neighbouring frames, in squared error of orientation: a chain reaches most orientations in two
ways, and must not change between them without need."""


@dataclass(frozen=True)
class Chain:
    """Hinges in a row with fixed turns between them: R(angles) = F_0 rot(a_1) F_1 rot(a_2) ... F_k."""

    axes: np.ndarray
    """Unit axis of each hinge, in the frame that it turns. Shape (k, 3)."""
    fixed: np.ndarray
    """F_0 .. F_k. Shape (k + 1, 3, 3)."""
    limits: np.ndarray
    """Lower and upper limit of each hinge, radians. Shape (k, 2)."""

    def forward(self, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """End orientations and the hinges' axes in the base frame. Shape (N, k) -> (N, 3, 3), (N, k, 3)."""
        turn = np.broadcast_to(self.fixed[0], (len(angles), 3, 3))
        axes = np.empty((*angles.shape, 3))
        for k, axis in enumerate(self.axes):
            axes[:, k] = turn @ axis
            turn = turn @ _rotmats(axis, angles[:, k]) @ self.fixed[k + 1]
        return turn, axes


def solve_chain(chain: Chain, wanted: np.ndarray, weights: np.ndarray, cyclic: bool) -> np.ndarray:
    """Angles whose end orientation R minimises |(R - wanted) W|^2, smooth in time. Shapes (T, 3, 3), (3, 3) -> (T, k).

    ``weights`` W weighs directions in the end's own axes: a matrix whose columns are those directions times the root of their weight.
    Every frame is solved from a grid of starts inside the limits; of the local minima a shortest path is taken (Viterbi), round the
    seam where the clip is ``cyclic``.
    """
    frames = len(wanted)
    starts = _starts(chain)
    angles = np.repeat(starts[None], frames, 0).reshape(-1, len(chain.axes))
    goal = np.repeat(wanted @ weights, len(starts), 0)
    angles, cost = _minimise(chain, angles, goal, weights)
    angles, cost = angles.reshape(frames, len(starts), -1), cost.reshape(frames, -1)
    if not cyclic:
        return _shortest_path(angles, cost)
    period = np.concatenate([np.arange(frames - 1), np.arange(frames - 1), np.arange(frames)])
    return _shortest_path(angles[period], cost[period])[frames - 1 : 2 * frames - 1]


def _starts(chain: Chain) -> np.ndarray:
    """Grid in the middle of equal parts of every range. Shape (S, k)."""
    count = _STARTS.get(len(chain.axes), 2)
    parts = [low + (high - low) * (np.arange(count) + 0.5) / count for low, high in chain.limits]
    return np.array(list(product(*parts)))


def _minimise(chain: Chain, angles: np.ndarray, goal: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Levenberg-Marquardt within box limits: hinges that push against a limit are held. Shapes (N, k) -> (N, k), (N,)."""
    low, high = chain.limits.T
    damping = np.full(len(angles), 1e-2)
    error, jacobian = _residuals(chain, angles, goal, weights)
    cost = np.square(error).sum(1)
    for _ in range(_ITERATIONS):
        gradient = np.einsum("nrk,nr->nk", jacobian, error)
        held = ((angles <= low) & (gradient > 0)) | ((angles >= high) & (gradient < 0))
        free = np.where(held, 0.0, 1.0)
        normal = np.einsum("nrk,nrl->nkl", jacobian, jacobian) * free[:, :, None] * free[:, None]
        normal += np.eye(angles.shape[1]) * (damping[:, None] + held)[:, :, None]
        step = -np.linalg.solve(normal, (gradient * free)[..., None])[..., 0]
        tried = np.clip(angles + step, low, high)
        new_error, new_jacobian = _residuals(chain, tried, goal, weights)
        new_cost = np.square(new_error).sum(1)
        better = new_cost <= cost
        angles = np.where(better[:, None], tried, angles)
        error = np.where(better[:, None], new_error, error)
        jacobian = np.where(better[:, None, None], new_jacobian, jacobian)
        cost = np.where(better, new_cost, cost)
        damping = np.clip(np.where(better, damping / 5, damping * 5), *_DAMPING)
    return angles, cost


def _residuals(
    chain: Chain, angles: np.ndarray, goal: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(R - wanted) W, flat, and its derivative: hinge k turns every column about its axis. Shapes (N, 9), (N, 9, k)."""
    turn, axes = chain.forward(angles)
    vectors = turn @ weights
    turned = np.cross(axes[:, None], np.swapaxes(vectors, 1, 2)[:, :, None])  # (N, column, k, 3)
    jacobian = np.transpose(turned, (0, 3, 1, 2)).reshape(len(angles), -1, angles.shape[1])
    return (vectors - goal).reshape(len(angles), -1), jacobian


def _shortest_path(angles: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Of the candidates (T, S, k) one a frame, so that costs (T, S) and jumps are least in sum. Shape (T, k)."""
    total, back = cost[0], []
    for before, after, price in zip(angles[:-1], angles[1:], cost[1:]):
        ways = total[:, None] + _JUMP * np.square(before[:, None] - after).sum(-1)
        back.append(ways.argmin(0))
        total = ways.min(0) + price
    choice = [int(total.argmin())]
    for step in reversed(back):
        choice.append(int(step[choice[-1]]))
    return angles[np.arange(len(angles)), choice[::-1]]


def _rotmats(axis: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Rodrigues' formula for one axis and many angles. Shapes (3,), (N,) -> (N, 3, 3)."""
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    sine, versine = np.sin(angles)[:, None, None], (1.0 - np.cos(angles))[:, None, None]
    return np.eye(3) + sine * cross + versine * (cross @ cross)
