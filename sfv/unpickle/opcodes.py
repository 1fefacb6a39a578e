"""The instructions of pickle protocols 0 to 5 as functions of the machine (their meaning: the standard library's pickletools)."""

import codecs
import re
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.unpickle.stands import Maker, Stand

_CONTAINER, _MEMO, _OBJECT = (
    320,
    96,
    512,
)  # bytes charged for a container, a place in the memo, an object; STEP_BYTES come on top
_LONGEST_NUMBER = 256  # bytes of an integer
_INDEX = re.compile(rb"\d{1,18}")
_SCALARS = frozenset({str, bytes, int, float, bool, type(None), complex})
_LONGEST_KEY = 16  # entries of a tuple that is a key


def _refuse(code: int) -> Callable[[Any], None]:
    def op(_machine: Any) -> None:
        raise FileFormatError(f"it is no pickle, or is damaged (byte 0x{code:02x} is no instruction)")

    return op


OPCODES: list[Callable[[Any], None]] = [_refuse(code) for code in range(256)]
"""What to do for each byte."""


def _op(code: bytes) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    def keep(function: Callable[[Any], None]) -> Callable[[Any], None]:
        OPCODES[code[0]] = function
        return function

    return keep


def check_key(value: Any) -> Any:
    """``value`` where it may be a key or a member of a set: hashing it is cheap and cannot be made to collide."""
    kind = type(value)
    if kind is str or kind is bytes or kind is float or kind is bool or value is None:
        return value
    if kind is int:
        if -(2**63) <= value < 2**64:
            return value
    elif kind is tuple:
        if len(value) <= _LONGEST_KEY and all(type(entry) in _SCALARS for entry in value):
            return tuple(check_key(entry) for entry in value)
    elif isinstance(value, (np.number, np.bool_, np.str_, np.bytes_)):
        return value
    raise FileFormatError("a key or a member of a set in it is neither a number nor text")


def fill_dict(target: dict[Any, Any], items: list[Any]) -> None:
    """Set keys and values that stand in turn in ``items``."""
    if len(items) % 2:
        raise FileFormatError("it is damaged: a key has no value")
    for index in range(0, len(items), 2):
        target[check_key(items[index])] = items[index + 1]


def _pop_mark(m: Any) -> list[Any]:
    items = m.stack
    m.stack = m.marks.pop()
    return items


def _top(m: Any, kind: type) -> Any:
    if type(m.stack[-1]) is not kind:
        raise FileFormatError(f"it fills what is no {kind.__name__}")
    return m.stack[-1]


def _call(m: Any, function: Any, arguments: Any) -> Any:
    if type(function) is not Maker or type(arguments) is not tuple:
        raise FileFormatError("it calls what is no function")
    m.allowance.spend(_OBJECT)
    return function.make(m, arguments)


# numbers and constants


@_op(b"N")
def _none(m: Any) -> None:
    m.stack.append(None)


@_op(b"\x88")
def _true(m: Any) -> None:
    m.stack.append(True)


@_op(b"\x89")
def _false(m: Any) -> None:
    m.stack.append(False)


@_op(b"K")
def _binint1(m: Any) -> None:
    m.stack.append(m.source.take(1)[0])


@_op(b"M")
def _binint2(m: Any) -> None:
    m.stack.append(int.from_bytes(m.source.take(2), "little"))


@_op(b"J")
def _binint(m: Any) -> None:
    m.stack.append(int.from_bytes(m.source.take(4), "little", signed=True))


@_op(b"I")
def _int(m: Any) -> None:
    line = _short(m.source.line())
    m.stack.append(line == b"01" if line in (b"00", b"01") else int(line))


@_op(b"L")
def _long(m: Any) -> None:
    m.stack.append(int(_short(m.source.line()).removesuffix(b"L")))


@_op(b"\x8a")
def _long1(m: Any) -> None:
    m.stack.append(int.from_bytes(m.source.take(m.source.take(1)[0]), "little", signed=True))


@_op(b"\x8b")
def _long4(m: Any) -> None:
    size = _length(m, 4)
    if size > _LONGEST_NUMBER:
        raise FileFormatError(f"it holds a number of {size} bytes")
    m.stack.append(int.from_bytes(m.source.take(size), "little", signed=True))


@_op(b"F")
def _float(m: Any) -> None:
    m.stack.append(float(_short(m.source.line())))


@_op(b"G")
def _binfloat(m: Any) -> None:
    m.stack.append(struct.unpack(">d", m.source.take(8))[0])


