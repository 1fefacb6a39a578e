"""Files that are either whole or absent: written under a temporary name, then renamed; npz without pickle, with a schema inside."""

import functools
import hashlib
import math
import os
import platform
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal, overload

import numpy as np
from numpy.lib import format as npy

from sfv.budget import reading, refusing, regular_file, zip_members
from sfv.errors import FileFormatError, SfvError

_PART = ".sfv-part-"
"""Beginning of the names of files that are being written; then the writer's process number and machine."""
_PLAIN_KINDS = "biufcSU"
_BLOCK = 1 << 22
_PART_NAME = re.compile(re.escape(_PART) + r"(\d+)-(?:([0-9a-f]{8})-)?")


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it onto ``path`` on success, delete it on any exception.

    The content is on the disk before the new name is, so that after a power cut there is either the old file or the whole new
    one. The temporary name keeps the suffix, so that writers that look at it (av) behave; write to exactly that name.
    Raises SfvError where the folder cannot be made or written to.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=part_prefix(), suffix=path.suffix[:32], dir=path.parent)
    except OSError as error:
        raise SfvError(
            f"cannot write {path}: {error.strerror or error}; choose a folder that can be written to"
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        _flush(temporary)
        temporary.replace(path)
        _flush(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Bring a file's content, or the names in a folder, to the disk. Some file systems know no flush of folders."""
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError) if path.is_dir() else _nothing():
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def part_prefix() -> str:
    """Beginning of the name of a file or folder that this process is writing."""
    return f"{_PART}{os.getpid()}-{_machine()}-"


@functools.cache
def _machine() -> str:
    """A short digest of this machine's name: process numbers of others, in a folder that several see, mean nothing here."""
    return hashlib.sha256(platform.node().encode("utf-8", "replace")).hexdigest()[:8]


def clear_parts(folder: Path | str) -> list[Path]:
    """Delete what killed processes were writing in ``folder`` when they died; returns what was deleted.

    A name tells who wrote it; files and folders of processes that are alive, and of other machines, stay.
    """
    gone = []
    for path in Path(folder).glob(f"{_PART}*"):
        match = _PART_NAME.match(path.name)
        if match and match[2] in (None, _machine()) and not alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            gone.append(path)
    return gone


def alive(pid: int) -> bool:
    """Whether a process of this machine has that number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def with_ending(path: Path | str, ending: str) -> Path:
    """``path`` with ``ending`` (".npz") appended unless it ends like that, in whatever case."""
    path = Path(path)
    return path if path.name.lower().endswith(ending) else path.with_name(path.name + ending)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path | str, text: str) -> None:
    """Write ``text`` to ``path`` in one piece (UTF-8; bytes of file names that are not are spelled out)."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def save_npz(path: Path | str, schema: str, version: int, arrays: dict[str, Any]) -> None:
    """Write ``arrays`` with their schema name and version; no pickled objects are possible."""
    named = {"schema": schema, "schema_version": version, **arrays}
    plain: dict[str, Any] = {name: np.asarray(value) for name, value in named.items()}
    bad = [name for name, value in plain.items() if value.dtype == object]
    if bad:
        raise TypeError(f"arrays of objects cannot be saved: {bad}")
    with atomic_path(path) as temporary, temporary.open("wb") as handle:
        np.savez_compressed(handle, **plain)  # to a handle: given a name without .npz, numpy would write to another one


def load_npz(path: Path | str, schema: str, version: int, required: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """Read an npz that ``save_npz`` wrote.

    Raises FileFormatError when the file is missing, truncated, of another schema, newer than ``version``, or lacks a
    required array.
    """
    arrays = read_npz(path)
    found = " ".join(str(arrays.get("schema", "unnamed")).split())[:80]
    if "schema" not in arrays:
        raise FileFormatError(
            f"{path} is no {schema} file; it holds {names_of(arrays)}; give the file that the stage before wrote"
        )
    if found != schema:
        raise FileFormatError(f"{path} holds '{found}', not '{schema}'; give the file that the stage before wrote")
    with reading(path, f"{schema} file"):
        written = int(arrays.get("schema_version", np.asarray(0)))
    if written > version:
        raise FileFormatError(f"{path} is {schema} version {written}; this sfv reads up to {version}: update sfv")
    missing = [name for name in required if name not in arrays]
    if missing:
        raise FileFormatError(f"{path} lacks {', '.join(missing)}; make it again with the stage that writes it")
    return arrays


def names_of(keys: Iterable[Any]) -> str:
    """Names for a sentence, not too many of them and printable."""
    names = ["".join(c if c.isprintable() else "?" for c in str(key)[:40]) for key in list(keys)[:12]]
    return ", ".join(names) or "nothing"


def read_npz(path: Path | str, objects: Literal["refuse", "leave out"] = "refuse") -> dict[str, np.ndarray]:
    """Read every array of any npz, refusing more content than the budget. Raises FileFormatError.

    ``objects`` says what becomes of arrays that hold pickled objects, which are never unpickled here: genuine SMPL-X files of
    AMASS carry one beside the motion.
    """
    path = regular_file(path)
    with refusing(path, "make it or copy it again"), reading(path, "npz file"), zipfile.ZipFile(path) as archive:
        members = zip_members(archive, path)
        found: dict[str, np.ndarray] = {}
        for member in members:
            with archive.open(member) as stream:
                array = read_array(stream, member.file_size, objects == "leave out")
            if array is not None:
                found[member.filename.removesuffix(".npy")] = array
        return found


@overload
def read_array(stream: IO[bytes], size: int) -> np.ndarray: ...
@overload
def read_array(stream: IO[bytes], size: int, leave_objects: bool) -> np.ndarray | None: ...
def read_array(stream: IO[bytes], size: int, leave_objects: bool = False) -> np.ndarray | None:
    """The array of a .npy stream of ``size`` bytes; its head is held against the size before anything is made of it.

    None for an array of objects where those are to be left out. Raises ValueError for objects otherwise, for records, for heads
    that promise other sizes, and for what is no .npy.
    """
    major, _ = npy.read_magic(stream)
    shape, columns_first, dtype = (npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0)(stream)
    if dtype.hasobject:
        if leave_objects:
            return None
        raise ValueError("it holds pickled objects, which are not read")
    if dtype.kind not in _PLAIN_KINDS:
        raise ValueError(f"it holds records of type {str(dtype)[:40]}, which are not read")
    needed = math.prod(int(length) for length in shape) * dtype.itemsize
    if min(shape, default=0) < 0 or needed > size or (not dtype.itemsize and math.prod(shape) > size):
        raise ValueError(f"it promises an array of shape {shape}, more than the file holds")
    content = np.empty(needed, np.uint8)
    filled, view = 0, content.data
    while filled < needed and (step := stream.readinto(view[filled : filled + _BLOCK])):  # type: ignore[attr-defined]
        filled += step
    if filled < needed or stream.read(1):  # reading on to the end also checks the sum of a zip's member
        raise ValueError("an array's content is not as long as its head says")
    flat = content.view(dtype) if dtype.itemsize else np.empty(math.prod(shape), dtype)
    return sound_array(flat).reshape(shape, order="F" if columns_first else "C")


def sound_array(array: np.ndarray) -> np.ndarray:
    """``array`` made from bytes of a file, every entry a value of its type: no truth values but 0 and 1, no text beyond Unicode.

    numpy and Python count on that without looking. Raises FileFormatError for text that is none.
    """
    if array.dtype.kind == "b":
        return array.view(np.uint8) != 0
    if array.dtype.kind == "U" and array.size and array.dtype.itemsize:
        codes = np.ascontiguousarray(array).reshape(-1).view(np.dtype(np.uint32).newbyteorder(array.dtype.byteorder))
        if ((codes > _LAST_CODE) | ((codes >= _SURROGATES[0]) & (codes <= _SURROGATES[1]))).any():
            raise FileFormatError("it holds text that is not Unicode")
    return array


_LAST_CODE, _SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)
