"""Settings that a stage was done with, as the record keeps them: TOML text."""

import dataclasses
import tomllib
from typing import Any

from sfv.config_file import from_table, to_toml
from sfv.errors import SfvError

_NAMED = 3  # settings that are told


def as_today(recorded: str, settings: dict[str, Any]) -> str:
    """A recorded text as the present version would write it: settings that came since have their defaults, renamed ones their
    new names. Empty for a text that means nothing to it."""
    try:
        table = tomllib.loads(recorded)
        return to_toml(
            {
                name: from_table(type(value), table[name]) if dataclasses.is_dataclass(value) else table[name]
                for name, value in settings.items()
            }
        )
    except (SfvError, KeyError, tomllib.TOMLDecodeError):
        return ""


def what_differs(entry: dict[str, Any], settings: str, inputs: list[str]) -> str:
    """What differs from the time before, in words."""
    if "settings" not in entry:
        return ""
    if entry["settings"] != settings:
        before, now = (set(_named(text)) for text in (entry["settings"], settings))
        names = sorted({name for name, _ in before ^ now})
        return f", made with other settings ({', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''}),"
    return ", made from other inputs," if entry.get("inputs") != inputs else ""


def _named(settings: str) -> list[tuple[str, str]]:
    """Names of the settings in a TOML text with their values."""
    table, found = "", []
    for line in settings.splitlines():
        if line.startswith("["):
            table = line.strip("[]") + "."
        elif " = " in line:
            name, _, value = line.partition(" = ")
            found.append((table + name, value))
    return found
