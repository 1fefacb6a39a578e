"""Read SMPL's own pickle files without running what they name: only arrays, sparse matrices and chumpy's wrappers are known.

SMPL's files were written under Python 2 and hold chumpy objects, a package that no longer installs. Stand-ins take their state.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.body.sparse import dense
from sfv.budget import Allowance, check_content, read_bytes, reading, refusing
from sfv.errors import FileFormatError
from sfv.unpickle import Machine, Maker, Source, Stand, plain
from sfv.unpickle.stands import Settle

_MEND = "give SMPL's own file, or convert it to npz"


class _Chumpy(Stand):
    """chumpy.ch.Ch keeps its array in ``x``; chumpy.reordering.Select keeps another object ``a`` and flat indices ``idxs``."""

    def made(self, settle: Settle) -> np.ndarray:
        parts = self.attributes
        if "x" in parts:
            return _array(settle(parts["x"]))
        if "a" in parts and "idxs" in parts:
            whole, indices = _array(settle(parts["a"])), _array(settle(parts["idxs"])).astype(np.int64)
            check_content(indices.size * whole.itemsize, "it")
            picked = whole.ravel()[indices.ravel()]
            return picked.reshape(parts.get("preferred_shape", picked.shape))
        raise FileFormatError(
            "it holds a chumpy expression that is not known here: convert the file to npz with chumpy"
        )


def _array(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else np.asarray(value, dtype=float)


class _Columns(Stand):
    """scipy.sparse.csc_matrix, of any scipy."""

    rows_first = False

    def made(self, settle: Settle) -> np.ndarray:
        parts = self.attributes
        data, indices, indptr = (settle(parts.get(name)) for name in ("data", "indices", "indptr"))
        return dense(data, indices, indptr, parts.get("_shape", parts.get("shape")), self.rows_first)


class _Rows(_Columns):
    """scipy.sparse.csr_matrix, of any scipy."""

    rows_first = True


def _find(module: str, name: str) -> Maker | None:
    if module.split(".")[0] == "chumpy":
        return Maker.of(_Chumpy)
    if module.startswith("scipy.sparse") and name in ("csc_matrix", "csr_matrix"):
        return Maker.of(_Rows if name == "csr_matrix" else _Columns)
    return None


def load_smpl_pickle(path: Path | str) -> dict[str, Any]:
    """Every entry of an SMPL pickle, with chumpy objects and sparse matrices turned into plain arrays.

    Raises FileFormatError for a file that is no pickle, is cut short, names anything but arrays, or asks for more than the budget;
    nothing it names is run.
    """
    content = read_bytes(path)
    allowance = Allowance()
    with refusing(path, _MEND), reading(path, "body model", "download it again"):
        allowance.spend(len(content))
        found = plain(Machine(Source(content, allowance), _find, "which no body model needs").run())
        if not isinstance(found, dict):
            raise FileFormatError(f"it holds a {type(found).__name__}, not a body model's table")
        return {str(name): value for name, value in found.items()}
