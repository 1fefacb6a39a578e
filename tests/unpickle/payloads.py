"""Pickles that would touch a file if anything of them were run: every way to name a callable, times every way to call it."""

import pickle
import struct
from collections.abc import Iterator
from pathlib import Path


class Reduced:
    """Pickles into a call of ``function`` with ``arguments``."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def _short(text: str) -> bytes:
    raw = text.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def names(module: str, name: str) -> dict[str, bytes]:
    """Instructions that put ``module.name`` on the stack."""
    return {
        "GLOBAL": f"c{module}\n{name}\n".encode(),
        "STACK_GLOBAL": _short(module) + _short(name) + b"\x93",
        "STACK_GLOBAL of memoised names": _short(module) + b"\x940" + _short(name) + b"\x940h\x00h\x01\x93",
        "name with a dot": f"c{module.split('.')[0]}\n{'.'.join([*module.split('.')[1:], name])}\n".encode(),
        "EXT1 in its place": b"\x82\x01",
        "EXT4 in its place": b"\x84\x01\x00\x00\x00",
    }


def calls(text: str) -> dict[str, tuple[bytes, bytes]]:
    """Instructions before and after those that name a callable, which call it with one text."""
    given = b"X" + struct.pack("<I", len(text.encode())) + text.encode()
    return {
        "REDUCE": (b"", given + b"\x85R"),
        "NEWOBJ": (b"", given + b"\x85\x81"),
        "NEWOBJ_EX": (b"", given + b"\x85}\x92"),
        "OBJ": (b"(", given + b"o"),
        "BUILD": (b"", b"}X\x08\x00\x00\x00__call__" + given + b"sb"),
        "persistent id": (b"", given + b"\x86Q"),
        "SETITEM": (b"}", given + b"s"),
        "key": (b"}", b"K\x01s"),
    }


def pickles(marker: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each."""
    shell, code = f"touch {marker}", f"open({str(marker)!r}, 'w').close()"
    for module, name, text in (
        ("posix", "system", shell), ("os", "system", shell), ("builtins", "eval", code), ("builtins", "exec", code),
        ("__builtin__", "eval", code), ("subprocess", "getoutput", shell), ("builtins", "getattr", "__class__"),
        ("numpy", "load", str(marker)), ("torch", "load", str(marker)), ("pickle", "loads", code), ("builtins", "open", str(marker)),
        ("numpy.testing._private.utils", "runstring", code), ("scipy.sparse", "eval", code), ("chumpy.os", "system", shell),
        ("numpy.core.multiarray", "fromfile", str(marker)), ("torch._utils", "_import_dotted_name", "os.system"),
    ):  # fmt: skip
        for how, named in names(module, name).items():
            for way, (before, after) in calls(text).items():
                yield f"{module}.{name}, {how}, {way}", b"\x80\x04" + before + named + after + b"."
        yield (
            f"{module}.{name}, INST",
            b"(X" + struct.pack("<I", len(text)) + text.encode() + f"i{module}\n{name}\n.".encode(),
        )
    import os

    for protocol in range(6):
        yield f"reduce, protocol {protocol}", pickle.dumps(Reduced(os.system, shell), protocol)
        yield f"nested reduce, protocol {protocol}", pickle.dumps({"a": [1, (Reduced(eval, code),)]}, protocol)
    yield (
        "function of a harmless name",
        b"cnumpy.core.multiarray\n_reconstruct\n}X\x05\x00\x00\x00_makecos\nsystem\nsb.",
    )
    yield "attribute of an array", b"cnumpy\nndarray\n)\x81}X\x09\x00\x00\x00__class__cos\nsystem\nsb."
    yield "factory of a defaultdict", b"ccollections\ndefaultdict\ncos\nsystem\n\x85R."
    yield (
        "hook of a tensor",
        (
            b"ctorch._utils\n_rebuild_tensor_v2\n(NK\x00)"
            + b")\x89ccollections\nOrderedDict\n(](K\x00cos\nsystem\neltRtR."
        ),
    )
