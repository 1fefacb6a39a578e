"""Free fall: what the centre of mass does while nothing touches the ground, and what the ground can do while something does."""

import numpy as np
import torch
from torch import Tensor

from sfv.retarget.config import RetargetConfig

GRAVITY = 9.81
"""m/s^2"""

_FALLS = (0.4, 2.0)
"""Shares of gravity between which the mean acceleration of a flight lies: recordings are not exact, least of all in short ones.
Measured on the captured clips: .54 to 1.6 in what are flights, at most .24 in what are not (but one of .91 in the roll)."""
_FEWEST = 4
"""Frames of a flight: through three there is always a parabola."""


class Flight:
    """A penalty on paths of the centre of mass that no body could take, whatever its joints do.

    Hips that follow another body's are such a path for a character whose mass lies elsewhere: Atlas' trunk would sink at half of
    gravity from the moment it leans back into a flip.
    """

    def __init__(self, airborne: np.ndarray, fps: float, config: RetargetConfig, cyclic: bool) -> None:
        """``airborne`` (T,): how surely nothing touches the ground; the period of a ``cyclic`` clip, without its last frame."""
        around = np.concatenate((airborne, airborne[:2])) if cyclic else airborne
        inside = np.minimum(np.minimum(around[2:], around[1:-1]), around[:-2])
        self.falling = torch.from_numpy(inside)
        """How surely a frame and both its neighbours are airborne, from the second frame on."""
        self._drop = GRAVITY / fps**2
        self._most = config.max_push * self._drop

    @property
    def happens(self) -> bool:
        """Some frame is airborne."""
        return bool(self.falling.any())

    def __call__(self, com: Tensor) -> Tensor:
        """Sum of squared second differences that are not free fall in flight, and of what the ground would have to pull, or to
        push beyond ``max_push``, at any time. Shape (T, 3), of a cycle with two frames of the next one; square metres.
        """
        push = com[2:] - 2 * com[1:-1] + com[:-2] + com.new_tensor([0.0, 0.0, self._drop])
        beyond = (-push[:, 2]).clamp_min(0) + (push[:, 2] - self._most).clamp_min(0)
        return (self.falling * push.square().sum(-1) + beyond.square()).sum()


def true_flights(airborne: np.ndarray, heights: np.ndarray, fps: float) -> np.ndarray:
    """``airborne`` (T, 1) without the stretches in which the middle of the body, at ``heights`` (T,), does not fall.

    A recording may float for a moment without flying: nothing touches the ground, and nothing falls.
    """
    out = airborne.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], airborne[:, 0] > 0.0, [0]))))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist()):
        share = -_acceleration(heights[start:end], fps) / GRAVITY
        if not _FALLS[0] < share < _FALLS[1]:
            out[start:end] = 0.0
    return out


def _acceleration(heights: np.ndarray, fps: float) -> float:
    """That of the parabola through some heights, m/s^2; 0 where they are too few for one."""
    if len(heights) < _FEWEST:
        return 0.0
    return 2.0 * float(np.polyfit(np.arange(len(heights)) / fps, heights, 2)[0])


def free_fall_error(com: np.ndarray, fps: float, airborne: np.ndarray) -> float | None:
    """How far a centre of mass (T, 3) is from free fall in ``airborne`` frames (T,), bool: root mean square of the difference in
    acceleration, as a share of gravity; None without three such frames in a row.
    """
    inside = airborne[2:] & airborne[1:-1] & airborne[:-2]
    if not inside.any():
        return None
    acceleration = (com[2:] - 2 * com[1:-1] + com[:-2])[inside] * fps**2
    error = np.linalg.norm(acceleration - np.array([0.0, 0.0, -GRAVITY]), axis=1)
    return float(np.sqrt(np.mean(error**2)) / GRAVITY)
