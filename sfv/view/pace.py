"""Real time: a loop that runs at a rate."""

import time
from collections.abc import Callable

_BEHIND = 0.25  # seconds that a loop may lag before it gives up catching up


class Pace:
    """Holds a loop to a rate; what was late beyond a quarter of a second is not made up for."""

    def __init__(
        self,
        hz: float,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._period, self._clock, self._sleep = 1.0 / hz, clock, sleep
        self._due = clock()

    def wait(self) -> None:
        """Sleep until the next step is due."""
        self._due += self._period
        left = self._due - self._clock()
        if left > 0:
            self._sleep(left)
        elif left < -_BEHIND:
            self._due = self._clock()
