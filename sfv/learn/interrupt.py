"""Ctrl-C, SIGTERM and SIGHUP between two updates instead of in the middle of one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sfv.system.stopping import SIGNALS, asked, handled


class Interrupt:
    """Whether the user, or the system, has asked to stop."""

    requested: bool = False


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """The first signal sets ``requested``, the second one interrupts at once. Outside of the main thread nothing changes."""
    interrupt = Interrupt()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def ask(number: int, frame: FrameType | None) -> None:
        if interrupt.requested:
            handler = before[number]
            if callable(handler):
                handler(number, frame)
            raise KeyboardInterrupt
        interrupt.requested = True
        asked(number)

    with handled(ask):
        yield interrupt
