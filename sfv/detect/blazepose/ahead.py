"""Reading ahead: the next items of an iterable are made in another thread while the caller works on this one."""

from collections.abc import Iterable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_POLL = 0.1  # seconds after which a reader that waits looks whether it is still wanted


class _End(Generic[T]):
    """Nothing follows, or an exception."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[T], count: int) -> Iterator[T]:
    """The same items in the same order, of which up to ``count`` are ready before they are asked for.

    An exception of ``items`` is raised where it would have been.
    """
    queue: Queue[T | _End[T]] = Queue(count)
    stopped = Event()

    def put(item: "T | _End[T]") -> None:
        while not stopped.is_set():
            try:
                return queue.put(item, timeout=_POLL)
            except Full:
                continue

    def read() -> None:
        error = None
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
        except BaseException as caught:
            error = caught
        put(_End(error))

    thread = Thread(target=read, name="sfv-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        thread.join()
