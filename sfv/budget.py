"""What a file from outside may ask for: one budget of memory and time, and the bounded ways to open one.

Every reader opens its files through this module or ``sfv.files.read_npz``, so that a few bytes cannot ask for gigabytes, a pipe
cannot make a command wait for ever, and whatever is wrong inside ends as one sentence that names the file.
"""

import json
import lzma
import pickle
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sfv.errors import FileFormatError, SfvError

BUDGET_BYTES = 2**30
"""Memory that reading one file may take, copies on the way included."""
BUDGET_SECONDS = 5.0
"""Processor time that reading one file may take."""
CONTENT_BYTES = BUDGET_BYTES // 2
"""Largest content of one file after decompression: what is read is copied once on its way into arrays of our own."""
MAX_DEPTH = 64
"""Containers inside containers; the results of other programs stay below ten."""

DAMAGE: tuple[type[Exception], ...] = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, MemoryError,
    AssertionError, SyntaxError, BufferError, struct.error, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error,
    lzma.LZMAError, pickle.UnpicklingError, tokenize.TokenError,
)  # fmt: skip
"""What the libraries that we read with raise on damaged content (RecursionError is a RuntimeError)."""


@contextmanager
def reading(
    path: Path | str, what: str, mend: str = "it may be truncated or damaged: make it or copy it again"
) -> Iterator[None]:
    """Turn whatever a library raises over the content of ``path`` into a FileFormatError of one sentence.

    ``what`` completes "PATH is not a readable ..."; errors of our own pass unchanged.
    """
    try:
        yield
    except SfvError:
        raise
    except DAMAGE as error:
        raise FileFormatError(f"{path} is not a readable {what} ({in_short(error)}); {mend}") from error


def in_short(error: BaseException) -> str:
    """One short line that says what an exception means."""
    if isinstance(error, MemoryError):
        return "it asks for more memory than there is"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    text = " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 160 else f"{text[:157]}..."


def regular_file(path: Path | str) -> Path:
    """``path`` when it is an ordinary file. Raises FileFormatError for what is not there, folders, pipes, devices and sockets."""
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileFormatError(f"{path} does not exist") from error
    except (OSError, ValueError) as error:
        raise FileFormatError(f"{path} cannot be opened ({in_short(error)})") from error
    if stat.S_ISDIR(mode):
        raise FileFormatError(f"{path} is a folder; a file is needed here")
    if not stat.S_ISREG(mode):
        raise FileFormatError(
            f"{path} is a pipe, a device or a socket, not an ordinary file; copy it into a file first"
        )
    return path


def check_content(size: int, path: Path | str) -> None:
    """Raise FileFormatError where ``path`` asks for ``size`` bytes of content and that is over the budget."""
    if size > CONTENT_BYTES:
        raise FileFormatError(
            f"{path} asks for {size / 2**20:,.0f} MiB of memory; files of up to {CONTENT_BYTES // 2**20} MiB are read: "
            "cut it into shorter pieces"
        )


def read_bytes(path: Path | str) -> bytes:
    """Content of an ordinary file within the budget. Raises FileFormatError."""
    path = regular_file(path)
    check_content(path.stat().st_size, path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read ({in_short(error)})") from error


def read_text(path: Path | str, what: str = "text file") -> str:
    """UTF-8 text of an ordinary file, a byte order mark left out. Raises FileFormatError; ``what`` names what was expected."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path} is not a readable {what} (it is not UTF-8 text)") from error


def parse_json(text: str, path: Path | str, what: str = "JSON file") -> Any:
    """JSON value of ``text``, which came from ``path``. Raises FileFormatError, also for deep nesting and endless numbers."""
    with reading(path, what):
        return json.loads(text)


def read_json(path: Path | str, what: str = "JSON file") -> Any:
    """JSON value of a file. Raises FileFormatError."""
    return parse_json(read_text(path, what), path, what)


def unpack_xz(content: bytes, path: Path | str) -> bytes:
    """What an .xz file holds, unpacked within the budget. Raises FileFormatError before more than the budget is made."""
    decompressor = lzma.LZMADecompressor(memlimit=BUDGET_BYTES // 4)
    with reading(path, "xz file"):
        out = decompressor.decompress(content, CONTENT_BYTES + 1)
    return _whole(out, decompressor.eof, path, "xz file")


def unpack_zlib(content: bytes, path: Path | str) -> bytes:
    """What a zlib or gzip stream holds, unpacked within the budget. Raises FileFormatError."""
    decompressor = zlib.decompressobj(wbits=47)  # 32 + 15: zlib's or gzip's header
    with reading(path, "compressed file"):
        out = decompressor.decompress(content, CONTENT_BYTES + 1)
    return _whole(out, decompressor.eof, path, "compressed file")


def _whole(out: bytes, ended: bool, path: Path | str, what: str) -> bytes:
    check_content(len(out), path)
    if not ended:
        raise FileFormatError(f"{path} is not a readable {what} (it ends too early); copy it again")
    return out


def within_depth(value: Any, path: Path | str, children: Callable[[Any], Any] | None = None) -> None:
    """Raise FileFormatError where containers of ``value`` lie deeper than MAX_DEPTH; walks without recursion, each object once."""
    level, seen = [value], set[int]()
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, (dict, list, tuple, set, frozenset)) and id(item) not in seen:
                seen.add(id(item))
                below += [*item.keys(), *item.values()] if isinstance(item, dict) else list(item)
            elif children is not None:
                below += children(item)
        level = below
        if not level:
            return
    raise FileFormatError(f"{path} is nested more than {MAX_DEPTH} levels deep; no result file is")
