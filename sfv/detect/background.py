"""What the picture as a whole does: how fast the background moves (a moving camera), and where the video cuts."""

import cv2
import numpy as np

from sfv.detect.config import BackgroundConfig

_MIN_POINTS = 12
"""Fewer points that move together tell nothing."""
_CORNER_QUALITY, _CORNER_DISTANCE = 0.02, 8
"""Of the points that are followed: least strength, as a share of the strongest one's, and least distance, pixels."""
_OUTLIER = 1.0
"""Pixels off the common motion from which a point does not belong to it."""
_TINY = 32
"""Sides of the very small copy in which cuts are looked for, pixels; it is made from a grid of 4 times as many pixels or more."""
_GRID = 5
"""The speed is the median over so many by so many places."""


class BackgroundMeter:
    """Fed frame after frame; says at once whether a frame begins a new shot, and in the end how fast the background moved."""

    def __init__(self, config: BackgroundConfig, fps: float) -> None:
        self._config = config
        self._every = max(round(config.every * fps), 1)
        self._speeds: list[float] = []
        self._changes: list[float] = []
        self._grey: np.ndarray | None = None
        self._tiny: np.ndarray | None = None
        self.cuts: list[int] = []
        """Frames that begin a new shot."""

    def add(self, rgb: np.ndarray, boxes: np.ndarray) -> bool:
        """Look at the next frame, (H, W, 3) uint8; True where it begins a new shot.

        ``boxes`` (N, 4): left, top, right, bottom of the people of the frame before, pixels; what is in them is no background.
        """
        factor = min(self._config.width / max(rgb.shape[:2]), 1.0)
        step = max(min(rgb.shape[:2]) // (4 * _TINY), 1)
        tiny = cv2.resize(rgb[::step, ::step], (_TINY, _TINY), interpolation=cv2.INTER_AREA).astype(np.float32)
        cut = self._is_cut(tiny)
        index, speed = len(self._speeds), np.nan
        # the speed is measured between this frame and the one before, only now and then: cameras do not jerk
        if not cut and self._grey is not None and index % self._every == 0:
            speed = self._speed(self._grey, _shrunk(rgb, factor), boxes * factor) / factor
        wanted = (index + 1) % self._every == 0
        self._grey = _shrunk(rgb, factor) if wanted else None
        self._speeds.append(speed)
        if cut:
            self.cuts.append(index)
        return cut

    def pass_over(self) -> None:
        """The next frame has no picture of its own."""
        self._grey = None
        self._speeds.append(np.nan)

    def speeds(self) -> np.ndarray:
        """Pixels that the background moved since the frame before, interpolated between measurements. Shape (T,), NaN: unknown."""
        speeds = np.array(self._speeds)
        known = np.flatnonzero(np.isfinite(speeds))
        if not len(known):
            return speeds
        return np.interp(np.arange(len(speeds)), known, speeds[known])

    def _is_cut(self, tiny: np.ndarray) -> bool:
        before, self._tiny = self._tiny, tiny
        if before is None:
            return False
        change, usual = float(np.abs(tiny - before).mean()), self._changes[-self._config.cut_frames :]
        cut = change > self._config.cut_change and change > self._config.cut_ratio * (np.median(usual) if usual else 0)
        if not cut:
            self._changes.append(change)
        return bool(cut)

    def _speed(self, before: np.ndarray, now: np.ndarray, boxes: np.ndarray) -> float:
        """Median over the picture of the motion that most points share (shift, turn and zoom), pixels of the small picture."""
        mask = np.full(before.shape, 255, np.uint8)
        for left, top, right, bottom in boxes.round().astype(int).clip(0):
            mask[top:bottom, left:right] = 0
        points = cv2.goodFeaturesToTrack(before, self._config.points, _CORNER_QUALITY, _CORNER_DISTANCE, mask=mask)
        if points is None or len(points) < _MIN_POINTS:
            return np.nan
        moved, found, _ = cv2.calcOpticalFlowPyrLK(before, now, points, np.empty_like(points))
        good = found[:, 0] == 1
        if good.sum() < _MIN_POINTS:
            return np.nan
        a, b = points[good, 0], moved[good, 0]
        motion, inliers = cv2.estimateAffinePartial2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=_OUTLIER)
        if motion is None or inliers.mean() < self._config.agree:
            return np.nan
        height, width = before.shape
        grid = np.stack(np.meshgrid(np.linspace(0, width, _GRID), np.linspace(0, height, _GRID)), -1).reshape(-1, 2)
        return float(np.median(np.linalg.norm(grid @ motion[:, :2].T + motion[:, 2] - grid, axis=1)))


def _shrunk(rgb: np.ndarray, factor: float) -> np.ndarray:
    size = max(round(rgb.shape[1] * factor), 1), max(round(rgb.shape[0] * factor), 1)
    return cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