def _short(line: bytes) -> bytes:
    if len(line) > 2 * _LONGEST_NUMBER:
        raise FileFormatError(f"it holds a number of {len(line)} digits")
    return line


# text and bytes


def _length(m: Any, width: int) -> int:
    return int.from_bytes(m.source.take(width), "little")


def _text(m: Any, raw: bytes, encoding: str = "utf-8") -> None:
    text = raw.decode(encoding, "replace")
    if len(raw) > 255:
        m.allowance.spend(sys.getsizeof(text))
    m.stack.append(text)


@_op(b"S")
def _string(m: Any) -> None:
    line = m.source.line().strip()
    if len(line) < 2 or line[0] != line[-1] or line[0] not in b"\"'":
        raise FileFormatError("a text in it has no quotes")
    m.allowance.spend(2 * len(line))
    raw = codecs.escape_decode(line[1:-1])[0]  # type: ignore[attr-defined]  # how protocol 0 writes Python 2's bytes
    _text(m, raw, "latin1")


@_op(b"V")
def _unicode(m: Any) -> None:
    text = m.source.line().decode("raw-unicode-escape", "replace")
    _text(
        m, text.encode("utf-16-le", "surrogatepass"), "utf-16-le"
    )  # halves of surrogate pairs become one character again


OPCODES[b"T"[0]] = lambda m: _text(m, m.source.take(_length(m, 4)), "latin1")
OPCODES[b"U"[0]] = lambda m: _text(m, m.source.take(m.source.take(1)[0]), "latin1")
OPCODES[b"X"[0]] = lambda m: _text(m, m.source.take(_length(m, 4)))
OPCODES[0x8C] = lambda m: _text(m, m.source.take(m.source.take(1)[0]))
OPCODES[0x8D] = lambda m: _text(m, m.source.take(_length(m, 8)))
OPCODES[b"C"[0]] = lambda m: m.stack.append(m.source.take(m.source.take(1)[0]))
OPCODES[b"B"[0]] = lambda m: m.stack.append(m.source.take(_length(m, 4)))
OPCODES[0x8E] = lambda m: m.stack.append(m.source.take(_length(m, 8)))
OPCODES[0x96] = lambda m: m.stack.append(m.source.take(_length(m, 8)))  # a bytearray: nothing here writes to it


# containers


@_op(b"(")
def _mark(m: Any) -> None:
    m.allowance.spend(_MEMO)
    m.marks.append(m.stack)
    m.stack = []


def _push_container(m: Any, made: Any) -> None:
    m.allowance.spend(_CONTAINER)
    m.stack.append(made)


OPCODES[b"]"[0]] = lambda m: _push_container(m, [])
OPCODES[b"}"[0]] = lambda m: _push_container(m, {})
OPCODES[b")"[0]] = lambda m: m.stack.append(())
OPCODES[0x8F] = lambda m: _push_container(m, set())


@_op(b"l")
def _list(m: Any) -> None:
    items = _pop_mark(m)
    _push_container(m, items)


@_op(b"t")
def _tuple(m: Any) -> None:
    items = _pop_mark(m)
    _push_container(m, tuple(items))


@_op(b"d")
def _dict(m: Any) -> None:
    items, made = _pop_mark(m), {}
    fill_dict(made, items)
    _push_container(m, made)


@_op(b"\x91")
def _frozenset(m: Any) -> None:
    items = _pop_mark(m)
    _push_container(m, frozenset(check_key(item) for item in items))


def _tuple_of(count: int) -> Callable[[Any], None]:
    def op(m: Any) -> None:
        if len(m.stack) < count:
            _damaged()
        made = tuple(m.stack[-count:])
        del m.stack[-count:]
        _push_container(m, made)

    return op


OPCODES[0x85], OPCODES[0x86], OPCODES[0x87] = _tuple_of(1), _tuple_of(2), _tuple_of(3)


@_op(b"a")
def _append(m: Any) -> None:
    value = m.stack.pop()
    _top(m, list).append(value)


@_op(b"e")
def _appends(m: Any) -> None:
    items = _pop_mark(m)
    _top(m, list).extend(items)


@_op(b"s")
def _setitem(m: Any) -> None:
    value, name = m.stack.pop(), m.stack.pop()
    m.allowance.spend(_MEMO)
    _top(m, dict)[check_key(name)] = value


@_op(b"u")
def _setitems(m: Any) -> None:
    items = _pop_mark(m)
    m.allowance.spend(_MEMO * len(items))
    fill_dict(_top(m, dict), items)


@_op(b"\x90")
def _additems(m: Any) -> None:
    items = _pop_mark(m)
    m.allowance.spend(_MEMO * len(items))
    _top(m, set).update(check_key(item) for item in items)


