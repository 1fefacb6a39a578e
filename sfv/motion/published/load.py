"""Open the files that other systems write (pickle, joblib, npy, npz, torch) as plain containers and arrays; nothing in them is run."""

import bz2
import io
import lzma
import pickle
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.unpickle import MAX_BYTES, RestrictedUnpickler, plain

_BROKEN = (
    pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, LookupError, OSError, OverflowError, RecursionError,
    MemoryError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
)  # fmt: skip
"""What damaged bytes raise."""
_OLD_TORCH = 0x1950A86A20F9469CFC6C  # torch.save before 1.6 begins with this number as a pickle


def load(path: Path | str) -> Any:
    """Content of a file as dicts, lists, numbers, text and numpy arrays (tensors become arrays). The first bytes tell its kind.

    Raises FileFormatError for a file that is missing, damaged, cut short, larger than MAX_BYTES, or that names anything but arrays,
    tensors and plain containers.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileFormatError(f"it is larger than {MAX_BYTES} bytes")
        return plain(_read(path.read_bytes()))
    except FileFormatError as error:
        raise FileFormatError(f"{path} was refused: {error}; give the file that the system itself wrote") from error
    except FileNotFoundError as error:
        raise FileFormatError(f"{path} does not exist") from error
    except _BROKEN as error:
        named = re.search(r"nsupported (?:global: )?GLOBAL (\S+)", str(error))  # torch's two ways to say it
        if named:
            raise FileFormatError(f"{path} was refused: it names {named[1]}, which is no tensor") from error
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise FileFormatError(
            f"{path} cannot be read ({reason[:100]}); it may be cut short or of another kind"
        ) from error


def _read(content: bytes) -> Any:
    if content.startswith(b"\x93NUMPY"):
        return _npy(io.BytesIO(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise FileFormatError("it is too large when unpacked")
            if all(entry.filename.endswith(".npy") for entry in entries):
                return {entry.filename[:-4]: _npy(io.BytesIO(archive.read(entry))) for entry in entries}
        return _torch(content)
    content = _decompressed(content)
    found = RestrictedUnpickler(io.BytesIO(content)).load()
    return _torch(content) if isinstance(found, int) and found == _OLD_TORCH else found


def _torch(content: bytes) -> Any:
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _npy(file: BinaryIO) -> Any:
    """An array, or what an array of objects holds (``np.save`` of a dict is an array of one object)."""
    major, _ = np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    if header(file)[2].hasobject:
        return RestrictedUnpickler(file).load()
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def _decompressed(content: bytes) -> bytes:
    """joblib compresses the whole file; the first bytes say how."""
    if content.startswith((b"\x78", b"\x1f\x8b")):
        machine: Any = zlib.decompressobj(wbits=47)  # zlib or gzip
    elif content.startswith(b"BZ"):
        machine = bz2.BZ2Decompressor()
    elif content.startswith((b"\xfd7zXZ", b"]\x00\x00")):
        machine = lzma.LZMADecompressor()
    elif content.startswith(b"\x04\x22\x4d\x18"):
        raise FileFormatError(
            "it is compressed with lz4, which is not read here; dump it again with joblib's compress=3"
        )
    else:
        return content
    result = machine.decompress(content, MAX_BYTES)
    if not machine.eof:
        raise FileFormatError("it is cut short or too large when unpacked")
    return result
