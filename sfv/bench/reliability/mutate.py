"""Damage: what disks, networks, editors and attackers do to a file, from one random generator, so that a case's number makes it again."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from sfv.budget import DAMAGE

_NUMBER = re.compile(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z_0-9]{2,}")
_NUMBERS = (
    b"nan", b"inf", b"-inf", b"NaN", b"Infinity", b"0", b"-1", b"1e9", b"-1e9", b"1e308", b"1e999", b"1e-300", b"2147483648", b"9" * 30,
    b"9" * 5000, b'"text"', b"null", b"true", b"[]", b"{}", b"[1, 2, 3]", b"", b"0x10", b"1_000", b"1979-05-27", b"-0.0", b"1000000",
)  # fmt: skip
_TEXTS = (
    b"\xff\xfe",
    b"\x00",
    "é视频".encode(),
    b"../../etc/passwd",
    b"/dev/zero",
    b'"',
    b"\\",
    b"{" * 3000,
    b"[" * 100_000,
    b"<!DOCTYPE",
    b"\r\n",
)
_INTEGERS = (0, 1, 127, 128, 255, 65535, 2**31 - 1, 2**31, 2**32 - 1)

Mutation = Callable[[bytes, np.random.Generator], bytes]


def damage(content: bytes, rng: np.random.Generator, kind: str) -> bytes:
    """``content`` damaged one to four times, as files of its ``kind`` ("npz", "text", "pickle", "bytes") may be."""
    own: dict[str, tuple[Mutation, ...]] = {"npz": (_npz,) * 6, "text": (_token,) * 8, "pickle": (_opcode,) * 3}
    choices = (*_BYTES, *own.get(kind, ()))
    for _ in range(int(rng.integers(1, 5)) if rng.random() < 0.5 else 1):
        content = choices[rng.integers(len(choices))](content, rng)
    return content


def _place(content: bytes, rng: np.random.Generator) -> int:
    """Anywhere, or near the beginning, where heads are."""
    return int(rng.integers(min(len(content), 200) if rng.random() < 0.3 else len(content)) if content else 0)


def _truncate(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: _place(content, rng)]


def _flip(content: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 4)) if changed else 0):
        changed[_place(content, rng)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _overwrite(content: bytes, rng: np.random.Generator) -> bytes:
    at, length = _place(content, rng), int(rng.integers(1, 64))
    return content[:at] + rng.bytes(length) + content[at + length :]


def _integer(content: bytes, rng: np.random.Generator) -> bytes:
    """A size or a count replaced by one of those that programs stumble over."""
    at, width = _place(content, rng), int(rng.choice((1, 2, 4, 8)))
    value = int(rng.choice(_INTEGERS)) % 256**width
    return content[:at] + value.to_bytes(width, "little" if rng.random() < 0.5 else "big") + content[at + width :]


def _remove(content: bytes, rng: np.random.Generator) -> bytes:
    at = _place(content, rng)
    return content[:at] + content[at + int(rng.integers(1, 500)) :]


def _repeat(content: bytes, rng: np.random.Generator) -> bytes:
    at = _place(content, rng)
    return content[: at + int(rng.integers(1, 500))] + content[at:]


def _blank(content: bytes, rng: np.random.Generator) -> bytes:
    """A block of zeros: a sector that was never written."""
    at, length = _place(content, rng), int(rng.choice((16, 512, 4096)))
    return content[:at] + bytes(min(length, len(content) - at)) + content[at + length :]


def _append(content: bytes, rng: np.random.Generator) -> bytes:
    return content + (content if rng.random() < 0.3 else rng.bytes(int(rng.integers(1, 2000))))


_BYTES: tuple[Mutation, ...] = (_truncate, _flip, _flip, _overwrite, _integer, _remove, _repeat, _blank, _append)


def _token(content: bytes, rng: np.random.Generator) -> bytes:
    """A number, a word or a line of a text file replaced, doubled or taken out."""
    numbers = rng.random() < 0.6
    found = list((_NUMBER if numbers else _WORD).finditer(content[: 1 << 20]))
    if not found:
        return _flip(content, rng)
    match = found[rng.integers(len(found))]
    pool = _NUMBERS if numbers or rng.random() < 0.5 else _TEXTS
    new = pool[rng.integers(len(pool))]
    if rng.random() < 0.15:  # the whole line
        begin = content.rfind(b"\n", 0, match.start()) + 1
        end = content.find(b"\n", match.end()) % (len(content) + 1)
        line = content[begin:end]
        return content[:begin] + (b"" if rng.random() < 0.5 else line + b"\n" + line) + content[end:]
    return content[: match.start()] + new + content[match.end() :]


def _opcode(content: bytes, rng: np.random.Generator) -> bytes:
    """Pickle's own instructions put in or over others."""
    at, code = (
        _place(content, rng),
        bytes(
            [
                rng.choice(
                    list(
                        b"(.012BCFGIJKLMNPQRSTUVXY]^_abcdeghijlopqrstu}\x80\x81\x82\x85\x86\x87\x88\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96"
                    )
                )
            ]
        ),
    )
    code += rng.bytes(int(rng.integers(0, 5)))
    return content[:at] + code + content[at + (len(code) if rng.random() < 0.5 else 0) :]


