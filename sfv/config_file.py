"""Config dataclasses to TOML and back: nested dataclasses are tables, None is the string "none" (TOML has no null)."""

import dataclasses
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

from sfv.errors import FileFormatError

T = TypeVar("T")
_NONE = "none"


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
    if value is None:
        return f'"{_NONE}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    text = str(value)
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c
        for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'


def read_toml(path: Path | str) -> dict[str, Any]:
    """Parse a TOML file. Raises FileFormatError."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileFormatError(f"{path} does not exist") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileFormatError(f"{path} is not readable TOML: {error}") from error


def from_table(cls: type[T], table: dict[str, Any], where: str = "config") -> T:
    """Dataclass from a parsed table; keys left out keep their defaults.

    Raises FileFormatError on unknown keys, on wrong types, and where a key without a default is missing.
    """
    hints = typing.get_type_hints(cls)
    fields = {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]  # cls is a dataclass by contract
    unknown = sorted(set(table) - fields)
    if unknown:
        raise FileFormatError(f"{where} has the unknown key {', '.join(unknown)}; known: {', '.join(sorted(fields))}")
    missing = [item.name for item in dataclasses.fields(cls) if item.name not in table and _required(item)]  # type: ignore[arg-type]
    if missing:
        raise FileFormatError(f"{where} lacks {', '.join(missing)}")
    values = {name: _convert(hints[name], table[name], f"{where}.{name}") for name in table}
    return cls(**values)


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
    if isinstance(value, dict):
        if not dataclasses.is_dataclass(hint):
            raise FileFormatError(f"{where} must not be a table")
        return from_table(typing.cast(type, hint), value, where)
    if origin is typing.Literal:
        if value not in arguments:
            raise FileFormatError(f"{where} is {value!r}; known: {', '.join(map(str, arguments))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise FileFormatError(f"{where} must be a list")
        return tuple(_convert(arguments[0], item, where) for item in value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if isinstance(hint, type) and (not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool)):
        raise FileFormatError(f"{where} must be {hint.__name__}, got {value!r}")
    return value
