"""Gaussian mixtures on clouds whose truth is known."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from sfv.reconstruct.model.mixture import Mixture, fit_mixture

FLOOR = np.full(2, 1e-3)
TRUE = [(0.3, [0.0, 0.0], [[1.0, 0.6], [0.6, 1.0]]), (0.7, [8.0, -3.0], [[0.3, 0.0], [0.0, 2.0]])]


@pytest.fixture(scope="module")
def cloud():
    random = np.random.default_rng(0)
    return np.concatenate(
        [random.multivariate_normal(mean, covariance, round(6000 * share)) for share, mean, covariance in TRUE]
    )


def test_two_clouds_are_found(cloud):
    found = fit_mixture(cloud, np.ones(len(cloud)), 2, FLOOR, 0.0, 20, 0)
    order = np.argsort(found.means[:, 0])
    for k, (share, mean, covariance) in zip(order, TRUE):
        assert found.weights[k] == pytest.approx(share, abs=0.01)
        np.testing.assert_allclose(found.means[k], mean, atol=0.1)
        np.testing.assert_allclose(found.covariances[k], covariance, atol=0.15)


def test_more_components_explain_new_points_better(cloud):
    one, two = (fit_mixture(cloud[::2], np.ones(len(cloud[::2])), count, FLOOR, 1.0, 20, 0) for count in (1, 2))
    assert two.log_likelihood(cloud[1::2]).mean() > one.log_likelihood(cloud[1::2]).mean() + 0.5


def test_the_density_is_that_of_scipy():
    mixture = Mixture(*(np.array(values) for values in zip(*TRUE)))
    points = np.array([[0.3, 0.1], [7.0, -1.0], [4.0, 4.0]])
    expected = sum(share * multivariate_normal(mean, covariance).pdf(points) for share, mean, covariance in TRUE)
    np.testing.assert_allclose(np.exp(mixture.log_likelihood(points)), expected)


def test_importance_counts_like_repetition(cloud):
    few = cloud[:50]
    weight = np.where(np.arange(50) < 10, 3.0, 1.0)
    repeated = np.concatenate([few, few[:10], few[:10]])
    weighted = fit_mixture(few, weight, 1, FLOOR, 0.0, 2, 0)
    plain = fit_mixture(repeated, np.ones(len(repeated)), 1, FLOOR, 0.0, 2, 0)
    np.testing.assert_allclose(weighted.means, plain.means)
    np.testing.assert_allclose(weighted.covariances, plain.covariances)


def test_what_does_not_vary_gets_the_floor():
    points = np.zeros((20, 2))
    found = fit_mixture(points, np.ones(20), 2, np.array([0.5, 0.1]), 1.0, 5, 0)
    np.testing.assert_allclose(found.covariances, [np.diag([0.25, 0.01])] * 2)
    assert np.isfinite(found.log_likelihood(points + 1)).all()


def test_the_same_seed_gives_the_same_mixture(cloud):
    a, b = (fit_mixture(cloud[::20], np.ones(300), 4, FLOOR, 1.0, 3, 5) for _ in range(2))
    np.testing.assert_array_equal(a.means, b.means)
