"""What takes the place of other packages' objects while a pickle is read, and what may be called on the way."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.files import sound_array

_DTYPE = re.compile(
    r"[<>|=]?(?:[biufcSUO]\d{0,9}|[?BhHIlLqQefdgFDG]|bool|u?int\d{1,2}|float\d{1,3}|complex\d{1,3}|object)"
)
_DTYPE_KINDS = "biufcSUO"  # no records: their state could lie about where the objects are
_MAX_DIMENSIONS = 32
_MAX_EMPTY = 2**24  # length of a dimension of an array that holds nothing

Settle = Callable[[Any], Any]
"""Makes what a stand-in holds plain."""


class Stand:
    """Takes the place of an object whose package is not needed; keeps its attributes."""

    __slots__ = ("attributes",)

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {}

    def fill(self, state: Any, _machine: Any) -> None:
        """Take the attributes that the pickle gives. Raises FileFormatError."""
        if type(state) is tuple and len(state) == 2 and state[1] is None:  # (attributes, slots)
            state = state[0]
        if type(state) is not dict:
            raise FileFormatError("an object's state is no table of attributes")
        self.attributes |= {name: value for name, value in state.items() if type(name) is str}

    def made(self, _settle: Settle) -> Any:
        """The plain value. Raises FileFormatError where there is none."""
        raise FileFormatError("it holds an object that is neither an array nor a plain container")


class Maker:
    """What a pickle gets for a name: ``make`` is called with the machine and the arguments, and there is nothing to alter in it."""

    __slots__ = ("kind", "make", "name")

    def __init__(self, name: str, make: Callable[[Any, tuple[Any, ...]], Any], kind: type[Stand] | None = None) -> None:
        """``kind`` is the stand-in that is made, where one is: how protocols 0 and 1 make objects needs it."""
        self.name, self.make, self.kind = name, make, kind

    @classmethod
    def of(cls, kind: type[Stand]) -> "Maker":
        """Makes a stand-in, whatever the arguments."""
        return cls(kind.__name__, lambda _machine, _arguments: kind(), kind)


class Dtype(Stand):
    """numpy.dtype of plain numbers or text. The genuine one would believe a pickle that calls numbers objects."""

    __slots__ = ("dtype",)

    def __init__(self, kind: Any = None) -> None:
        if type(kind) is not str or not _DTYPE.fullmatch(kind):
            raise FileFormatError(
                f"it holds records or values of type {str(kind)[:40] if type(kind) is str else 'unknown'}"
            )
        self.dtype = np.dtype(kind)

    def fill(self, state: Any, _machine: Any) -> None:
        """Version, byte order, then what only records have."""
        if type(state) is not tuple or len(state) < 5 or any(part is not None for part in state[2:5]):
            raise FileFormatError("it holds records")
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])

    def array(self, content: Any, shape: Any, columns_first: bool, machine: Any) -> Any:
        """The array whose bytes these are, or ``Objects``. Raises FileFormatError."""
        lengths = _lengths(shape)
        count = math.prod(lengths)
        order = "F" if columns_first else "C"
        if self.dtype.hasobject:
            if type(content) not in (list, tuple, bytes) or len(content) != count:
                raise FileFormatError("an array of objects in it has another number of entries than it says")
            machine.allowance.spend(16 * count)
            return Objects(list(content), lengths, order)
        if type(content) is str:  # Python 2's bytes
            machine.allowance.spend(len(content))
            content = content.encode("latin1", "replace")
        if type(content) is not bytes or len(content) != count * self.dtype.itemsize:
            raise FileFormatError(f"it announces an array of {lengths} and holds another one")
        flat = np.frombuffer(content, self.dtype) if self.dtype.itemsize else np.zeros(_few(count), "U1")
        return sound_array(flat).reshape(lengths, order=order)


def _lengths(shape: Any) -> tuple[int, ...]:
    lengths = (shape,) if isinstance(shape, (int, np.integer)) else shape
    if type(lengths) not in (tuple, list) or not all(isinstance(length, (int, np.integer)) for length in lengths):
        raise FileFormatError("the shape of an array in it is no row of numbers")
    whole = tuple(int(length) for length in lengths)
    if len(whole) > _MAX_DIMENSIONS or min(whole, default=0) < 0 or (0 in whole and max(whole) > _MAX_EMPTY):
        raise FileFormatError(f"it announces an array of shape {str(whole)[:60]}")
    return whole


def _few(count: int) -> int:
    if count > _MAX_EMPTY // 16:
        raise FileFormatError(f"it announces {count} texts and holds none")
    return count


class Objects(Stand):
    """An array of objects: nested lists when it is plain, the object itself without dimensions."""

    __slots__ = ("items", "order", "shape")

    def __init__(self, items: list[Any], shape: tuple[int, ...], order: str) -> None:
        self.items, self.shape, self.order = items, shape, order

    def made(self, settle: Settle) -> Any:
        """Nested lists."""
        if not self.items:
            return []
        array = np.empty(len(self.items), object)
        for index, item in enumerate(self.items):
            array[index] = item
        return settle(array.reshape(self.shape, order=self.order).tolist())  # type: ignore[arg-type,call-overload]


class Ndarray(Stand):
    """numpy.ndarray, filled by its state: version, shape, type, whether columns come first, bytes."""

    __slots__ = ("array",)

    def __init__(self, array: Any = None) -> None:
        self.array = array

    def fill(self, state: Any, machine: Any) -> None:
        """The array from its state."""
        if type(state) is not tuple or len(state) != 5 or not isinstance(state[2], Dtype):
            raise FileFormatError("the state of an array in it has another layout")
        _, shape, dtype, columns_first, content = state
        self.array = dtype.array(content, shape, bool(columns_first), machine)

    def made(self, settle: Settle) -> Any:
        """The array."""
        if self.array is None:
            raise FileFormatError("it holds an array without content")
        return settle(self.array)


class JoblibArray(Ndarray):
    """joblib.numpy_pickle.NumpyArrayWrapper (since 0.10): the array's bytes stand in the file right behind it."""

    __slots__ = ()

    def fill(self, state: Any, machine: Any) -> None:
        """Take the bytes that follow."""
        if type(state) is not dict or not isinstance(dtype := state.get("dtype"), Dtype):
            raise FileFormatError("the state of an array in it has another layout")
        if dtype.dtype.hasobject:
            self.array = machine.nested()
            return
        if state.get("numpy_array_alignment_bytes") is not None:  # since joblib 1.3
            machine.source.take(machine.source.take(1)[0])
        lengths = _lengths(state.get("shape"))
        content = machine.source.take(math.prod(lengths) * dtype.dtype.itemsize)
        self.array = dtype.array(content, lengths, state.get("order") == "F", machine)
