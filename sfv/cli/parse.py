"""Command lines whose defaults come from a config.toml, or from what an earlier stage found."""

from collections.abc import Callable
from typing import TypeVar

import tyro

T = TypeVar("T")


def parse_twice(cls: type[T], arguments: list[str], prog: str, default: T, better: Callable[[T], T]) -> T:
    """Parse ``arguments`` into the dataclass ``cls``, let ``better`` look at them and name better defaults, and parse again.

    So what the user gives always wins over what ``better`` says, and ``better`` over the dataclass's own defaults.
    """
    first = tyro.cli(cls, args=arguments, prog=prog, default=default)
    return tyro.cli(cls, args=arguments, prog=prog, default=better(first))
