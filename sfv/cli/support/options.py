"""Every option of a verb with its help text, from the dataclass or function that tyro parses it into."""

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import tyro

from sfv.cli.support.documented import argument_texts, description, field_texts

_POSITIONAL = typing.get_args(tyro.conf.Positional[int])[1]
_PLAIN = {int: "INT", float: "FLOAT", str: "TEXT", Path: "PATH"}


@dataclass(frozen=True)
class Option:
    """One thing that can be given to a verb."""

    name: str
    """Name with the names of its groups, as it stands in Python: ``detect.search.every``."""
    flags: tuple[str, ...]
    """How it is typed; empty for what is given by its place."""
    values: str
    """What follows: INT, {auto,yes,no}, PATH [PATH ...]; empty for switches."""
    text: str
    """The help text."""
    default: str
    """The default as one would type it; empty where there is none to be told."""
    required: bool
    group: str
    """Dotted name of the group, the stage first; empty outside of all groups."""
    own: bool
    """Whether it belongs to the verb itself, not to the settings of a stage."""


@dataclass(frozen=True)
class Options:
    """Everything that a verb takes."""

    all: list[Option]
    groups: dict[str, str]
    """What each group is about."""


def options_of(target: Callable[..., Any], default: Any = None) -> Options:
    """Options of a dataclass or a function, in their order; ``default`` is an instance of the dataclass."""
    found = Options([], {})
    found.all.extend(_walk(target, default, (), (), found.groups))
    return found


def _walk(
    target: Any, default: Any, names: tuple[str, ...], group: tuple[str, ...], groups: dict[str, str]
) -> Iterator[Option]:
    hints = typing.get_type_hints(target, include_extras=True)
    is_class = dataclasses.is_dataclass(target)
    texts = field_texts(target) if isinstance(target, type) else argument_texts(target)
    for name, parameter in inspect.signature(target).parameters.items():
        hint, notes = _unwrapped(hints[name])
        value = getattr(default, name) if default is not None else _default_of(target, parameter)
        renamed = next((note.name for note in notes if getattr(note, "name", None) is not None), name)
        aliases = tuple(flag for note in notes for flag in getattr(note, "aliases", None) or ())
        inner = (*group, renamed) if renamed else group
        text = texts.get(name, "")
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            if renamed:
                groups[".".join(inner)] = text or description(hint).partition("\n")[0]
            yield from _walk(hint, value if is_class or value is not None else None, (*names, name), inner, groups)
            continue
        positional = any(note == _POSITIONAL for note in notes)
        required = _missing(value)
        flag = "--" + ".".join(inner).replace("_", "-")
        yield Option(
            name=".".join(inner),
            flags=() if positional else (*_switch(flag, hint), *aliases),
            values="" if hint is bool else _values(hint),
            text=text,
            default="" if required else _plain(value),
            required=required,
            group=".".join(group),
            own=len(names) == 0,
        )


def _unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    """A type without its annotations, and these."""
    notes: list[Any] = []
    while typing.get_origin(hint) is typing.Annotated:
        hint, *more = typing.get_args(hint)
        notes += more
    return hint, notes


def _missing(value: Any) -> bool:
    return value is inspect.Parameter.empty or value is tyro.MISSING


def _default_of(target: Any, parameter: inspect.Parameter) -> Any:
    if dataclasses.is_dataclass(target):
        field = next(field for field in dataclasses.fields(target) if field.name == parameter.name)
        if field.default_factory is not dataclasses.MISSING:
            return field.default_factory()
    return parameter.default


def _switch(flag: str, hint: Any) -> tuple[str, ...]:
    """The flag, and for yes or no the one that says no: "no-" stands before the last name."""
    before, dot, last = flag.rpartition(".")
    opposite = f"{before}.no-{last}" if dot else f"{flag[:2]}no-{flag[2:]}"
    return (flag, opposite) if hint is bool else (flag,)


def _values(hint: Any) -> str:
    """What is typed for a value of a type."""
    hint, _ = _unwrapped(hint)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return "{" + ",".join(map(str, parts)) + "}"
    if origin in (types.UnionType, typing.Union):
        return "|".join(_values(part) for part in parts if part is not types.NoneType)
    if origin is tuple and parts[-1:] == (Ellipsis,):
        one = _values(parts[0])
        return f"[{one} [{one} ...]]"
    if origin is tuple:
        return " ".join(_values(part) for part in parts)
    if origin is dict:
        return "[NAME VALUE ...]"
    return _PLAIN.get(hint, getattr(hint, "__name__", str(hint)).upper())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(map(_plain, value))
    return "" if value is None or value == {} else str(value)
