"""Ranges of settings: each belongs to its field, and every config dataclass checks its own when it is made.

    @dataclass(frozen=True)
    class PhysicsConfig(Checked):
        substeps: Annotated[int, Range(1, 1000)] = 2

A number outside, NaN or infinity raises SettingError with the range in the message, wherever the value came from: a flag, a
config.toml or Python.
"""

import dataclasses
import functools
import math
import typing
from dataclasses import dataclass
from typing import Any

from sfv.errors import SettingError


@dataclass(frozen=True)
class Range:
    """Numbers a setting may take: ``low`` and ``high`` included, unless ``open_low`` or ``open_high`` leave the end out."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: float) -> bool:
        """Whether ``value`` is a number inside. NaN and infinity never are."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return math.isfinite(value) and above and below

    def words(self) -> str:
        """The range as it stands in a message."""
        low = f"{'above' if self.open_low else 'at least'} {self.low:g}" if math.isfinite(self.low) else ""
        high = f"{'below' if self.open_high else 'at most'} {self.high:g}" if math.isfinite(self.high) else ""
        return " and ".join(part for part in (low, high) if part) or "a finite number"


POSITIVE = Range(0, open_low=True)
SHARE = Range(0, 1)
COUNT = Range(1, 10_000_000)
_ANY = Range()


class Checked:
    """Base of config dataclasses: numbers are held against the ranges of their fields as soon as an instance is made."""

    def __post_init__(self) -> None:
        """Raise SettingError for the first field out of its range."""
        for name, allowed in _ranges(type(self)):
            _check(name, getattr(self, name), allowed)


@functools.cache
def _ranges(cls: type) -> tuple[tuple[str, Range], ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple((item.name, _range_of(hints[item.name])) for item in dataclasses.fields(cls))  # type: ignore[arg-type]


def _range_of(hint: Any) -> Range:
    """The Range among the annotations of a field, at any depth (``tuple[Annotated[int, Range(1)], ...] | None``)."""
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Range):
            return note
    for part in typing.get_args(hint):
        if (found := _range_of(part)) is not _ANY:
            return found
    return _ANY


def _check(name: str, value: Any, allowed: Range) -> None:
    if isinstance(value, (tuple, list)):
        for item in value:
            _check(name, item, allowed)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and not allowed.holds(value):
        raise SettingError(f"the setting {name.replace('_', '-')} must be {allowed.words()}; it is {value}")