def _npz(content: bytes, rng: np.random.Generator) -> bytes:
    """One array of an npz changed as a wrong program would write it: kind, shape, numbers, name, head."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = list(members)[rng.integers(len(members))]
        array = np.lib.format.read_array(io.BytesIO(members[name]), allow_pickle=False)
    except DAMAGE:  # damaged before
        return _flip(content, rng)
    new = _other(array, rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, stored in members.items():
            if other != name:
                archive.writestr(other, stored)
        if new is not None:
            stream = io.BytesIO()
            np.lib.format.write_array(stream, np.asarray(new), allow_pickle=True)
            archive.writestr(name, _head(stream.getvalue(), rng))
    return out.getvalue()


_Change = Callable[[np.ndarray, np.random.Generator], Any]
_CHANGES: tuple[_Change, ...] = (
    lambda array, rng: None,
    lambda array, rng: np.asarray("text"),
    lambda array, rng: np.asarray([{}], dtype=object),
    lambda array, rng: np.asarray(b"\xff\xfe"),
    lambda array, rng: np.full(array.shape, rng.choice((np.nan, np.inf, 0, -1, 1e9, 1e300))),
    lambda array, rng: np.zeros((0, *array.shape[1:])),
    lambda array, rng: array[..., None],
    lambda array, rng: array.ravel(),
    lambda array, rng: array[:1],
    lambda array, rng: array.T,
    lambda array, rng: np.asarray(float(rng.choice((0, -1, np.nan, np.inf, 1e9, 1e-9)))),
    lambda array, rng: array.astype(str(rng.choice(("c16", "M8[s]", "S", "?", "i8", "u1", "f2", "U")))),
    lambda array, rng: np.concatenate((array, array)),
    lambda array, rng: array[: len(array) // 2],
    lambda array, rng: np.asarray([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    lambda array, rng: np.asarray(2**62),
    lambda array, rng: np.zeros((2,) * 20, np.uint8),
    lambda array, rng: _some_nan(array, rng),
)


def _other(array: np.ndarray, rng: np.random.Generator) -> Any:
    """Another array in this one's place; None where the change does not apply to it, then it is left out."""
    with np.errstate(all="ignore"):
        try:
            return _CHANGES[rng.integers(len(_CHANGES))](array, rng)
        except (ValueError, TypeError, IndexError, UnicodeError):
            return None


def _some_nan(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    changed = np.array(array, dtype=float)
    changed.reshape(-1)[rng.integers(max(changed.size, 1))] = rng.choice((np.nan, np.inf, 1e12, -1e12))
    return changed


def _head(member: bytes, rng: np.random.Generator) -> bytes:
    """Now and then the shape in the head lies."""
    if rng.random() > 0.1:
        return member
    return re.sub(
        rb"'shape': \([^)]*\)",
        rng.choice((b"'shape': (9999999999999,)", b"'shape': (-1,)", b"'shape': (2, 2, 2, 2)", b"'shape': 5")),
        member,
        count=1,
    )
