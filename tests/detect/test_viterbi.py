"""The cheapest path is the cheapest of all."""

from itertools import pairwise, product

import numpy as np

from sfv.detect.tracking.viterbi import cheapest_path


def test_is_the_best_of_all_paths():
    rng = np.random.default_rng(1)
    sizes = (2, 3, 1, 4, 2)
    unary = [rng.random(n) for n in sizes]
    pair = [np.zeros((0, 0))] + [rng.random((a, b)) for a, b in pairwise(sizes)]

    def cost(path):
        own = sum(u[k] for u, k in zip(unary, path))
        return own + sum(pair[t][path[t - 1], path[t]] for t in range(1, len(path)))

    best = min(product(*(range(n) for n in sizes)), key=cost)
    assert tuple(cheapest_path(unary, lambda t: pair[t])) == best


def test_one_step():
    assert cheapest_path([np.array([2.0, 1.0])], lambda t: np.zeros((1, 1))) == [1]
