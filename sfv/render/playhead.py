"""Where a recording is being watched: frame after frame, a pause at the end, then from the beginning."""

_HOLD_SECONDS = 0.7  # the last frame stands still for so long


class Playhead:
    """A place in a recording of ``frames`` frames at ``hz``."""

    def __init__(self, frames: int, hz: float) -> None:
        self._last, self._hz, self._at = frames - 1, hz, 0

    @property
    def frame(self) -> int:
        """The present frame."""
        return min(self._at, self._last)

    @property
    def words(self) -> str:
        """The present time in words."""
        return f"{self.frame / self._hz:.2f} of {self._last / self._hz:.2f} s"

    def restart(self) -> None:
        """To the first frame."""
        self._at = 0

    def advance(self) -> None:
        """To the next frame."""
        self._at += 1
        if self._at > self._last + _HOLD_SECONDS * self._hz:
            self.restart()
