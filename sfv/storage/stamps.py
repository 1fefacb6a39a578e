"""Notes beside files that are kept between runs: each says what code, settings and data made its file."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sfv.errors import FileFormatError
from sfv.files import write_text

_DATA = {".py", ".npz"}


@cache
def fingerprint(*rooms: str) -> str:
    """Of the code and data files of some packages or modules of sfv (``reconstruct``, ``files.py``): changes when any of them does."""
    digest = sha256()
    root = Path(__file__).parent.parent
    for room in rooms:
        files = (root / room).rglob("*") if (root / room).is_dir() else [root / room]
        for file in sorted(path for path in files if path.suffix in _DATA):
            digest.update(str(file.relative_to(root)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def stamp_of(*made_of: object) -> str:
    """Short name of what a file was made of: texts, bytes, or anything that prints itself completely."""
    digest = sha256()
    for part in made_of:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def read_note(path: Path, stamp: str) -> dict[str, Any] | None:
    """What was noted at ``path`` under the same stamp; None where there is nothing, or something older.

    Raises FileFormatError for a file that is no note.
    """
    if not path.is_file():
        return None
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        return note["values"] if note["stamp"] == stamp else None
    except (ValueError, KeyError, TypeError) as error:
        raise FileFormatError(f"{path} is not a note of sfv ({error}); delete it") from error


def write_note(path: Path, stamp: str, values: dict[str, Any]) -> None:
    """Note ``values`` under ``stamp``."""
    write_text(path, json.dumps({"stamp": stamp, "values": values}) + "\n")
