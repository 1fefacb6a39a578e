"""Ctrl-C, a polite kill (SIGTERM) and a terminal that closes (SIGHUP) all ask to stop; the command line ends in one way for all."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_SHOW_CURSOR = "\x1b[?25h"
_IMPORT = "<frozen importlib._bootstrap>"


class _Stop:
    """What this process was asked."""

    number: int | None = None


def asked(number: int) -> None:
    """Remember that signal ``number`` asked this process to stop."""
    _Stop.number = number


def by_signal() -> int | None:
    """The signal that asked this process to stop; None for none."""
    return _Stop.number


def exit_status() -> int:
    """Status of a command that was stopped, as shells have it: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return 128 + (_Stop.number or signal.SIGINT)


def sentence() -> str:
    """What a user reads then."""
    how = "" if _Stop.number in (None, signal.SIGINT) else f" by {signal.Signals(_Stop.number).name}"
    return f"sfv: stopped{how}; what was finished is kept, the same command goes on from there"


@contextmanager
def handled(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Let ``handler`` have the signals that ask to stop. What is ignored stays ignored (``nohup``, jobs in the background), and
    outside of the main thread nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    taken = [number for number in SIGNALS if before[number] not in (signal.SIG_IGN, None)]
    for number in taken:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


@contextmanager
def stoppable() -> Iterator[None]:
    """A block that such a signal ends as KeyboardInterrupt; while a module is imported it ends the process instead: nothing is
    being written then, and numpy, torch and others turn an interruption of their imports into errors of their own or swallow it."""
    _Stop.number = None
    root = sys._getframe(2)  # of who entered: this function, then contextlib, lie above it

    def ask(number: int, frame: FrameType | None) -> None:
        asked(number)
        if not _importing(frame, root):
            raise KeyboardInterrupt
        if sys.stderr.isatty():
            sys.stderr.write(_SHOW_CURSOR)  # a progress bar may have hidden it
        print(f"\n{sentence()}", file=sys.stderr, flush=True)
        os._exit(exit_status())

    with handled(ask):
        yield


def _importing(frame: FrameType | None, root: FrameType) -> bool:
    """Whether an import is under way between ``root`` and ``frame``."""
    while frame is not None and frame is not root:
        if frame.f_code.co_filename == _IMPORT:
            return True
        frame = frame.f_back
    return False
