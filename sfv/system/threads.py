"""How many threads torch may use."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Run a block, or a decorated function, with one torch thread.

    Optimisations of a few hundred numbers gain nothing from a second one, and where another process is busy OpenMP's threads
    wait for each other: a reconstruction took 68 s with two threads and 9 s with one on a loaded machine of two cores.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
