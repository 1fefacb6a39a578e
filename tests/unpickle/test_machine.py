"""The pickle machine: what Python writes comes back, and what asks for too much is refused before it is made."""

import collections
import pickle
import struct
import tracemalloc

import numpy as np
import pytest

from sfv.budget import BUDGET_BYTES, Allowance
from sfv.errors import FileFormatError
from sfv.unpickle import Machine, Source, plain
from sfv.unpickle.machine import MAX_STEPS


def read(content: bytes, size: int = BUDGET_BYTES):
    return plain(Machine(Source(content, Allowance(size))).run())


CONTENT = {
    "numbers": [0, 255, 256, 65536, -1, 2**40, -(2**70), 1.5, float("inf"), True, False, None, 2 + 3j],
    "text": ["", "a", "ä€😀", "x" * 300, b"", b"abc", b"y" * 300],
    ("a", 1): (1, (2, (3, ())), [[], {}]),
    7: collections.OrderedDict(a=1, b=collections.defaultdict(list, {1: [2]})),
}


@pytest.mark.parametrize("protocol", range(6))
def test_what_python_writes_comes_back(protocol):
    assert read(pickle.dumps(CONTENT, protocol)) == CONTENT
    assert sorted(read(pickle.dumps({1, 2, 3}, protocol))) == [1, 2, 3]
    assert sorted(read(pickle.dumps(frozenset("ab"), protocol))) == ["a", "b"]
    assert read(pickle.dumps(bytearray(b"abc"), protocol)) == b"abc"
    shared = [1, 2]
    found = read(pickle.dumps([shared, shared], protocol))
    assert found[0] is found[1]


def test_what_python_2_writes_comes_back():
    assert read(b"(dp0\nS'pose'\np1\n(lp2\nF1.5\naI01\naL3L\naS'\\x00\\xff'\nas.") == {
        "pose": [1.5, True, 3, "\x00\xff"]
    }
    assert read(b"\x80\x02U\x03abc.") == "abc"


def _chain(depth: int) -> bytes:
    return b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."


HOSTILE = {
    "a place in the memo": b"\x80\x02Nr\x80\xb2\xe6\x0e0h\x00.",
    "bytes that are not there": b"\x80\x05\x8e" + struct.pack("<Q", 2**33) + b"x.",
    "a bytearray that is not there": b"\x80\x05\x96" + struct.pack("<Q", 2**33) + b"x.",
    "text that is not there": b"\x80\x04\x8d" + struct.pack("<Q", 2**62) + b"x.",
    "a frame that is not there": b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.",
    "a bytearray by its size": b"\x80\x02cbuiltins\nbytearray\n(J\x00\xc2\xeb\x0btR.",
    "bytes by their size": b"\x80\x02cbuiltins\nbytes\n(J\x00\xc2\xeb\x0btR.",
    "a deep tuple as a key": b"\x80\x02})" + b"\x85" * 300_000 + b"K\x01s.",
    "a wide tuple as a key": b"\x80\x02}(" + b"K\x01" * 100 + b"tK\x01s.",
    "a list as a key": b"\x80\x02}]K\x01s.",
    "deep lists": _chain(300_000),
    "deep marks": b"(" * 300_000 + b"t" * 300_000 + b".",
    "a list in itself": b"\x80\x02]q\x00h\x00a.",
    "a number of many bytes": b"\x80\x02\x8b" + struct.pack("<i", 10_000) + b"\x01" * 10_000 + b".",
    "a number of many digits": b"L" + b"1" * 100_000 + b"L\n.",
    "text of text of text": b"\x80\x02cbuiltins\nstr\n(lR.",
    "an array of another size": pickle.dumps(np.zeros(3)).replace(b"K\x03\x85", b"K\x09\x85"),
    "an empty array of endless length": pickle.dumps(np.zeros((0, 3))).replace(
        b"K\x00K\x03", b"K\x00J\xff\xff\xff\x7f"
    ),
    "nothing to work on": b"\x80\x02a.",
    "no end": b"\x80\x02]",
    "no pickle": b"hello.",
    "protocol 9": b"\x80\x09N.",
    "an extension": b"\x82\x01.",
    "a buffer outside": b"\x80\x05\x97.",
    "text of half a character": b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00U1\x85R0cnumpy.core.multiarray\nscalar\n"
    + b"cnumpy\ndtype\nX\x02\x00\x00\x00U1\x85RC\x04\xff\xff\xff\xff\x86R.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_asks_for_too_much_is_refused(name):
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError):
            read(HOSTILE[name])
        assert tracemalloc.get_traced_memory()[1] < 250 * 2**20
    finally:
        tracemalloc.stop()


def test_a_memo_of_two_places_has_two_places():
    assert read(b"\x80\x02Nr\x80\xb2\xe6\x0e.") is None


@pytest.mark.parametrize("levels", [12, 40])
def test_shared_lists_count_as_often_as_they_are_meant(levels):
    body = b"\x80\x02](" + b"G?\xf0\x00\x00\x00\x00\x00\x00" * 10 + b"eq\x00"
    for level in range(levels):
        body += b"0](" + b"h" + bytes([level]) + (b"h" + bytes([level])) * 9 + b"eq" + bytes([level + 1])
    with pytest.raises(FileFormatError, match="written out it would take more than"):
        read(body + b".")


def test_the_allowance_ends(monkeypatch):
    many = pickle.dumps([[] for _ in range(10_000)])
    assert len(read(many)) == 10_000
    with pytest.raises(FileFormatError, match="MiB of memory"):
        read(many, 100_000)
    monkeypatch.setattr("sfv.unpickle.machine.MAX_STEPS", 8192)
    with pytest.raises(FileFormatError, match="steps to read"):
        read(many)
    assert MAX_STEPS > 2_000_000


def test_time_is_looked_at():
    with pytest.raises(FileFormatError, match="s to read"):
        Machine(Source(b"N.", Allowance(seconds=-1.0))).run()
