"""From stand-ins to plain containers and arrays, with the depth and the size of what comes out measured."""

from typing import Any

import numpy as np

from sfv.budget import CONTENT_BYTES, MAX_DEPTH
from sfv.errors import FileFormatError
from sfv.unpickle.stands import Stand

_SCALARS = frozenset({type(None), bool, int, float, complex, str, bytes, bytearray})
_TEXT = frozenset({str, bytes, bytearray})
_NUMBER = 8  # bytes a number takes in an array


def plain(value: Any) -> Any:
    """Nested dicts, lists, tuples, numpy arrays, numbers and text. Raises FileFormatError.

    A list that stands in a file once may be meant a million times. What it would take to write everything out, each time it is
    meant, is counted and held against the budget, because whoever makes an array of it does just that.
    """
    return _Settling().settle(value, 0)[0]


class _Settling:
    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int, int]] = {}  # id -> plain value, bytes written out, levels below it
        self._kept: list[Any] = []  # an id belongs to its object only while that lives

    def settle(self, value: Any, depth: int) -> tuple[Any, int, int]:
        """Plain value, bytes written out, levels below it."""
        kind = type(value)
        if kind in _SCALARS:
            return value, len(value) if kind in _TEXT else _NUMBER, 0
        if isinstance(value, np.generic):
            return value, value.nbytes, 0
        if isinstance(value, np.ndarray):
            return value, value.nbytes + _NUMBER, 0
        known = self._known.get(id(value))
        if depth + (known[2] if known else 0) > MAX_DEPTH:
            raise FileFormatError(f"it is nested more than {MAX_DEPTH} levels deep")
        if known is None:
            known = self._open(value, depth + 1)
            if known[1] > CONTENT_BYTES:
                raise FileFormatError(f"written out it would take more than {CONTENT_BYTES // 2**20} MiB")
            self._known[id(value)] = known
            self._kept.append(value)
        return known

    def _open(self, value: Any, depth: int) -> tuple[Any, int, int]:
        size, below = _NUMBER, 0
        settle = self.settle
        if isinstance(value, dict):
            for name, entry in value.items():
                value[name], taken, levels = settle(entry, depth)
                size += taken + _NUMBER + (len(name) if type(name) in _TEXT else 0)
                below = levels if levels > below else below
            return value, size, below + 1
        if isinstance(value, (list, tuple, set, frozenset)):
            made = value if type(value) is list else list(value)
            for index, entry in enumerate(made):
                made[index], taken, levels = settle(entry, depth)
                size += taken
                below = levels if levels > below else below
            return tuple(made) if isinstance(value, tuple) else made, size, below + 1
        if isinstance(value, Stand):

            def inner(part: Any) -> Any:
                nonlocal size, below
                made, taken, levels = settle(part, depth)
                size, below = size + taken, max(below, levels)
                return made

            return value.made(inner), size, below + 1
        raise FileFormatError("it holds a function or a type, which is neither an array nor a plain container")
