"""Result files are opened without running what they name; bad ones are refused in one sentence."""

import bz2
import gzip
import io
import lzma
import os
import pickle
import zlib

import numpy as np
import pytest
import torch
from published_files import (
    NumpyArrayWrapper,
    dump_joblib,
    write_gvhmr,
    write_phalp,
    write_slahmr,
    write_tram,
    write_wham,
)

from sfv.errors import FileFormatError
from sfv.motion.published import read_published
from sfv.motion.published.load import load

CONTENT = {
    "floats": np.arange(12, dtype=np.float32).reshape(3, 4),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "none": np.zeros((0, 3)),
    "number": np.array(3.0),
    "big endian": np.arange(3, dtype=">i4"),
    "text": np.array(["ab", "c"]),
    "flags": np.array([True, False]),
    "scalar": np.float32(2.5),
    "nested": [(1, "a", None, b"b"), {"deep": np.ones(2)}],
}


def compare(found, wanted):
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys()
        for name, value in wanted.items():
            compare(found[name], value)
    elif isinstance(wanted, (list, tuple)):
        assert type(found) is type(wanted)
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted):
            compare(one, other)
    else:
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("pack", [bytes, lambda raw: zlib.compress(raw, 3), gzip.compress, bz2.compress, lzma.compress])
def test_joblib_comes_back(tmp_path, pack):
    path = dump_joblib(CONTENT | {"objects": np.array([{"a": 1}, None, "x"], dtype=object)}, tmp_path / "a.pkl")
    path.write_bytes(pack(path.read_bytes()))
    found = load(path)
    assert found.pop("objects") == [{"a": 1}, None, "x"]
    compare(found, CONTENT)
    assert found["columns"].flags.f_contiguous


@pytest.mark.parametrize("protocol", range(6))
def test_plain_pickles_come_back(tmp_path, protocol):
    tensors = {
        "part": torch.arange(24.0).reshape(2, 3, 4)[:, 1:],
        "whole": torch.arange(3),
        "weight": torch.nn.Parameter(torch.ones(2)),
    }
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"arrays": CONTENT, "tensors": tensors}, protocol=protocol))
    found = load(tmp_path / "a.pkl")
    compare(found["arrays"], CONTENT)
    compare(found["tensors"], {name: tensor.detach().numpy() for name, tensor in tensors.items()})


@pytest.mark.parametrize("new", [True, False])
def test_torch_files_come_back(tmp_path, new):
    content = {"a": {"b": torch.arange(6.0).reshape(2, 3)}, "half": torch.ones(2, dtype=torch.bfloat16), "n": 3}
    torch.save(content, tmp_path / "a.pt", _use_new_zipfile_serialization=new)
    compare(load(tmp_path / "a.pt"), {"a": {"b": np.arange(6.0).reshape(2, 3)}, "half": np.ones(2), "n": 3})


def test_npz_with_objects(tmp_path):
    np.savez(tmp_path / "a.npz", a=np.arange(3), o=np.array({"x": np.ones(2)}, dtype=object))
    compare(load(tmp_path / "a.npz"), {"a": np.arange(3), "o": {"x": np.ones(2)}})


class Evil:
    """Would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def _joblib_of(content):
    return pickle.dumps(content)


def _npy_of(content):
    file = io.BytesIO()
    np.save(file, np.array({"a": content}, dtype=object))
    return file.getvalue()


def _npz_of(content):
    file = io.BytesIO()
    np.savez(file, a=np.array([content], dtype=object))
    return file.getvalue()


def _torch_of(content):
    file = io.BytesIO()
    torch.save({"smpl_params_global": content}, file)
    return file.getvalue()


def _old_torch_of(content):
    file = io.BytesIO()
    torch.save({"smpl_params_global": content}, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


@pytest.mark.parametrize(
    "write",
    [_joblib_of, lambda content: zlib.compress(_joblib_of(content)), _npy_of, _npz_of, _torch_of, _old_torch_of],
    ids=["pkl", "compressed", "npy", "npz", "pt", "old pt"],
)
def test_code_is_refused_and_not_run(tmp_path, write):
    path = tmp_path / "evil"
    path.write_bytes(write(Evil(tmp_path / "ran")))
    with pytest.raises(FileFormatError, match=r"evil was refused: it names (posix|nt|os)\.system"):
        read_published(path)
    assert not (tmp_path / "ran").exists()


def test_code_inside_a_storage_is_not_run(tmp_path):
    class Hidden:
        def __reduce__(self):
            return torch.storage._load_from_bytes, (_torch_of(Evil(tmp_path / "ran")),)

    (tmp_path / "a.pkl").write_bytes(pickle.dumps(Hidden()))
    with pytest.raises(FileFormatError, match="refused"):
        load(tmp_path / "a.pkl")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("target", [eval, getattr, __import__, np.load, np.memmap, os.path.join, pickle.loads])
def test_other_names_are_refused(tmp_path, target):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"a": target}))
    with pytest.raises(FileFormatError, match="which is neither an array nor a plain container"):
        load(tmp_path / "a.pkl")


def test_a_pickle_cannot_alter_what_it_may_call(tmp_path):
    """BUILD with a state for attributes, applied to the stand-in of numpy's _reconstruct."""
    name = np.zeros(1).__reduce__()[0]
    body = b"\x80\x02c" + f"{name.__module__}\n{name.__name__}\n".encode() + b"N}X\x09\x00\x00\x00_functionK\x01s\x86b."
    (tmp_path / "a.pkl").write_bytes(body)
    with pytest.raises(FileFormatError, match="alters a function"):
        load(tmp_path / "a.pkl")


