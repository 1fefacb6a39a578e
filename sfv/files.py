"""Files that are either whole or absent: written under a temporary name, then renamed; npz without pickle, with a schema inside."""

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError, SfvError


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it onto ``path`` on success, delete it on any exception.

    The temporary name keeps the suffix, so that writers that look at it (av, numpy) behave.
    Raises SfvError where the folder cannot be made or written to.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise SfvError(
            f"cannot write {path}: {error.strerror or error}; choose a writable folder with --out"
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path | str, text: str) -> None:
    """Write ``text`` to ``path`` in one piece (UTF-8)."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def save_npz(path: Path | str, schema: str, version: int, arrays: dict[str, Any]) -> None:
    """Write ``arrays`` with their schema name and version; no pickled objects are possible."""
    named = {"schema": schema, "schema_version": version, **arrays}
    plain: dict[str, Any] = {name: np.asarray(value) for name, value in named.items()}
    bad = [name for name, value in plain.items() if value.dtype == object]
    if bad:
        raise TypeError(f"arrays of objects cannot be saved: {bad}")
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, **plain)


def load_npz(path: Path | str, schema: str, version: int, required: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """Read an npz that ``save_npz`` wrote.

    Raises FileFormatError when the file is missing, truncated, of another schema, newer than ``version``, or lacks a
    required array.
    """
    arrays = read_npz(path)
    found = str(arrays.get("schema", np.asarray("unnamed")))
    if found != schema:
        raise FileFormatError(f"{path} holds '{found}', not '{schema}'; give the file that the stage before wrote")
    if int(arrays.get("schema_version", 0)) > version:
        raise FileFormatError(
            f"{path} is {schema} version {int(arrays['schema_version'])}; this sfv reads up to {version}: update sfv"
        )
    missing = [name for name in required if name not in arrays]
    if missing:
        raise FileFormatError(f"{path} lacks {', '.join(missing)}; make it again with the stage that writes it")
    return arrays


def read_npz(path: Path | str) -> dict[str, np.ndarray]:
    """Read every array of any npz, refusing pickled objects. Raises FileFormatError."""
    path = Path(path)
    if not path.is_file():
        raise FileFormatError(f"{path} does not exist")
    try:
        with np.load(path, allow_pickle=False) as data:
            return {name: data[name] for name in data.files}
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        raise FileFormatError(
            f"{path} is not a readable npz file ({error}); it may be truncated: make it again"
        ) from error
