"""Work on two networks that share no weights, at the same time on two cores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

_P = TypeVar("_P")
_V = TypeVar("_V")


class SideBySide:
    """Runs two pieces of torch work; with ``parallel`` the second one in a thread of its own.

    The figures are the same, bit for bit, and a busy machine only shares its time, while two OpenMP threads within one
    operation would wait for each other.
    """

    def __init__(self, parallel: bool) -> None:
        self.parallel = parallel
        self._worker = ThreadPoolExecutor(1) if parallel else None

    def both(self, first: Callable[[], _P], second: Callable[[], _V]) -> tuple[_P, _V]:
        """Results of both; an exception of either is raised."""
        if self._worker is None:
            return first(), second()
        future = self._worker.submit(_with_grad_mode, torch.is_grad_enabled(), second)
        return first(), future.result()


def _with_grad_mode(enabled: bool, work: Callable[[], _V]) -> _V:
    """Torch keeps a grad mode for each thread; this one takes its caller's."""
    with torch.set_grad_enabled(enabled):
        return work()
