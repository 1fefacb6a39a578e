"""SMPL's layout: which arrays a body model's file holds, their shapes, and what their numbers can be."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.files import names_of
from sfv.motion.fields import LARGEST

JOINTS = 24
_KEYS = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table", "f")
_POSE_DIRECTIONS = 9 * (JOINTS - 1)
_VERTICES = (100, 100_000)
_OTHERS = {52: "SMPL-H", 55: "SMPL-X", 16: "MANO", 5: "FLAME", 35: "SMAL", 33: "SMAL"}
"""Numbers of joints of models that are asked for in SMPL's place."""


def layout_of(raw: Mapping[str, Any], path: Path | str) -> dict[str, np.ndarray]:
    """The arrays of SMPL's layout, of V vertices, B shape directions and F triangles, out of a file's content.

    Raises FileFormatError for other models, shapes that do not belong together, NaN, and indices of vertices and joints that are none.
    """
    missing = [key for key in _KEYS if key not in raw]
    if missing:
        raise FileFormatError(
            f"{path} lacks {', '.join(missing)}; it is not a body model in SMPL's layout: it holds {names_of(raw)}"
        )
    arrays: dict[str, Any] = {key: raw[key] if isinstance(raw[key], np.ndarray) else np.zeros(()) for key in _KEYS}
    joints = arrays["weights"].shape[1] if arrays["weights"].ndim == 2 else 0
    if joints in _OTHERS:
        raise FileFormatError(
            f"{path} is not SMPL's layout of {JOINTS} joints: it holds {joints} joints, as {_OTHERS[joints]} has; give an SMPL file"
        )
    vertices, faces = (len(arrays[key]) if arrays[key].ndim else 0 for key in ("v_template", "f"))
    directions = arrays["shapedirs"].shape[-1] if arrays["shapedirs"].ndim == 3 else 1
    shapes = {
        "v_template": (vertices, 3), "shapedirs": (vertices, 3, directions), "posedirs": (vertices, 3, _POSE_DIRECTIONS),
        "J_regressor": (JOINTS, vertices), "weights": (vertices, JOINTS), "kintree_table": (2, JOINTS), "f": (faces, 3),
    }  # fmt: skip
    wrong = [key for key, shape in shapes.items() if arrays[key].shape != shape or arrays[key].dtype.kind not in "iuf"]
    if wrong or not (_VERTICES[0] <= vertices <= _VERTICES[1] and 0 < faces <= 4 * vertices and directions):
        raise FileFormatError(
            f"{path} is not SMPL's layout of {JOINTS} joints ({', '.join(wrong) or 'its sizes'} do not fit)"
        )
    for key, array in arrays.items():
        if key != "kintree_table" and not (np.isfinite(array).all() and float(np.abs(array).max()) <= LARGEST):
            raise FileFormatError(f"{path} holds NaN, infinity or absurd numbers in {key}; download or build it again")
    if (arrays["f"] < 0).any() or (arrays["f"] >= vertices).any():
        raise FileFormatError(f"{path} has triangles of vertices that are not there; download or build it again")
    parents = arrays["kintree_table"][0]
    if not all(0 <= parents[joint] < joint for joint in range(1, JOINTS)):  # NaN and infinity are no number below
        raise FileFormatError(f"{path} has joints whose parent does not come before them; download or build it again")
    return arrays
