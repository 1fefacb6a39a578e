"""Where data folders are looked for: a path the user gives, ./<kind>, $SFV_PATH, the installed package."""

import os
from pathlib import Path

from sfv.errors import UnknownNameError

_HERE = Path(__file__).resolve().parent
MARKERS = {"characters": "character.toml", "envs": "env.toml"}
"""The file that makes a folder one of a kind."""


def data_roots(kind: str) -> list[Path]:
    """Folders that may hold data of ``kind`` ("characters" or "envs"), first hit wins.

    In a wheel the folders lie inside the package under an underscored name; in a checkout they lie beside it.
    """
    user = [Path(entry) / kind for entry in os.environ.get("SFV_PATH", "").split(os.pathsep) if entry]
    roots = [Path.cwd() / kind, *user, _HERE / f"_{kind}", _HERE.parent / kind]
    return [root for root in dict.fromkeys(roots) if root.is_dir()]


def list_data(kind: str, marker: str) -> dict[str, Path]:
    """Name -> folder of everything of ``kind`` that has a file ``marker`` (e.g. "character.toml")."""
    found: dict[str, Path] = {}
    for root in data_roots(kind):
        for folder in _holding(root, marker):
            found.setdefault(folder.name, folder)
    return found


def _holding(root: Path, marker: str) -> list[Path]:
    """Folders in ``root`` that have a file ``marker``; what may not be looked into has none."""
    try:
        return sorted(path for path in root.iterdir() if _is_file(path / marker))
    except OSError:
        return []


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no permission, or a name that no file can have
        return False


def find_data(kind: str, name: str, marker: str) -> Path:
    """Folder of ``name``, which may be a path to such a folder. Raises UnknownNameError that lists what exists."""
    try:
        given = Path(name).expanduser()
    except RuntimeError:  # ~somebody who does not exist
        given = Path(name)
    if _is_file(given / marker) and (given.is_absolute() or os.sep in name):
        return given.resolve()
    found = list_data(kind, marker)
    if name not in found:
        raise UnknownNameError(kind.removesuffix("s"), name, found, f"Or give the path of a folder that holds {marker}")
    return found[name]


def find_character(name: str) -> Path:
    """Folder of a character by name or path. Raises UnknownNameError."""
    return find_data("characters", name, MARKERS["characters"])


def find_environment(name: str) -> Path:
    """Folder of an environment by name or path, changes of its keys left out. Raises UnknownNameError."""
    return find_data("envs", split_changes(name)[0], MARKERS["envs"])


def split_changes(name: str) -> tuple[str, list[str]]:
    """Name or path of an environment, and the changes after a colon; a drive letter is no such colon."""
    head, colon, tail = name.rpartition(":")
    if not colon or "=" not in tail:
        return name, []
    parts: list[str] = []
    for piece in tail.split(","):
        if "=" in piece or not parts:
            parts.append(piece)
        else:
            parts[-1] += "," + piece  # a list's own comma
    return head, parts


def is_installed(path: Path) -> bool:
    """Whether a data file lies inside the installed package: nobody else has put it there."""
    return any(path.resolve().is_relative_to(_HERE / f"_{kind}") for kind in ("characters", "envs"))
