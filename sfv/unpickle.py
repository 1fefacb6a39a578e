"""Read other programs' pickles without running what they name: arrays, tensors and plain containers are known, nothing else.

Covers plain pickles and joblib's (in which each array's bytes follow the place that names it). What stands in for arrays and tensors
is turned into plain containers and numpy arrays by ``plain``.
"""

import collections
import io
import pickle
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
import torch

from sfv.errors import FileFormatError

MAX_BYTES = 3 * 2**30
"""Largest file or array, after decompression, that is read: far above any result file, below what a small archive can be blown
up to."""
_DTYPE_KINDS = "biufcSUO"  # no records: their state could lie about where the objects are


class Stand:
    """Takes the place of an object whose package is not needed; keeps its attributes."""

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, dict):
            raise FileFormatError("an object's state is no table of attributes")
        self.__dict__.update(state)


class Call:
    """A function that a pickle may call; unlike a plain function it cannot be altered by the pickle."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        """What the function gives."""
        return self._function(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise FileFormatError("it alters a function")


class _Dtype(Stand):
    """numpy.dtype of plain numbers or text. The genuine one would believe a pickle that calls numbers objects."""

    def __init__(self, kind: Any = None, *_: Any) -> None:
        self.dtype = np.dtype(kind)
        if self.dtype.kind not in _DTYPE_KINDS:
            raise FileFormatError(f"it holds records of type {self.dtype}")

    def __setstate__(self, state: Any) -> None:
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])

    def array(self, content: Any, shape: Any, order: Any = "C") -> Any:
        """The array whose bytes these are, or of these objects."""
        shape = tuple(int(size) for size in np.atleast_1d(shape)) if shape != () else ()
        if self.dtype.hasobject:
            array = np.empty(len(content), object)
            for index, entry in enumerate(content):
                array[index] = entry
            return array.reshape(shape, order=order)
        flat = np.frombuffer(content.encode("latin1") if isinstance(content, str) else content, self.dtype)
        return flat.reshape(shape, order=order)


class _Ndarray(Stand):
    """numpy.ndarray, filled by its state: version, shape, type, whether columns come first, bytes."""

    array: np.ndarray

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, columns_first, content = state
        self.array = dtype.array(content, shape, "F" if columns_first else "C")


def _scalar(dtype: _Dtype, content: Any = None) -> Any:
    return dtype.array([content] if dtype.dtype.hasobject else content, ())[()]


def _encode(text: str, encoding: str) -> bytes:
    """How protocols below 3 write bytes."""
    if encoding not in ("latin1", "latin-1"):
        raise FileFormatError(f"it encodes text as {encoding}")
    return text.encode("latin1")


def _new_stand(kind: Any, base: Any, state: Any) -> Stand:
    """How protocols below 2 make objects."""
    if base is not object or state is not None or not (isinstance(kind, type) and issubclass(kind, Stand)):
        raise FileFormatError("it makes an object from another one")
    return object.__new__(kind)


def _storage(content: bytes) -> Any:
    """A torch storage inside a plain pickle, written by torch.save."""
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _tensor(storage: Any, offset: int, size: tuple, stride: tuple, *_: Any) -> torch.Tensor:
    """The view of a storage; as_strided raises where it would reach beyond."""
    whole = torch.empty(0, dtype=storage.dtype).set_(storage)
    return torch.as_strided(whole, tuple(size), tuple(stride), offset)


_HARMLESS: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Ndarray,
    ("numpy", "dtype"): _Dtype,
    ("multiarray", "_reconstruct"): Call(lambda *_: _Ndarray()),
    ("multiarray", "scalar"): Call(_scalar),
    ("numeric", "_frombuffer"): Call(lambda content, dtype, shape, order: dtype.array(content, shape, order)),
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("collections", "defaultdict"): collections.defaultdict,
    ("_codecs", "encode"): Call(_encode),
    ("copyreg", "_reconstructor"): Call(_new_stand),
    ("torch._utils", "_rebuild_tensor_v2"): Call(_tensor),
    ("torch._utils", "_rebuild_parameter"): Call(lambda tensor, *_: tensor),
    ("torch.storage", "_load_from_bytes"): Call(_storage),
    **{("builtins", kind.__name__): kind for kind in (
        object, dict, list, tuple, set, frozenset, int, float, complex, bool, str, bytes, bytearray)},
}  # fmt: skip
_MOVED = {
    f"{package}.{module}": module for package in ("numpy.core", "numpy._core") for module in ("multiarray", "numeric")
}
_MOVED |= {"__builtin__": "builtins", "copy_reg": "copyreg"}  # Python 2


class _JoblibArray(_Ndarray):
    """joblib.numpy_pickle.NumpyArrayWrapper (since 0.10): the array's bytes stand in the file right behind it."""

    source: BinaryIO

    def __setstate__(self, state: Any) -> None:
        dtype, shape = state["dtype"], tuple(int(size) for size in state["shape"])
        if dtype.dtype.hasobject:
            self.array = plain(RestrictedUnpickler(self.source).load())
            return
        if state.get("numpy_array_alignment_bytes") is not None:  # since joblib 1.3
            self.source.read(int.from_bytes(self.source.read(1), "little"))
        size = int(np.prod(shape, dtype=object)) * dtype.dtype.itemsize
        if not 0 <= size <= MAX_BYTES:
            raise FileFormatError(f"it announces an array of {shape}")
        self.array = dtype.array(self.source.read(size), shape, state["order"])


class RestrictedUnpickler(pickle.Unpickler):
    """Knows what is harmless; ``extra`` may know more. Raises FileFormatError at the first other name, before anything is called."""

    def __init__(
        self,
        file: BinaryIO,
        extra: Callable[[str, str], Any] | None = None,
        refusal: str = "which is neither an array nor a plain container",
    ) -> None:
        super().__init__(file, encoding="latin1")
        self._extra, self._refusal = extra, refusal
        self._joblib_array = type("JoblibArray", (_JoblibArray,), {"source": file})

    def find_class(self, module: str, name: str) -> Any:
        """What the pickle gets for a name."""
        found = self._extra(module, name) if self._extra else None
        if found is None and (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
            found = self._joblib_array
        if found is None:
            found = _HARMLESS.get((_MOVED.get(module, module), name))
        if found is None:
            raise FileFormatError(f"it names {module}.{name}, {self._refusal}")
        return found


def plain(value: Any, _known: dict[int, Any] | None = None) -> Any:
    """Nested containers made plain: dicts, lists, tuples, numpy arrays, numbers and text. Raises FileFormatError."""
    known = {} if _known is None else _known
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, bytearray, np.generic)):
        return value
    if id(value) in known:
        return known[id(value)][1]
    if isinstance(value, _Ndarray):
        made: Any = plain(value.array, known)
    elif isinstance(value, torch.Tensor):
        tensor = value.detach().cpu()
        made = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
    elif isinstance(value, np.ndarray):
        made = plain(value.tolist(), known) if value.dtype.hasobject else value
    elif isinstance(value, dict):
        made = {plain(name, known): plain(entry, known) for name, entry in value.items()}
    elif isinstance(value, (list, tuple, set, frozenset)):
        made = [plain(entry, known) for entry in value]
        made = tuple(made) if isinstance(value, tuple) else made
    else:
        raise FileFormatError(f"it holds a {type(value).__name__}, which is neither an array nor a plain container")
    known[id(value)] = (value, made)
    return made
