"""What a file from outside may ask for: one budget of memory and time, and the bounded ways to open one.

Every reader opens its files through this module or ``sfv.files.read_npz``, so that a few bytes cannot ask for gigabytes, a pipe
cannot make a command wait for ever, and whatever is wrong inside ends as one sentence that names the file.
"""

import bz2
import json
import lzma
import pickle
import stat
import struct
import time
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sfv.errors import FileFormatError, SfvError

BUDGET_BYTES = 2**30
"""Memory that reading one file may take, copies on the way included."""
BUDGET_SECONDS = 5.0
"""Processor time that reading one file may take."""
CONTENT_BYTES = BUDGET_BYTES // 2
"""Largest content of one file after decompression: what is read is copied once on its way into arrays of our own."""
MAX_DEPTH = 64
"""Containers inside containers; the results of other programs stay below ten."""

_JSON_BYTES = (("[", 80), ("{", 240), (",", 40), (":", 80))
"""Bytes that Python's objects take for each list, dict, entry and key of a JSON text."""
_PIECE, _FED = 1 << 24, 1 << 20  # bytes unpacked, and handed to zlib, at a time

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


@contextmanager
def refusing(path: Path | str, mend: str) -> Iterator[None]:
    """Put "PATH was refused:" before errors that say what "it" does wrong, and ``mend`` behind them."""
    try:
        yield
    except FileFormatError as error:
        told = str(error)
        raise (
            error if told.startswith(str(path)) else FileFormatError(f"{path} was refused: {told}; {mend}")
        ) from error


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
    return decode(read_bytes(path), path, what)


