"""What a file may ask for."""

import lzma
import os
import zlib
from contextlib import suppress

import numpy as np
import pytest

from sfv import budget
from sfv.errors import FileFormatError
from sfv.files import read_npz, save_npz


def test_pipes_devices_folders_and_nothing_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, words in (
        (tmp_path / "pipe", "a pipe"),
        ("/dev/zero", "a device"),
        (tmp_path, "is a folder"),
        (tmp_path / "no", "does not exist"),
    ):
        with pytest.raises(FileFormatError, match=words):
            budget.regular_file(path)


@pytest.mark.parametrize(("pack", "unpack"), [(lzma.compress, budget.unpack_xz), (zlib.compress, budget.unpack_zlib)])
def test_a_stream_is_unpacked_up_to_the_budget(monkeypatch, pack, unpack):
    assert unpack(pack(b"a" * 1000), "f") == b"a" * 1000
    monkeypatch.setattr(budget, "CONTENT_BYTES", 999)
    with pytest.raises(FileFormatError, match="asks for"):
        unpack(pack(b"a" * 100_000), "f")
    with pytest.raises(FileFormatError, match="ends too early"):
        unpack(pack(b"a" * 100)[:-6], "f")


def test_json_of_any_depth_is_a_value_or_one_sentence(tmp_path):
    (tmp_path / "deep.json").write_text("[" * 200_000)
    with pytest.raises(FileFormatError, match="nested too deeply"):
        budget.read_json(tmp_path / "deep.json")
    (tmp_path / "bom.json").write_text("\ufeff[1]", encoding="utf-8")
    assert budget.read_json(tmp_path / "bom.json") == [1]


def test_depth_is_measured_without_recursion_and_each_object_once():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(FileFormatError, match="levels deep"):
        budget.within_depth(deep, "f")
    wide: list = [1]
    for _ in range(40):
        wide = [wide, wide]
    budget.within_depth(wide, "f")


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "a.npz"
    save_npz(
        path,
        "test",
        1,
        {"x": np.arange(1000.0), "name": "walk", "none": np.zeros((0, 3)), "f": np.asfortranarray(np.eye(3))},
    )
    return path


def test_arrays_come_back_writable_and_in_shape(npz):
    data = read_npz(npz)
    assert data["x"][-1] == 999
    assert data["none"].shape == (0, 3)
    assert str(data["name"]) == "walk"
    data["f"][0, 0] = 5


def test_any_flipped_bit_is_a_sentence_or_the_same_content(npz):
    whole, content = read_npz(npz), npz.read_bytes()
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        npz.write_bytes(damaged)
        with suppress(FileFormatError):
            for name, array in read_npz(npz).items():
                assert name not in whole or np.array_equal(array, whole[name])
    for cut in range(0, len(content), 50):
        npz.write_bytes(content[:cut])
        with pytest.raises(FileFormatError):
            read_npz(npz)


def test_a_head_that_promises_more_than_there_is_makes_nothing(tmp_path):
    import io
    import zipfile

    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (2**40, 3)})
    with zipfile.ZipFile(tmp_path / "giant.npz", "w") as archive:
        archive.writestr("x.npy", head.getvalue())
    with pytest.raises(FileFormatError, match="more than the file holds"):
        read_npz(tmp_path / "giant.npz")


def test_objects_are_refused_or_left_out(tmp_path):
    np.savez(tmp_path / "o.npz", x=np.arange(3), latent=np.array({"a": 1}, dtype=object))
    with pytest.raises(FileFormatError, match="objects"):
        read_npz(tmp_path / "o.npz")
    assert list(read_npz(tmp_path / "o.npz", objects="leave out")) == ["x"]
