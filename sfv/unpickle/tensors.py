"""torch's tensors and storages as stand-ins: views of bytes whose sizes, strides and offsets are checked before anything is made."""

import math
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.files import sound_array
from sfv.unpickle.stands import Settle, Stand

_MAX_DIMENSIONS = 32


class StorageKind:
    """A name like torch.FloatStorage: the type of what a storage holds. Nothing can be done with it."""

    __slots__ = ("brain", "dtype")

    def __init__(self, dtype: str, brain: bool = False) -> None:
        self.dtype, self.brain = np.dtype(dtype), brain


STORAGES = {
    f"{name}Storage": StorageKind(dtype, name == "BFloat16") for name, dtype in (
        ("Float", "<f4"), ("Double", "<f8"), ("Half", "<f2"), ("BFloat16", "<u2"), ("Int", "<i4"), ("Long", "<i8"),
        ("Short", "<i2"), ("Char", "i1"), ("Byte", "u1"), ("Bool", "u1"), ("ComplexFloat", "<c8"), ("ComplexDouble", "<c16"))
}  # fmt: skip
"""Types of storages by name in torch. BFloat16 is the upper half of a float32."""
_BOOL = STORAGES["BoolStorage"]


class Storage(Stand):
    """A row of numbers; ``raw`` may come after the tensors that look at it (torch.save before 1.6)."""

    __slots__ = ("big_endian", "count", "kind", "raw")

    def __init__(self, kind: StorageKind, count: int, raw: bytes | None = None, big_endian: bool = False) -> None:
        self.kind, self.count, self.raw, self.big_endian = kind, count, raw, big_endian

    def numbers(self) -> np.ndarray:
        """All of them. Shape (count,). Raises FileFormatError where the file does not hold them."""
        dtype = self.kind.dtype.newbyteorder(">") if self.big_endian else self.kind.dtype
        if self.raw is None or len(self.raw) != self.count * dtype.itemsize:
            raise FileFormatError("a tensor's numbers are missing or cut short")
        return np.frombuffer(self.raw, dtype)


class Tensor(Stand):
    """A view of a storage: offset, sizes and strides in numbers."""

    __slots__ = ("machine", "offset", "size", "storage", "stride")

    def __init__(
        self, storage: Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], machine: Any
    ) -> None:
        self.storage, self.offset, self.size, self.stride, self.machine = storage, offset, size, stride, machine

    def made(self, settle: Settle) -> Any:
        """The numbers as an array of their own; those of bfloat16 as float32."""
        numbers, count = self.storage.numbers(), math.prod(self.size)
        reach = self.offset + sum((length - 1) * step for length, step in zip(self.size, self.stride))
        if count and reach >= len(numbers):
            raise FileFormatError("a tensor reaches beyond its storage")
        self.machine.allowance.spend(count * numbers.itemsize * 2)
        if count:
            steps = tuple(step * numbers.itemsize for step in self.stride)
            view = np.lib.stride_tricks.as_strided(numbers[self.offset :], self.size, steps, writeable=False)
            array = view.copy()
        else:
            array = np.empty(self.size, numbers.dtype)
        if self.storage.kind.brain:
            array = (array.astype("<u4") << 16).view("<f4")
        elif self.storage.kind is _BOOL:
            array = array != 0
        return settle(sound_array(array))


def make_tensor(machine: Any, arguments: tuple[Any, ...]) -> Tensor:
    """torch._utils._rebuild_tensor_v2: storage, offset, size, stride, and what does not matter here."""
    storage, offset, size, stride = arguments[:4]
    whole = (
        type(offset) is int
        and type(size) is tuple
        and type(stride) is tuple
        and len(size) == len(stride) <= _MAX_DIMENSIONS
    )
    if (
        not isinstance(storage, Storage)
        or not whole
        or not all(type(n) is int and 0 <= n < 2**40 for n in (offset, *size, *stride))
    ):
        raise FileFormatError("a tensor in it has sizes that no tensor has")
    return Tensor(storage, offset, size, stride, machine)