def test_numbers_are_never_taken_for_objects(tmp_path):
    """A type that says "object" but asks to be read from bytes would let a file choose addresses."""

    class Lie:
        def __reduce__(self):
            make, arguments, _ = np.zeros(1).__reduce__()
            return make, arguments, (1, (8,), np.dtype("O"), False, b"\x41" * 8)

    (tmp_path / "a.pkl").write_bytes(pickle.dumps(Lie()))
    assert load(tmp_path / "a.pkl") == [0x41] * 8  # numbers, not an address


def test_records_are_refused(tmp_path):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(np.zeros(2, dtype=[("a", "f4"), ("b", "O")])))
    with pytest.raises(FileFormatError, match="records"):
        load(tmp_path / "a.pkl")


def test_arrays_that_announce_too_much_are_refused(tmp_path):
    wrapper = NumpyArrayWrapper(np.zeros(3))
    for shape in ((10**15,), (10**9, 10**9), (-1,), (10**6,)):
        wrapper.shape = shape
        state = dict(wrapper.__dict__)
        body = b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + pickle.dumps(state, protocol=2)[2:-1] + b"b."
        (tmp_path / "a.pkl").write_bytes(body)
        with pytest.raises(FileFormatError, match=r"a\.pkl"):
            load(tmp_path / "a.pkl")


def test_tensors_that_reach_beyond_their_storage_are_refused(tmp_path):
    torch_function = torch.zeros(4).__reduce_ex__(2)[0]
    assert torch_function is torch._utils._rebuild_tensor_v2
    storage = torch.zeros(4).__reduce_ex__(2)[1][0]

    class Wrong:
        def __reduce__(self):
            return torch_function, (storage, 0, (1000,), (1,), False, {})

    (tmp_path / "a.pkl").write_bytes(pickle.dumps(Wrong()))
    with pytest.raises(FileFormatError, match=r"a\.pkl was refused: a tensor reaches beyond its storage"):
        load(tmp_path / "a.pkl")


def test_endless_nesting_is_refused(tmp_path):
    loop: list = []
    loop.append(loop)
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(loop))
    with pytest.raises(FileFormatError, match=r"a\.pkl"):
        load(tmp_path / "a.pkl")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("system", ["wham", "phalp", "gvhmr", "slahmr", "tram"])
def test_truncated_files_are_refused(tmp_path, system, share):
    path = {
        "wham": write_wham, "phalp": write_phalp, "gvhmr": write_gvhmr, "slahmr": write_slahmr,
        "tram": lambda path: write_tram(tmp_path / "seq") / "hps" / "hps_track_0.npy",
    }[system](tmp_path / "file.npz")  # fmt: skip
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(FileFormatError, match=path.name) as caught:
        read_published(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 100, b"PK\x03\x04" + b"\x00" * 60, b"\x93NUMPY", b"hello world", b"x\x9cabc", pickle.dumps(3)],
)
def test_other_bytes_are_refused(tmp_path, content):
    (tmp_path / "a.pkl").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"a\.pkl"):
        read_published(tmp_path / "a.pkl")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda person: person["trans_world"].__setitem__((4, 1), np.nan), "trans_world holds NaN or infinity"),
        (lambda person: person.update(pose_world=np.zeros((60, 71))), "pose_world has shape"),
        (lambda person: person.update(pose_world="abc"), "pose_world does not hold numbers"),
        (lambda person: person.update(frame_ids=np.zeros(60)), "frames of person 3 of WHAM do not rise"),
        (lambda person: person.update(frame_ids=np.zeros(0)), "frame_ids is empty"),
        (lambda person: person.pop("betas"), "lacks betas"),
    ],
)
def test_wrong_arrays_are_refused(tmp_path, change, message):
    path = write_wham(tmp_path / "wham_output.pkl")
    content = load(path)
    content[3]["trans_world"] = content[3]["trans_world"].copy()
    change(content[3])
    dump_joblib(content, path)
    with pytest.raises(FileFormatError, match=message):
        read_published(path)


def test_matrices_that_are_no_rotations_are_refused(tmp_path):
    path = write_phalp(tmp_path / "a.pkl")
    content = load(path)
    frame = next(iter(content.values()))
    frame["smpl"][0]["global_orient"] = -np.eye(3)
    with pytest.raises(FileFormatError, match="no rotations"):
        read_published(dump_joblib(content, path))
    frame["smpl"] = []
    with pytest.raises(FileFormatError, match="differ in length"):
        read_published(dump_joblib(content, path))


def test_nobody_in_the_file(tmp_path):
    content = {name: frame | {key: [] for key in ("tid", "smpl", "camera", "size", "tracked_time")}
               for name, frame in load(write_phalp(tmp_path / "a.pkl")).items()}  # fmt: skip
    with pytest.raises(FileFormatError, match="holds no person"):
        read_published(dump_joblib(content, tmp_path / "a.pkl"))
