"""Read SMPL's own pickle files without running what they name: only arrays, sparse matrices and chumpy's wrappers are known.

SMPL's files were written under Python 2 and hold chumpy objects, a package that no longer installs. Stand-ins take their state.
"""

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

from sfv.errors import FileFormatError
from sfv.unpickle import RestrictedUnpickler, Stand, plain


class _Chumpy(Stand):
    """chumpy.ch.Ch keeps its array in ``x``; chumpy.reordering.Select keeps another object ``a`` and flat indices ``idxs``."""


class _Sparse(Stand):
    """scipy.sparse.csc_matrix or csr_matrix, of any scipy."""


def _find(module: str, name: str) -> Any:
    if module.split(".")[0] == "chumpy":
        return _Chumpy
    if module.startswith("scipy.sparse") and name in ("csc_matrix", "csr_matrix"):
        return _Sparse
    return None


def load_smpl_pickle(path: Path | str) -> dict[str, Any]:
    """Every entry of an SMPL pickle, with chumpy objects and sparse matrices turned into plain arrays.

    Raises FileFormatError for a file that is no pickle, is cut short, or names anything but arrays; nothing it names is run.
    """
    try:
        file = io.BytesIO(Path(path).read_bytes())
        content = RestrictedUnpickler(file, _find, "which no body model needs").load()
    except FileFormatError as error:
        raise FileFormatError(f"{path} was refused: {error}; give SMPL's own file, or convert it to npz") from error
    except (
        pickle.UnpicklingError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        KeyError,
        OSError,
    ) as error:
        raise FileFormatError(f"{path} is not a readable body model ({error}); download it again") from error
    if not isinstance(content, dict):
        raise FileFormatError(
            f"{path} holds a {type(content).__name__}, not a body model's table; give SMPL's own file"
        )
    return {str(name): _plain(value, f"{path}: {name}") for name, value in content.items()}


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, _Sparse):
        parts = {name: _plain(part, where) for name, part in value.__dict__.items()}
        kind = scipy.sparse.csr_matrix if parts.get("format") == "csr" else scipy.sparse.csc_matrix
        shape = parts.get("_shape", parts.get("shape"))
        return kind((parts["data"], parts["indices"], parts["indptr"]), shape=shape).toarray()
    if isinstance(value, _Chumpy):
        parts = value.__dict__
        if "x" in parts:
            return np.asarray(_plain(parts["x"], where))
        if "a" in parts and "idxs" in parts:
            picked = np.asarray(_plain(parts["a"], where)).ravel()[np.asarray(_plain(parts["idxs"], where)).ravel()]
            return picked.reshape(parts.get("preferred_shape", picked.shape))
        raise FileFormatError(
            f"{where} is a chumpy expression that is not known here; convert the file to npz with chumpy"
        )
    return plain(value)