def decode(content: bytes, path: Path | str, what: str = "text file") -> str:
    """UTF-8 text of ``content``, which came from ``path``, a byte order mark left out. Raises FileFormatError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path} is not a readable {what} (it is not UTF-8 text)") from error


def parse_json(text: str, path: Path | str, what: str = "JSON file") -> Any:
    """JSON value of ``text``, which came from ``path``. Raises FileFormatError, also for deep nesting and endless numbers.

    What Python would make of it is estimated before it is made: an empty list takes 3 characters there and 64 bytes here.
    """
    size = 3 * len(text) + sum(size * text.count(sign) for sign, size in _JSON_BYTES)
    if size > BUDGET_BYTES:
        raise FileFormatError(
            f"{path} would take {size / 2**20:,.0f} MiB of memory; files of up to {BUDGET_BYTES // 2**20} MiB are read: "
            "cut it into shorter pieces"
        )
    with reading(path, what):
        return json.loads(text)


def read_json(path: Path | str, what: str = "JSON file") -> Any:
    """JSON value of a file. Raises FileFormatError."""
    return parse_json(read_text(path, what), path, what)


class Allowance:
    """What is left of the budget for one file while it is taken apart."""

    __slots__ = ("_end", "_left")

    def __init__(self, size: int = BUDGET_BYTES, seconds: float = BUDGET_SECONDS) -> None:
        self._left, self._end = size, time.thread_time() + seconds

    def spend(self, size: int) -> None:
        """Take ``size`` bytes. Raises FileFormatError, whose text goes on after "PATH was refused:", where they are not left."""
        self._left -= size
        if self._left < 0:
            raise FileFormatError(f"it asks for more than {BUDGET_BYTES // 2**20:,} MiB of memory")

    def check_time(self) -> None:
        """Raise FileFormatError where the processor time is used up."""
        if time.thread_time() > self._end:
            raise FileFormatError(f"it takes more than {BUDGET_SECONDS:g} s to read: cut it into shorter pieces")


def unpack(content: bytes, path: Path | str) -> bytes:
    """What a compressed file holds, unpacked within the budget; other content unchanged. The first bytes tell the kind.

    Known are zlib, gzip, bz2, xz and lzma. Raises FileFormatError before more than the budget is made.
    """
    if _is_zlib(content) or content.startswith(b"\x1f\x8b"):
        return unpack_zlib(content, path)
    if content.startswith(b"BZh"):
        return _unpack(lambda _: bz2.BZ2Decompressor(), content, path, "bz2 file")
    if content.startswith((b"\xfd7zXZ", b"]\x00\x00")):
        return unpack_xz(content, path)
    if content.startswith(b"\x04\x22\x4d\x18"):
        raise FileFormatError(
            f"{path} is compressed with lz4, which is not read; compress it with xz or gzip, or not at all"
        )
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        raise FileFormatError(
            f"{path} is compressed with zstd, which is not read; compress it with xz or gzip, or not at all"
        )
    return content


def beginning(content: bytes, size: int) -> bytes:
    """The first ``size`` bytes of what compressed content holds, as far as they can be had; of other content its own."""
    machines: tuple[tuple[bool, Callable[[], _Decompressor]], ...] = (
        (_is_zlib(content) or content.startswith(b"\x1f\x8b"), lambda: _Inflate(content)),
        (content.startswith(b"BZh"), bz2.BZ2Decompressor),
        (content.startswith((b"\xfd7zXZ", b"]\x00\x00")), lambda: lzma.LZMADecompressor(memlimit=BUDGET_BYTES // 8)),
    )
    make = next((make for fits, make in machines if fits), None)
    try:
        return (make().decompress(content, size) or content[:size]) if make else content[:size]
    except DAMAGE:
        return content[:size]


def _is_zlib(content: bytes) -> bool:
    """A header of RFC 1950: deflate, a window of 32 kB, a check that is divisible by 31."""
    return content[:1] == b"\x78" and len(content) > 1 and int.from_bytes(content[:2], "big") % 31 == 0


def unpack_xz(content: bytes, path: Path | str) -> bytes:
    """What an .xz or .lzma file holds, unpacked within the budget. Raises FileFormatError before more than the budget is made."""
    return _unpack(lambda _: lzma.LZMADecompressor(memlimit=BUDGET_BYTES // 8), content, path, "xz file")


def unpack_zlib(content: bytes, path: Path | str) -> bytes:
    """What a zlib or gzip file holds, unpacked within the budget. Raises FileFormatError."""
    return _unpack(_Inflate, content, path, "compressed file")


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class _Inflate:
    """zlib's decompressor with the manners of the two others: it keeps what was not used yet."""

    def __init__(self, content: bytes) -> None:
        self._inner: Any = zlib.decompressobj(wbits=47)  # 32 + 15: zlib's or gzip's header
        self._content, self._position = content, 0

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._position >= len(self._content) and not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._content[self._position :]

    def decompress(self, _data: bytes, max_length: int = -1, /) -> bytes:
        fed = self._inner.unconsumed_tail
        if not fed:
            fed = self._content[self._position : self._position + _FED]
            self._position += _FED
        return self._inner.decompress(fed, max_length)


def _unpack(make: Callable[[bytes], _Decompressor], content: bytes, path: Path | str, what: str) -> bytes:
    """In pieces, so that nothing is held twice and the clock is looked at between them; streams may follow each other."""
    allowance, out, data, begin = Allowance(), bytearray(), content, content[:4]
    while data.startswith(begin):  # what follows the last stream is padding
        decompressor = make(data)
        while not decompressor.eof:
            with reading(path, what):
                piece = decompressor.decompress(data, _PIECE)
            if not piece and not decompressor.eof and decompressor.needs_input:
                raise FileFormatError(f"{path} is not a readable {what} (it ends too early); copy it again")
            data = b""
            out += piece
            check_content(len(out), path)
            with refusing(path, "copy it again or make it smaller"):
                allowance.check_time()
        data = decompressor.unused_data
    return bytes(out)


def zip_members(archive: zipfile.ZipFile, path: Path | str = "it") -> list[zipfile.ZipInfo]:
    """Members of a zip, whose contents together are within the budget and none of whom is encrypted. Raises FileFormatError."""
    members = archive.infolist()
    check_content(sum(member.file_size for member in members), path)
    if any(member.flag_bits & 1 for member in members):
        raise FileFormatError(f"{path} is encrypted; unpack it first")
    return members


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
