"""The names that a pickle may use, and what it gets for them: never the genuine object, always a maker of our own."""

from collections.abc import Callable
from typing import Any

from sfv.errors import FileFormatError
from sfv.unpickle.opcodes import check_key, fill_dict
from sfv.unpickle.stands import Dtype, Maker, Ndarray
from sfv.unpickle.tensors import STORAGES, make_tensor

_ENTRY = 120  # bytes charged for an entry of a container
_LONGEST_NUMBER = 400  # characters of a number that is written as text


def _wrong(name: str) -> FileFormatError:
    return FileFormatError(f"it calls {name} with arguments that no file has")


def _sequence(name: str, kind: Callable[[Any], Any], hashed: bool = False) -> Callable[[Any, tuple[Any, ...]], Any]:
    """list, tuple, set or frozenset of what a list or tuple holds."""

    def make(machine: Any, arguments: tuple[Any, ...]) -> Any:
        if not arguments:
            return kind(())
        if len(arguments) != 1 or type(arguments[0]) not in (list, tuple, set, frozenset):
            raise _wrong(name)
        machine.allowance.spend(_ENTRY * len(arguments[0]))
        return kind([check_key(entry) for entry in arguments[0]] if hashed else arguments[0])

    return make


def _dict(machine: Any, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """A dict of pairs; an OrderedDict's order is a dict's too."""
    made: dict[Any, Any] = {}
    if arguments:
        pairs = list(arguments[0].items()) if type(arguments[0]) is dict else arguments[0]
        if len(arguments) != 1 or type(pairs) not in (list, tuple):
            raise _wrong("dict")
        machine.allowance.spend(_ENTRY * len(pairs))
        for pair in pairs:
            if type(pair) not in (list, tuple) or len(pair) != 2:
                raise _wrong("dict")
            fill_dict(made, list(pair))
    return made


def _defaultdict(machine: Any, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """What is missing in a defaultdict is missing here."""
    return _dict(machine, arguments[1:])


def _number(name: str, kind: Callable[..., Any], most: int = 1) -> Callable[[Any, tuple[Any, ...]], Any]:
    def make(_machine: Any, arguments: tuple[Any, ...]) -> Any:
        short = all(
            type(value) in (int, float, bool) or (type(value) is str and len(value) <= _LONGEST_NUMBER)
            for value in arguments
        )
        if len(arguments) > most or not short:
            raise _wrong(name)
        return kind(*arguments)

    return make


def _text(_machine: Any, arguments: tuple[Any, ...]) -> str:
    if arguments and (len(arguments) != 1 or type(arguments[0]) is not str):
        raise _wrong("str")
    return arguments[0] if arguments else ""


def _bytes(machine: Any, arguments: tuple[Any, ...]) -> bytes:
    """Bytes from bytes, or from text as protocols 0 to 2 write them; never from a size."""
    if not arguments:
        return b""
    if type(arguments[0]) is bytes and len(arguments) == 1:
        return arguments[0]
    if type(arguments[0]) is str and arguments[1:] in (("latin1",), ("latin-1",)):
        machine.allowance.spend(len(arguments[0]))
        return arguments[0].encode("latin1")
    raise _wrong("bytes")


def _new_object(_machine: Any, arguments: tuple[Any, ...]) -> Any:
    """How protocols 0 and 1 make objects: kind, base, state of the base."""
    kind, base, state = arguments if len(arguments) == 3 else (None, None, None)
    if (
        type(kind) is not Maker
        or kind.kind is None
        or type(base) is not Maker
        or base.name != "object"
        or state is not None
    ):
        raise FileFormatError("it makes an object from another one")
    return kind.kind()


def _no_object(_machine: Any, _arguments: tuple[Any, ...]) -> Any:
    raise FileFormatError("it makes an object without a type")


def _scalar(machine: Any, arguments: tuple[Any, ...]) -> Any:
    dtype, content = arguments
    if not isinstance(dtype, Dtype):
        raise _wrong("numpy's scalar")
    if dtype.dtype.hasobject:
        return content
    return dtype.array(content, (), False, machine)[()]


def _from_buffer(machine: Any, arguments: tuple[Any, ...]) -> Ndarray:
    """Arrays of protocol 5."""
    content, dtype, shape, order = arguments
    if not isinstance(dtype, Dtype):
        raise _wrong("numpy's _frombuffer")
    return Ndarray(dtype.array(content, shape, order == "F", machine))


def _parameter(_machine: Any, arguments: tuple[Any, ...]) -> Any:
    return arguments[0]


def _size(machine: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return _sequence("torch.Size", tuple)(machine, arguments)


HARMLESS: dict[tuple[str, str], Any] = {
    (module, name): Maker(name, make)
    for module, name, make in (
        ("numpy", "dtype", lambda _machine, arguments: Dtype(*arguments[:1])),
        ("multiarray", "_reconstruct", lambda _machine, _arguments: Ndarray()),
        ("multiarray", "scalar", _scalar),
        ("numeric", "_frombuffer", _from_buffer),
        ("collections", "OrderedDict", _dict),
        ("collections", "defaultdict", _defaultdict),
        ("_codecs", "encode", _bytes),
        ("copyreg", "_reconstructor", _new_object),
        ("torch", "Size", _size),
        ("torch._utils", "_rebuild_tensor_v2", make_tensor),
        ("torch._utils", "_rebuild_parameter", _parameter),
        ("builtins", "object", _no_object),
        ("builtins", "dict", _dict),
        ("builtins", "list", _sequence("list", list)),
        ("builtins", "tuple", _sequence("tuple", tuple)),
        ("builtins", "set", _sequence("set", set, hashed=True)),
        ("builtins", "frozenset", _sequence("frozenset", frozenset, hashed=True)),
        ("builtins", "int", _number("int", int)),
        ("builtins", "float", _number("float", float)),
        ("builtins", "complex", _number("complex", complex, most=2)),
        ("builtins", "bool", _number("bool", bool)),
        ("builtins", "str", _text),
        ("builtins", "bytes", _bytes),
        ("builtins", "bytearray", _bytes),
    )
}  # fmt: skip
HARMLESS[("numpy", "ndarray")] = Maker("ndarray", lambda _machine, _arguments: Ndarray(), Ndarray)
HARMLESS |= {("torch", name): kind for name, kind in STORAGES.items()}

MOVED = {
    f"{package}.{module}": module for package in ("numpy.core", "numpy._core") for module in ("multiarray", "numeric")
}
"""Modules that have had other names: numpy 1, numpy 2, Python 2."""
MOVED |= {"__builtin__": "builtins", "copy_reg": "copyreg"}
