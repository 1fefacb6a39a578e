"""Config dataclasses to TOML and back: nested dataclasses are tables, None is the string "none" (TOML has no null)."""

import dataclasses
import math
import re
import reprlib
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sfv.budget import read_text, reading, within_depth
from sfv.errors import FileFormatError, SettingError

T = TypeVar("T")
_NONE = "none"
_LONGEST = 1 << 20
"""Characters of the longest file that is parsed; a run folder's settings are some thousands."""
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""")
"""A key of so many parts that parsing it would take minutes."""
_BYTES = {0xDC00 + byte: 0x10FF00 + byte for byte in range(0x80, 0x100)}
"""Python names the bytes of a file name that is not UTF-8 by lone surrogates, which TOML cannot hold: private characters stand for
them in the file."""
_SURROGATES = {private: surrogate for surrogate, private in _BYTES.items()}


def to_toml(table: dict[str, Any], prefix: str = "") -> str:
    """TOML text of nested dicts and config dataclasses; scalars, strings, paths, and lists of them."""
    scalars, tables = [], []
    for key, value in table.items():
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
        if isinstance(value, dict):
            name = f"{prefix}{key}"
            tables.append(f"\n[{name}]\n{to_toml(value, f'{name}.')}")
        else:
            scalars.append(f"{key} = {_scalar(value)}\n")
    return "".join(scalars) + "".join(tables)


def _scalar(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None:
        return f'"{_NONE}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    text = str(value).translate(_BYTES)
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c
        for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'


def read_toml(path: Path | str) -> dict[str, Any]:
    """Parse a TOML file. Raises FileFormatError."""
    text = read_text(path, "TOML file")
    if len(text) > _LONGEST or _LONG_KEY.search(text):
        raise FileFormatError(f"{path} is not a readable TOML file (it is longer than any settings are)")
    with reading(path, "TOML file", "mend the line, or copy the file again"):
        table = tomllib.loads(text.translate(_SURROGATES))
    within_depth(table, path)
    return table


def read_settings(cls: type[T], path: Path | str, name: str) -> T:
    """Dataclass from the table ``name`` of a config.toml. Raises FileFormatError, also where there is no such table; SettingError."""
    table = read_toml(path)
    if name not in table:
        found = ", ".join(f"[{key[:40]}]" for key in list(table)[:5]) or "nothing"
        raise FileFormatError(
            f"{path} has no table [{name}]; it holds {found}: give the config.toml of a folder of this command"
        )
    return from_table(cls, table[name], f"{path}: {name}")


def printable(text: str) -> str:
    """A line for a reader, without the characters that steer a terminal."""
    return "".join(one if one.isprintable() else " " for one in text)


def from_table(cls: type[T], table: Any, where: str = "config") -> T:
    """Dataclass from a parsed table; keys left out keep their defaults.

    A class attribute ``OLD_KEYS`` names the keys of earlier versions: the field each became, or None for one that has no effect any more.

    Raises FileFormatError on unknown keys, on wrong types, and where a key without a default is missing; SettingError on numbers
    out of their range.
    """
    if not isinstance(table, dict):
        raise FileFormatError(f"{where} must be a table of settings, got {_shown(table)}")
    table = _with_new_keys(cls, table, where)
    hints = typing.get_type_hints(cls)
    fields = {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]  # cls is a dataclass by contract
    unknown = sorted(str(key)[:80] for key in set(table) - fields)
    if unknown:
        raise FileFormatError(
            f"{where} has the unknown key {', '.join(unknown[:5])}; known: {', '.join(sorted(fields))}"
        )
    missing = [item.name for item in dataclasses.fields(cls) if item.name not in table and _required(item)]  # type: ignore[arg-type]
    if missing:
        raise FileFormatError(f"{where} lacks {', '.join(missing)}")
    values = {name: _convert(hints[name], table[name], f"{where}.{name}") for name in table}
    try:
        return cls(**values)
    except SettingError as error:
        raise error.within(where) from error


def _with_new_keys(cls: type, table: dict[str, Any], where: str) -> dict[str, Any]:
    old: dict[str, str | None] = getattr(cls, "OLD_KEYS", {})
    found = {}
    for key, value in table.items():
        name = old.get(key, key)
        if name is None:
            continue  # every file of an earlier version has it, mostly at its default
        if name in found or (name != key and name in table):
            raise FileFormatError(f"{where} has {name} twice, as {key} too; leave out the old name {key}")
        found[name] = value
    return found


def _required(item: dataclasses.Field[Any]) -> bool:
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value == _NONE and type(None) in arguments:
            return None
        hint = next(item for item in arguments if item is not type(None))
        return _convert(hint, value, where)
    if origin is typing.Annotated:
        return _convert(arguments[0], value, where)
    if dataclasses.is_dataclass(hint):
        return from_table(typing.cast(type, hint), value, where)
    if isinstance(value, dict):
        raise FileFormatError(f"{where} must not be a table")
    if origin is typing.Literal:
        if not isinstance(value, str) or value not in arguments:
            raise FileFormatError(f"{where} is {_shown(value)}; known: {', '.join(map(str, arguments))}")
        return value
    if origin is tuple:
        return _tuple(arguments, value, where)
    if hint is float:
        return _number(value, where)
    if hint in (str, Path):
        if not isinstance(value, str) or "\0" in value:
            raise FileFormatError(f"{where} must be text, got {_shown(value)}")
        return hint(value)
    if isinstance(hint, type) and (not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool)):
        raise FileFormatError(f"{where} must be {hint.__name__}, got {_shown(value)}")
    return value


def _tuple(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise FileFormatError(f"{where} must be a list, got {_shown(value)}")
    hints = [arguments[0]] * len(value) if Ellipsis in arguments else list(arguments)
    if len(value) != len(hints):
        raise FileFormatError(f"{where} must be a list of {len(hints)}, got {_shown(value)}")
    return tuple(_convert(hint, item, where) for hint, item in zip(hints, value))


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FileFormatError(f"{where} must be float, got {_shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FileFormatError(f"{where} must be a finite number, got {_shown(value)}")
    return number


def _shown(value: Any) -> str:
    """A value as a message shows it, cut short."""
    try:
        return reprlib.repr(value)
    except ValueError:  # a whole number of more digits than Python prints
        return "a number of thousands of digits"
