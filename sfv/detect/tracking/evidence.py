"""Confidence of landmarks that jump to and fro: what no neighbouring frame supports was not seen."""

import numpy as np

from sfv.detect.config import ChoiceConfig


def steadiness(xy_px: np.ndarray, frames: np.ndarray, scale_px: np.ndarray, config: ChoiceConfig) -> np.ndarray:
    """How well each landmark lies where its neighbours in time point, in (0, 1].

    A landmark is steady when it fits any of three straight lines: through the two frames before, through the one before and the
    one after, through the two after. So a real jerk costs nothing, an outlier does, and not its neighbours.
    Shapes (T, K, 2), frame numbers (T,), body scale (T,) -> (T, K).
    """
    missed = np.full(xy_px.shape[:2], np.inf)
    for first, second in ((-2, -1), (-1, 1), (1, 2)):
        t = np.arange(max(-first, 0), len(frames) - max(second, 0))
        a, b = t + first, t + second
        near = np.maximum(abs(frames[a] - frames[t]), abs(frames[b] - frames[t])) <= config.steady_frames
        t, a, b = t[near], a[near], b[near]
        share = ((frames[t] - frames[a]) / (frames[b] - frames[a]))[:, None, None]
        expected = xy_px[a] + share * (xy_px[b] - xy_px[a])
        missed[t] = np.minimum(missed[t], np.linalg.norm(xy_px[t] - expected, axis=-1) / scale_px[t, None])
    # where there are no neighbours nothing is known against it
    return np.where(np.isfinite(missed), 1 / (1 + (missed / config.steady_distance) ** 2), 1.0)
