"""Where a recording is being watched: frame after frame, a pause at the end, then from the beginning."""

import numpy as np

_HOLD_SECONDS = 0.7  # the last frame stands still for so long


class Recording:
    """What shows of recorded frames have in common (``Show``): a place among ``frames`` frames at ``hz``, and no physics."""

    pushable = False

    def __init__(self, frames: int, hz: float, name: str) -> None:
        self.hz = hz
        self._last, self._at, self._name = frames - 1, 0, name

    @property
    def frame(self) -> int:
        """The present frame."""
        return min(self._at, self._last)

    @property
    def words(self) -> str:
        """Name and time."""
        return f"{self._name}\n{self.frame / self.hz:.2f} of {self._last / self.hz:.2f} s"

    def restart(self) -> None:
        """To the first frame."""
        self._at = 0

    def step(self, push: np.ndarray) -> None:
        """To the next frame; after the last one a pause, then the first. Pushes do nothing."""
        self._at += 1
        if self._at > self._last + _HOLD_SECONDS * self.hz:
            self.restart()