# stack and memo


@_op(b"0")
def _pop(m: Any) -> None:
    if m.stack:
        m.stack.pop()
    else:
        _pop_mark(m)


@_op(b"1")
def _pop_to_mark(m: Any) -> None:
    _pop_mark(m)


@_op(b"2")
def _dup(m: Any) -> None:
    m.stack.append(m.stack[-1])


def _put(m: Any, index: int) -> None:
    m.allowance.spend(_MEMO)
    m.memo[index] = m.stack[-1]


def _index(m: Any) -> int:
    line = m.source.line()
    if not _INDEX.fullmatch(line):
        _damaged()
    return int(line)


OPCODES[b"p"[0]] = lambda m: _put(m, _index(m))
OPCODES[b"q"[0]] = lambda m: _put(m, m.source.take(1)[0])
OPCODES[b"r"[0]] = lambda m: _put(m, _length(m, 4))
OPCODES[0x94] = lambda m: _put(m, len(m.memo))
OPCODES[b"g"[0]] = lambda m: m.stack.append(m.memo[_index(m)])
OPCODES[b"h"[0]] = lambda m: m.stack.append(m.memo[m.source.take(1)[0]])
OPCODES[b"j"[0]] = lambda m: m.stack.append(m.memo[_length(m, 4)])


# names, calls and objects


def _name(m: Any, module: Any, name: Any) -> Any:
    if type(module) is not str or type(name) is not str:
        raise FileFormatError("a name in it is no text")
    return m.find(module, name)


def _lines(m: Any) -> tuple[str, str]:
    return m.source.line().decode("utf-8", "replace"), m.source.line().decode("utf-8", "replace")


@_op(b"c")
def _global(m: Any) -> None:
    m.stack.append(_name(m, *_lines(m)))


@_op(b"\x93")
def _stack_global(m: Any) -> None:
    name, module = m.stack.pop(), m.stack.pop()
    m.stack.append(_name(m, module, name))


@_op(b"R")
def _reduce(m: Any) -> None:
    arguments, function = m.stack.pop(), m.stack.pop()
    m.stack.append(_call(m, function, arguments))


OPCODES[0x81] = _reduce  # NEWOBJ: our makers do not tell a class from a function


@_op(b"\x92")
def _newobj_ex(m: Any) -> None:
    named, arguments, function = m.stack.pop(), m.stack.pop(), m.stack.pop()
    if named != {} or type(named) is not dict:
        raise FileFormatError("it makes an object with named arguments")
    m.stack.append(_call(m, function, arguments))


@_op(b"i")
def _inst(m: Any) -> None:
    function = _name(m, *_lines(m))
    arguments = tuple(_pop_mark(m))
    m.stack.append(_call(m, function, arguments))


@_op(b"o")
def _obj(m: Any) -> None:
    function, *arguments = _pop_mark(m)
    m.stack.append(_call(m, function, tuple(arguments)))


@_op(b"b")
def _build(m: Any) -> None:
    state, target = m.stack.pop(), m.stack[-1]
    if isinstance(target, Stand):
        target.fill(state, m)
    elif type(target) is Maker:
        raise FileFormatError("it alters a function")
    elif type(target) is not dict:  # attributes of an OrderedDict (torch's _metadata) are left out
        raise FileFormatError("it gives attributes to what has none")


@_op(b"P")
def _persid(m: Any) -> None:
    m.stack.append(m.outside(m.source.line().decode("ascii", "replace")))


@_op(b"Q")
def _binpersid(m: Any) -> None:
    m.stack.append(m.outside(m.stack.pop()))


def _extension(_: Any) -> None:
    raise FileFormatError("it names an object by a number of Python's extension registry")


OPCODES[0x82] = OPCODES[0x83] = OPCODES[0x84] = _extension


# what frames the rest


@_op(b"\x80")
def _proto(m: Any) -> None:
    protocol = m.source.take(1)[0]
    if protocol > 5:
        raise FileFormatError(f"it is a pickle of protocol {protocol}; up to 5 are read")


@_op(b"\x95")
def _frame(m: Any) -> None:
    if _length(m, 8) > len(m.source.data) - m.source.position:
        raise FileFormatError("it ends too early, or a length in it is wrong")


def _buffer(_: Any) -> None:
    raise FileFormatError("it refers to buffers outside of the file")


OPCODES[0x97] = OPCODES[0x98] = _buffer


def _damaged() -> None:
    raise FileFormatError("it is damaged: an instruction has nothing to work on")
