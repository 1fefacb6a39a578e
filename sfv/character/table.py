"""The tables of character.toml, each value of the kind that it must be."""

import math
from pathlib import Path
from typing import Any

from sfv.config_file import printable
from sfv.errors import FileFormatError

_LONGEST_ANGLE = 4 * math.pi


class Table:
    """``read_toml``'s result; a value of another kind raises FileFormatError that names its key."""

    def __init__(self, path: Path, table: dict[str, Any]) -> None:
        self.path = path
        self._table = table

    def text(self, key: str) -> str:
        """A name or a path."""
        return self._text(key, self._table[key])

    def line(self, key: str, default: str) -> str:
        """A line for a reader, without characters that steer a terminal."""
        return printable(self._text(key, self._table.get(key, default)))

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names; empty where it is left out."""
        return self._names(key, self._table.get(key, []))

    def some_names(self, key: str) -> tuple[str, ...]:
        """A list of at least one name."""
        if not (found := self.names(key)):
            raise FileFormatError(f"{self.path}: {key} is empty; name at least one")
        return found

    def texts(self, key: str) -> dict[str, str]:
        """A table of names."""
        return {name: self._text(f"{key}.{name}", value) for name, value in self._items(key)}

    def lines(self, key: str) -> dict[str, str]:
        """A table of lines for a reader."""
        return {name: printable(str(value)) for name, value in self._items(key)}

    def names_of(self, key: str) -> dict[str, tuple[str, ...]]:
        """A table of lists of names."""
        return {name: self._names(f"{key}.{name}", value) for name, value in self._items(key)}

    def numbers(self, key: str) -> dict[str, float]:
        """A table of finite numbers, at least one."""
        found = {name: self._number(f"{key}.{name}", value) for name, value in self._items(key)}
        if not found:
            raise FileFormatError(f"{self.path}: {key} is empty; name at least one")
        return found

    def angles(self, key: str) -> dict[str, tuple[float, ...]]:
        """A table of angles or rotation vectors, radians."""
        out = {}
        for name, value in self._items(key):
            where = f"{key}.{name}"
            out[name] = tuple(self._number(where, one) for one in (value if isinstance(value, list) else [value]))
            if any(abs(one) > _LONGEST_ANGLE for one in out[name]):
                raise self._wrong(where, "be radians, at most two turns; degrees times 0.01745 are radians", value)
        return out

    def _items(self, key: str) -> list[tuple[str, Any]]:
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "be a table", value)
        return list(value.items())

    def _names(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(key, "be a list of names", value)
        return tuple(self._text(key, one) for one in value)

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(key, "be text", value)
        return value

    def _number(self, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
            raise self._wrong(key, "be a finite number", value)
        return float(value)

    def _wrong(self, key: str, must: str, value: Any) -> FileFormatError:
        kind = {dict: "a table", list: "a list", bool: "true or false"}.get(type(value), "")
        if isinstance(value, int) and abs(value) > 1e15:
            kind = "so large a number"
        shown = f"'{printable(value[:40])}'" if isinstance(value, str) else kind or str(value)
        return FileFormatError(
            f"{self.path} has a value of the wrong kind: {printable(key[:80])} must {must}, not {shown}; compare it with the humanoid's"
        )
