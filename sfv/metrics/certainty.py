"""Whether certainties mean what they say: of landmarks called p sure, the share that is right should be p.

*Sure* is the probability that a point lies within ``WITHIN`` of the truth. The points are put into ten classes of what was said; in
each, what was said is held against what came true (reliability diagram: Niculescu-Mizil and Caruana, ICML 2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

WITHIN = 0.05
"""Metres within which a landmark is right."""
CLASSES = 10


@dataclass(frozen=True)
class Calibration:
    """Sums for each of CLASSES classes of certainty, [0, .1) to [.9, 1]. Shape (10,) each."""

    count: np.ndarray
    said: np.ndarray
    """Sum of the certainties."""
    right: np.ndarray
    """How many were right."""

    def rows(self) -> list[dict[str, float]]:
        """One row for each class that has points: mean certainty, share that was right, number of points."""
        return [
            {
                "from": index / CLASSES,
                "said": float(self.said[index] / count),
                "right": float(self.right[index] / count),
                "points": int(count),
            }
            for index, count in enumerate(self.count)
            if count
        ]

    @property
    def worst(self) -> float:
        """Greatest difference between said and right of a class that has at least a hundredth of the points; 0 without points."""
        some = self.count >= max(1.0, 0.01 * self.count.sum())
        return float((np.abs(self.said - self.right)[some] / self.count[some]).max()) if some.any() else 0.0


def calibration(certainty: np.ndarray, error: np.ndarray, within: float = WITHIN) -> Calibration:
    """Certainties in [0, 1] against errors in metres, same shape; pairs with a NaN are left out."""
    known = np.isfinite(certainty) & np.isfinite(error)
    said, right = certainty[known], error[known] < within
    index = np.clip((said * CLASSES).astype(int), 0, CLASSES - 1)
    return Calibration(
        *(np.bincount(index, weight, CLASSES) for weight in (np.ones(len(said)), said, right.astype(float)))
    )


def together(parts: Sequence[Calibration]) -> Calibration:
    """All points of several films."""
    return Calibration(
        *(sum((getattr(one, name) for one in parts), np.zeros(CLASSES)) for name in ("count", "said", "right"))
    )


def sure_within(sigma: np.ndarray, within: float = WITHIN) -> np.ndarray:
    """Probability that a point with normal errors of deviation ``sigma`` along each axis, metres, is right. Any shape."""
    return chi2.cdf((within / np.maximum(sigma, 1e-9)) ** 2, 3)
