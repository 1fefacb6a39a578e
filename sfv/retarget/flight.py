"""Free fall: what the centre of mass does while nothing touches the ground, and what the ground can do while something does."""

import numpy as np
import torch
from torch import Tensor

from sfv.retarget.config import RetargetConfig

GRAVITY = 9.81
"""m/s^2"""


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
