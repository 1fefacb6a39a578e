"""Files that ask for too much or want to be run: bombs, depths, pipes, and pickles that would touch a marker if anything were executed."""

import bz2
import functools
import gzip
import io
import lzma
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sfv.budget import BUDGET_BYTES

Special = Callable[[Path], None]
"""Puts a hostile thing at a path."""


class _Reduce:
    """Pickles into a call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def pickles(marker: Path) -> Iterator[bytes]:
    """Pickles that would touch ``marker``, one for each way of naming and calling a function."""
    command = f"touch {marker}"
    code = f"open({str(marker)!r}, 'w').close()"
    for protocol in range(5):
        yield pickle.dumps(_Reduce(os.system, command), protocol)
        yield pickle.dumps({"poses": [_Reduce(eval, code)], "trans": np.zeros(3)}, protocol)
    text, source = command.encode(), code.encode()
    yield b"cposix\nsystem\n(V" + text + b"\ntR."
    yield b"cos\nsystem\n(V" + text + b"\ntR."
    yield b"(S'" + text + b"'\nios\nsystem\n."
    yield b"(cos\nsystem\nS'" + text + b"'\no."
    yield b"c__builtin__\neval\n(V" + source + b"\ntR."
    yield b"cbuiltins\nexec\n(V" + source + b"\ntR."
    yield b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x8c" + bytes([len(text)]) + text + b"\x85R."
    yield b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93\x8c\x02os\x8c\x06system\x86R."
    yield b"cnumpy\nload\n(V" + text + b"\ntR."
    yield b"cbuiltins\ngetattr\n(cnumpy\nndarray\nV__class__\ntR."
    yield b"ccollections\nOrderedDict\n(tR}(V__init__\ncos\nsystem\nub."
    yield b"\x80\x02ccollections\nOrderedDict\n)\x81(V__reduce__\ncos\nsystem\nub."
    yield b"\x82\x01." + text
    yield b"P" + text + b"\n."
    yield b"V" + text + b"\nQ."
    yield b"csubprocess\nPopen\n((V/bin/sh\nV-c\nV" + text + b"\nltR."
    yield b"ctimeit\ntimeit\n(V" + source + b"\ntR."
    yield b"cruntpy\n_run_code\n(V" + source + b"\n}tR."
    yield b"ctorch.serialization\nload\n(V" + text + b"\ntR."
    yield b"cjoblib.numpy_pickle\nload\n(V" + text + b"\ntR."


def _deep_pickles() -> Iterator[bytes]:
    depth = 300_000
    yield b"(" * depth + b"t" * depth + b"."
    yield b"\x80\x02}(" + b")" + b"\x85" * depth + b"K\x01u."  # as a key, which is hashed
    yield b"]" * depth + b"a" * (depth - 1) + b"."
    yield b"\x80\x02r\xff\xff\xff\x7f."  # a memo of two thousand million places
    yield b"\x80\x05\x96" + struct.pack("<Q", 2**33) + b"x."  # announced bytes
    yield b"\x80\x04\x8e" + struct.pack("<Q", 2**33) + b"x."
    yield b"\x80\x04\x8d" + struct.pack("<Q", 2**40) + b"x."
    yield b"\x80\x02\x8b" + struct.pack("<i", 2**31 - 1) + b"\x01."
    yield b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N."
    yield (
        b"\x80\x04]\x94"
        + b"](h\x00h\x00e\x94"
        + b"".join(b"](h" + bytes([n]) + b"h" + bytes([n]) + b"e\x94" for n in range(1, 40))
        + b"."
    )


@functools.cache
def archives() -> tuple[bytes, ...]:
    """Small files that unpack to more than the budget, heads that promise terabytes; made once, as it takes many seconds."""
    return tuple(_archives())


def _archives() -> Iterator[bytes]:
    zeros = bytes(1 << 24)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("qpos.npy", "w", force_zip64=True) as member,
    ):
        np.lib.format.write_array_header_1_0(
            member, {"descr": "<f8", "fortran_order": False, "shape": (BUDGET_BYTES // 4,)}
        )  # type: ignore[arg-type]
        for _ in range(2 * BUDGET_BYTES // len(zeros)):
            member.write(zeros)
    yield out.getvalue()
    for shape in ((2**60,), (2**31, 2**31), (10**9,)):
        out = io.BytesIO()
        np.lib.format.write_array_header_1_0(out, {"descr": "<f8", "fortran_order": False, "shape": shape})
        yield out.getvalue()
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("qpos.npy", out.getvalue())
        yield box.getvalue()
    for pack in (zlib.compress, gzip.compress, bz2.compress):
        yield pack(bytes(1 << 28))
    packer = lzma.LZMACompressor(preset=0)
    yield b"".join([*(packer.compress(zeros) for _ in range(2 * BUDGET_BYTES // len(zeros))), packer.flush()])


def texts() -> Iterator[bytes]:
    """Text that is deep, long, not text, or of another trade."""
    yield b"[" * 300_000
    yield b'{"a":' * 300_000
    yield b"a = " + b"[" * 200_000
    yield b"a." * 100_000 + b"b = 1"
    yield b"[" + b"a." * 50_000 + b"b]"
    yield b'{"people": ' + b"9" * 300_000 + b"}"
    yield b"<mujoco>" + b"<worldbody><body>" * 100_000
    yield (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
        + b"]><mujoco>&a9;</mujoco>"
    )
    yield "\ufeff{}".encode()
    yield "é".encode("latin-1") * 100
    yield b"\xff\xfe\x00"
    yield b"HIERARCHY\nROOT Hips\n{\n OFFSET 0 0 0\n CHANNELS 6 Xposition\n}\nMOTION\nFrames: 2\n"
    yield b"Frame,X,Y,Z\n1,2,3,4\n"
    yield b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n"
    yield b"ffconcat version 1.0\nfile /etc/passwd\n"
    yield b"null"
    yield b"[]"
    yield b"{}"


def pipe(path: Path) -> None:
    """A pipe in which nobody writes."""
    os.mkfifo(path)


def endless(path: Path) -> None:
    """A device that never ends."""
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    """A folder where a file is expected."""
    path.mkdir()


def specials(marker: Path, bombs: bool = True) -> list[Special]:
    """Everything of this module, each as something that is put at a path; ``bombs`` take some seconds to be made."""
    contents = [
        b"",
        b"\n",
        b"\x00",
        bytes(1 << 20),
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"\x93NUMPY\x01\x00",
        b"\x80\x04.",
    ]
    contents += [*pickles(marker), *_deep_pickles(), *texts(), *(archives() if bombs else ())]
    contents += [zlib.compress(payload) for payload in list(pickles(marker))[:3]]
    for payload in list(pickles(marker))[:3]:
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("archive/data.pkl", payload)
            archive.writestr("archive/version", "3\n")
        contents.append(box.getvalue())
        stream = io.BytesIO()
        np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": (1,)})
        contents.append(stream.getvalue() + payload)
    return [pipe, endless, circle, folder, *(_writer(content) for content in contents)]


def _writer(content: bytes) -> Special:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write
