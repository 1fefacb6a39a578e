"""Ranges of settings: each belongs to its field, and every config dataclass checks its own when it is made.

    @dataclass(frozen=True)
    class PhysicsConfig(Checked):
        substeps: Annotated[int, Range(1, 1000)] = 2

A number outside, NaN or infinity raises SettingError with the range in the message, wherever the value came from: a flag, a
config.toml or Python. ``checked`` does the same for the parameters of a function.
"""

import dataclasses
import functools
import inspect
import itertools
import math
import numbers
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from sfv.errors import SettingError

F = TypeVar("F", bound=Callable[..., Any])
_SHOWN = 40
"""Digits of a value that a message shows."""


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
        return above and below and (isinstance(value, numbers.Integral) or math.isfinite(value))

    def words(self) -> str:
        """The range as it stands in a message."""
        low = f"{'above' if self.open_low else 'at least'} {_plain(self.low)}" if math.isfinite(self.low) else ""
        high = f"{'below' if self.open_high else 'at most'} {_plain(self.high)}" if math.isfinite(self.high) else ""
        return " and ".join(part for part in (low, high) if part) or "a finite number"


Share = Annotated[float, Range(0, 1)]
Positive = Annotated[float, Range(0, 1e9, open_low=True)]
NotNegative = Annotated[float, Range(0, 1e9)]
Number = Annotated[float, Range(-1e9, 1e9)]
Seconds = Annotated[float, Range(0, 86_400)]
"""Up to a day."""
PositiveSeconds = Annotated[float, Range(0, 86_400, open_low=True)]
Degrees = Annotated[float, Range(-360, 360)]
Fps = Annotated[float, Range(0.1, 10_000)]
"""From time lapse to high-speed cameras."""
Pixels = Annotated[int, Range(1, 16_384)]
Count = Annotated[int, Range(1, 10**12)]
Whole = Annotated[int, Range(0, 10**12)]
"""A count that may be zero."""
Threads = Annotated[int, Range(0, 1024)]
"""Zero leaves the choice to the program."""
Seed = Annotated[int, Range(0, 2**32 - 1)]
"""What NumPy's generators take."""
_ANY = Range()


class Checked:
    """Base of config dataclasses: numbers are held against the ranges of their fields as soon as an instance is made."""

    def __post_init__(self) -> None:
        """Raise SettingError for the first field out of its range."""
        for name, (allowed, whole) in _fields(type(self)).items():
            check(name, getattr(self, name), allowed, whole)

    def in_order(self, *names: str) -> None:
        """Raise SettingError unless the settings of these names do not fall from one to the next; None takes no part.

        A single name is a setting of several numbers.
        """
        given = [(name, getattr(self, name)) for name in names]
        if len(given) == 1:
            given = [(names[0], value) for value in given[0][1]]
        there = [(name, value) for name, value in given if value is not None]
        for (name, value), (other, following) in itertools.pairwise(there):
            if value > following:
                least = f"as much as {name}" if other != name else "as much as the number before it"
                raise SettingError(f"must be at least {least}, {_plain(value)}; it is {_plain(following)}", other)


def checked(function: F) -> F:
    """``function``, whose numbers are held against the ranges of their annotations at each call. Raises SettingError."""
    # annotations in quotes name what is imported for the type checker alone, and are no numbers
    hints = _numbers({name: hint for name, hint in function.__annotations__.items() if not isinstance(hint, str)})
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in hints:
                check(name, value, *hints[name])
        return function(*args, **kwargs)

    return typing.cast(F, call)


def check(name: str, value: Any, allowed: Range, whole: bool = False) -> None:
    """Raise SettingError for a number, or one of several, that is not ``allowed``; ``whole`` asks for integers."""
    if isinstance(value, (tuple, list)):
        for item in value:
            check(name, item, allowed, whole)
        return
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return
    if not allowed.holds(value):  # type: ignore[arg-type]  # a Real compares like a float
        raise SettingError(f"must be {allowed.words()}; it is {_plain(value)}", name)
    if whole and not isinstance(value, numbers.Integral):
        raise SettingError(f"must be a whole number; it is {_plain(value)}", name)


@functools.cache
def _fields(cls: type) -> dict[str, tuple[Range, bool]]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return _numbers({item.name: hints[item.name] for item in dataclasses.fields(cls)})  # type: ignore[arg-type]


def _numbers(hints: Mapping[str, Any]) -> dict[str, tuple[Range, bool]]:
    """Range of each field that holds numbers, and whether they are whole."""
    return {
        name: (range_of(hint) or _ANY, float not in kinds)
        for name, hint in hints.items()
        if (kinds := set(number_kinds(hint)))
    }


def number_kinds(hint: Any) -> list[type]:
    """``int`` and ``float`` wherever they stand in an annotation, at any depth."""
    if hint in (int, float):
        return [hint]
    if typing.get_origin(hint) is typing.Literal:
        return []
    return [kind for part in typing.get_args(hint) for kind in number_kinds(part)]


def range_of(hint: Any) -> Range | None:
    """The Range among the annotations of a field, at any depth (``tuple[Annotated[int, Range(1)], ...] | None``)."""
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Range):
            return note
    return next((found for part in typing.get_args(hint) if (found := range_of(part)) is not None), None)


def _plain(value: Any) -> str:
    """A number as one would type it, cut short where it would fill the screen."""
    try:
        text = str(int(value)) if abs(value) < 1e15 and value == int(value) else f"{value}"
    except (OverflowError, ValueError):  # infinity, NaN, or more digits than Python prints
        text = f"{value}" if isinstance(value, float) else "a number of thousands of digits"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
