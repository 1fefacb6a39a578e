"""Gaussian mixtures with full covariances, fitted by expectation maximisation (Dempster, Laird and Rubin 1977)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

_ROUNDS = 30
"""Rounds of k-means: it only starts the mixture."""
_COINCIDE = 1e-12
"""Squared distance that equal points are taken to have, so that seeds can be drawn even then."""


@dataclass(frozen=True)
class Mixture:
    """K Gaussians in D dimensions."""

    weights: np.ndarray
    """Shape (K,), sum 1."""
    means: np.ndarray
    """Shape (K, D)."""
    covariances: np.ndarray
    """Shape (K, D, D)."""

    def factors(self) -> np.ndarray:
        """Lower triangular L of each component with precision L^T L. Shape (K, D, D)."""
        return np.linalg.inv(np.linalg.cholesky(self.covariances))

    def log_densities(self, points: np.ndarray) -> np.ndarray:
        """Log of weight times density of every component. Shape (N, D) -> (N, K)."""
        factors = self.factors()
        away = points[:, None] - self.means
        scaled = np.einsum("kij,nkj->nki", factors, away)
        volume = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(1) - 0.5 * points.shape[1] * np.log(2 * np.pi)
        return np.log(self.weights) + volume - 0.5 * np.square(scaled).sum(-1)

    def log_likelihood(self, points: np.ndarray) -> np.ndarray:
        """Log of the density. Shape (N, D) -> (N,)."""
        return np.asarray(logsumexp(self.log_densities(points), axis=1))


def fit_mixture(
    points: np.ndarray, importance: np.ndarray, count: int, floor: np.ndarray, support: float, steps: int, seed: int
) -> Mixture:
    """Fit ``count`` Gaussians to weighted points.

    Args:
        points: shape (N, D).
        importance: weight of each point. Shape (N,); its sum stands for the number of points.
        count: K.
        floor: standard deviation added to every component, in units of the points: what the data do not resolve. Shape (D,).
        support: the covariance of all points counts like so many points in each component, so that small ones stay round.
        steps: rounds of expectation and maximisation.
        seed: of the k-means++ start.
    """
    common = _covariance(points, importance, np.average(points, axis=0, weights=importance))
    shares = np.eye(count)[_kmeans(points / floor, importance, count, np.random.default_rng(seed))]
    mixture = _maximise(points, importance, shares, common, floor, support)
    for _ in range(steps):
        logs = mixture.log_densities(points)
        shares = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
        mixture = _maximise(points, importance, shares, common, floor, support)
    return mixture


def _maximise(
    points: np.ndarray,
    importance: np.ndarray,
    shares: np.ndarray,
    common: np.ndarray,
    floor: np.ndarray,
    support: float,
) -> Mixture:
    weighted = shares * importance[:, None]
    totals = weighted.sum(0)
    means = weighted.T @ points / np.maximum(totals, 1e-9)[:, None]
    covariances = []
    for component, total in enumerate(totals):
        own = total * _covariance(points, weighted[:, component], means[component]) if total > 0 else 0.0
        covariances.append((own + support * common) / (total + support) + np.diag(floor**2))
    return Mixture((totals + 1.0) / (totals + 1.0).sum(), means, np.stack(covariances))


def _covariance(points: np.ndarray, importance: np.ndarray, mean: np.ndarray) -> np.ndarray:
    away = points - mean
    return (importance[:, None] * away).T @ away / max(float(importance.sum()), 1e-9)


def _kmeans(points: np.ndarray, importance: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Cluster of each point (N,), from k-means++ seeds."""
    centres = points[random.choice(len(points), 1, p=importance / importance.sum())]
    for _ in range(count - 1):
        far = importance * (np.square(points[:, None] - centres).sum(-1).min(1) + _COINCIDE)
        centres = np.concatenate([centres, points[random.choice(len(points), 1, p=far / far.sum())]])
    cluster = np.zeros(len(points), int)
    for _ in range(_ROUNDS):
        cluster = np.square(points[:, None] - centres).sum(-1).argmin(1)
        for k in range(count):
            mine = cluster == k
            if mine.any():
                centres[k] = np.average(points[mine], axis=0, weights=importance[mine])
    return cluster
