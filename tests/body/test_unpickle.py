"""The restricted reader of SMPL's pickles: knows arrays, sparse matrices and chumpy's wrappers, and runs nothing."""

import os
import pickle
import sys
import types

import numpy as np
import pytest
import scipy.sparse

from sfv.body import load_body
from sfv.body.model import OPEN_BODY
from sfv.body.unpickle import load_smpl_pickle
from sfv.errors import FileFormatError


@pytest.fixture
def chumpy(monkeypatch):
    """A package of chumpy's name, present only while the file is written."""

    class Ch:
        def __init__(self, x):
            self.x = x

    class Select:
        def __init__(self, a, idxs, preferred_shape):
            self.a, self.idxs, self.preferred_shape = a, idxs, preferred_shape

    class Add:
        def __init__(self, a, b):
            self.a, self.b = a, b

    for name, cls, module in (("Ch", Ch, "ch"), ("Select", Select, "reordering"), ("Add", Add, "ch")):
        cls.__module__, cls.__qualname__ = f"chumpy.{module}", name
        holder = sys.modules.get(f"chumpy.{module}") or types.ModuleType(f"chumpy.{module}")
        setattr(holder, name, cls)
        monkeypatch.setitem(sys.modules, f"chumpy.{module}", holder)
    package = types.ModuleType("chumpy")
    monkeypatch.setitem(sys.modules, "chumpy", package)
    return types.SimpleNamespace(Ch=Ch, Select=Select, Add=Add)


def _write(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", [0, 1, 2])
def test_a_pickle_in_smpls_manner_becomes_a_body(tmp_path, chumpy, monkeypatch, protocol):
    with np.load(OPEN_BODY) as data:
        arrays = {name: data[name] for name in data.files if name not in ("source", "body_name")}
    shapes = arrays["shapedirs"].astype(float)
    content = arrays | {
        "v_template": chumpy.Ch(arrays["v_template"].astype(float)),
        "shapedirs": chumpy.Select(chumpy.Ch(shapes), np.arange(shapes.size), shapes.shape),
        "J_regressor": scipy.sparse.csc_matrix(arrays["J_regressor"]),
        "kintree_table": arrays["kintree_table"].astype(np.uint32),
        "bs_type": "lrotmin",
        "scale": np.float64(1.0),
    }
    path = _write(tmp_path / "SMPL_NEUTRAL.pkl", content, protocol)
    for name in [name for name in sys.modules if name.split(".")[0] == "chumpy"]:
        monkeypatch.delitem(sys.modules, name)
    body, same = load_body(path), load_body(OPEN_BODY)
    assert body.name == "smpl"
    betas = np.linspace(-1, 1, 10)
    np.testing.assert_allclose(body.rest_joints(betas), same.rest_joints(betas), atol=1e-6)


def test_code_is_refused_and_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'ran'}",)

    path = _write(tmp_path / "evil.pkl", {"v_template": Evil()})
    with pytest.raises(FileFormatError, match="system"):
        load_smpl_pickle(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("target", [eval, __import__, getattr, os.path.join])
def test_other_callables_are_refused(tmp_path, target):
    with pytest.raises(FileFormatError, match="no body model needs"):
        load_smpl_pickle(_write(tmp_path / "model.pkl", {"f": target}))


def test_unknown_chumpy_expressions_are_refused(tmp_path, chumpy):
    path = _write(tmp_path / "model.pkl", {"v_template": chumpy.Add(1, 2)})
    with pytest.raises(FileFormatError, match="chumpy expression"):
        load_smpl_pickle(path)


@pytest.mark.parametrize(
    "content", [b"", b"not a pickle", pickle.dumps({"a": np.zeros(9)})[:-20], pickle.dumps([1, 2])]
)
def test_broken_files_are_refused(tmp_path, content):
    path = tmp_path / "model.pkl"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"model\.pkl"):
        load_smpl_pickle(path)
