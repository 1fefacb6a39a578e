"""Open the files that other systems write (pickle, joblib, npy, npz, torch) as plain containers and arrays; nothing in them is run."""

import io
import zipfile
from pathlib import Path
from typing import IO, Any

from numpy.lib import format as npy

from sfv.budget import Allowance, read_bytes, reading, refusing, unpack, zip_members
from sfv.files import read_array
from sfv.recognise import json_keys, unknown
from sfv.unpickle import Machine, Source, is_old_torch, plain, read_torch

READ = "pickles, joblib's files, .npy, .npz and .pt"
_MEND = "give the file that the system itself wrote"


def load(path: Path | str, wanted: str = READ) -> Any:
    """Content of a file as dicts, lists, numbers, text and numpy arrays (tensors become arrays). The first bytes tell its kind.

    ``wanted`` says what is read, for the message about a file of another kind.
    Raises FileFormatError for a file that is missing, damaged, cut short, over the budget, or that names anything but arrays,
    tensors and plain containers.
    """
    content = unpack(read_bytes(path), path)
    if not _is_known(content):
        raise unknown(path, wanted, json_keys(path), content=content)
    with refusing(path, _MEND), reading(path, "result file", "it may be cut short or of another kind"):
        return plain(_read(content, Allowance()))


def _is_known(content: bytes) -> bool:
    """Whether content begins like an array, an archive, or a pickle: of protocol 0 or 1 a container."""
    if content.startswith((npy.MAGIC_PREFIX, b"PK", b"\x80")) or is_old_torch(content):
        return True
    return content.startswith((b"(", b"]", b"}", b"c")) and content.rstrip().endswith(b".")


def _read(content: bytes, allowance: Allowance) -> Any:
    allowance.spend(len(content))
    if content.startswith(npy.MAGIC_PREFIX):
        return _npy(io.BytesIO(content), len(content), allowance)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = zip_members(archive)
            if entries and all(entry.filename.endswith(".npy") for entry in entries):
                found = {}
                for entry in entries:
                    with archive.open(entry) as member:
                        found[entry.filename[:-4]] = _npy(member, entry.file_size, allowance)
                return found
        return read_torch(content, allowance)
    if is_old_torch(content):
        return read_torch(content, allowance)
    return Machine(Source(content, allowance)).run()


def _npy(file: IO[bytes], size: int, allowance: Allowance) -> Any:
    """An array, or what an array of objects holds (``np.save`` of a dict is an array of one object)."""
    allowance.spend(size)
    array = read_array(file, size, leave_objects=True)  # of one of objects it has read the head
    return Machine(Source(file.read(size), allowance)).run() if array is None else array
