"""Settings of a stage as keyword arguments: a whole config, single fields of one, or both."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from sfv.errors import SfvError, UnknownNameError

Log = Callable[[str], None]
"""Called with each line of what a stage found, for example ``print``."""
T = TypeVar("T")


def quiet(line: str) -> None:
    """Nobody listens."""


def with_settings(config: T, settings: Mapping[str, Any]) -> T:
    """``config`` with single fields replaced.

    Args:
        config: A config dataclass, which may hold others (``RunConfig.learner``).
        settings: Values by the field's name. A field of an inner config is named alone where only one has it
            (``total_samples=...``), or behind its config and two underscores (``learner__seed=...``).

    Raises:
        UnknownNameError: No config has such a field; the message lists those that exist.
        SfvError: Several have it; the message lists their full names.
        SettingError: A number lies out of its range.
    """
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for name, value in settings.items():
        first, _, rest = _path(config, name).partition("__")
        if rest:
            inner.setdefault(first, {})[rest] = value
        else:
            own[first] = value
    changed: Any = replace(config, **own) if own else config  # type: ignore[type-var]
    made = {name: with_settings(getattr(changed, name), part) for name, part in inner.items()}
    return replace(changed, **made) if made else changed


def _path(config: Any, name: str) -> str:
    """Full name of the field that ``name`` means."""
    known = list(_names(config))
    if name in known:
        return name
    found = [full for full in known if full.endswith(f"__{name}")]
    if not found:
        raise UnknownNameError("setting", name, {full.rpartition("__")[2] for full in known})
    shallowest = min(full.count("__") for full in found)
    best = [full for full in found if full.count("__") == shallowest]
    if len(best) > 1:
        raise SfvError(f"several settings are called '{name}'; say which: {', '.join(best)}")
    return best[0]


def _names(config: Any, prefix: str = "") -> Iterator[str]:
    """Full name of every field, of the configs inside too."""
    for item in fields(config):
        yield prefix + item.name
        value = getattr(config, item.name)
        if is_dataclass(value):
            yield from _names(value, f"{prefix}{item.name}__")
