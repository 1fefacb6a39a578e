"""An environment: the ground and what happens on it, read from envs/<name>/env.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from sfv.errors import FileFormatError, UnknownNameError
from sfv.finder import find_data, list_data

_MARKER = "env.toml"
TERRAINS = ("plane",)
"""Kinds of ground that the physics can build."""


@dataclass(frozen=True)
class Environment:
    """What ``env.toml`` says."""

    name: str
    folder: Path
    description: str
    terrain: str
    """One of TERRAINS."""
    friction: float
    """Sliding friction coefficient of the ground."""


def list_environments() -> dict[str, Path]:
    """Every environment that is found, by name."""
    return list_data("envs", _MARKER)


def load_environment(name: str) -> Environment:
    """Load an environment by name or by the path of its folder. Raises UnknownNameError or FileFormatError."""
    folder = find_data("envs", name, _MARKER)
    path = folder / _MARKER
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        terrain = table["terrain"]
        kind, friction = str(terrain["kind"]), float(terrain["friction"])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise FileFormatError(
            f"{path} is not a valid environment ({error}); envs/flat/env.toml shows every key"
        ) from error
    if kind not in TERRAINS:
        raise UnknownNameError("terrain", kind, TERRAINS, f"Mend [terrain] kind in {path}")
    return Environment(folder.name, folder, str(table.get("description", "")), kind, friction)
