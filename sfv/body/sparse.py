"""Compressed sparse matrices as dense ones, every index checked: scipy's conversion writes wherever a file's indices say."""

from typing import Any

import numpy as np

from sfv.errors import FileFormatError

MAX_ROWS, MAX_COLUMNS, MAX_ENTRIES = 1000, 100_000, 20_000_000
"""Largest joint regressor: every SMPL model stays below 150 joints and 11,000 vertices."""
_KINDS = "biuf"


def dense(data: Any, indices: Any, indptr: Any, shape: Any, rows_first: bool) -> np.ndarray:
    """Matrix of compressed rows (CSR, ``rows_first``) or columns (CSC), entries that stand twice added up. Shape (R, C), float64.

    Args:
        data: values. Shape (N,).
        indices: column (row) of each value. Shape (N,), int.
        indptr: where each row (column) begins in ``data``, and N behind the last one. Shape (R + 1,) or (C + 1,), int.
        shape: rows and columns.
        rows_first: whether rows are compressed.

    Raises FileFormatError where these do not belong together.
    """
    rows, columns = _shape(shape)
    lines, width = (rows, columns) if rows_first else (columns, rows)
    values = _row(data, "values", _KINDS).astype(float)
    place, start = _row(indices, "indices", "iu"), _row(indptr, "beginnings", "iu")
    if len(place) != len(values) or len(start) != lines + 1:
        raise FileFormatError(
            f"a sparse matrix in it has {len(values)} values, {len(place)} indices and {len(start)} beginnings for {lines} lines"
        )
    if int(start[0]) != 0 or int(start[-1]) != len(values) or (start[1:] < start[:-1]).any():
        raise FileFormatError("the lines of a sparse matrix in it do not follow each other")
    if len(place) and not (int(place.min()) >= 0 and int(place.max()) < width):
        raise FileFormatError(f"a sparse matrix in it has an index outside of its shape ({rows}, {columns})")
    line = np.repeat(np.arange(lines), np.diff(start.astype(np.int64)))
    flat = line * width + place.astype(np.int64)
    made = np.bincount(flat, weights=values, minlength=lines * width).reshape(lines, width)
    return made if rows_first else made.T


def _shape(shape: Any) -> tuple[int, int]:
    pair = tuple(shape) if isinstance(shape, (tuple, list)) else ()
    if len(pair) != 2 or not all(isinstance(length, (int, np.integer)) for length in pair):
        raise FileFormatError("a sparse matrix in it has no shape of two numbers")
    rows, columns = int(pair[0]), int(pair[1])
    if not (0 < rows <= MAX_ROWS and 0 < columns <= MAX_COLUMNS and rows * columns <= MAX_ENTRIES):
        raise FileFormatError(
            f"a sparse matrix in it has shape ({rows}, {columns}); up to {MAX_ROWS} rows, {MAX_COLUMNS} columns and "
            f"{MAX_ENTRIES} entries are read"
        )
    return rows, columns


def _row(value: Any, what: str, kinds: str) -> np.ndarray:
    if not isinstance(value, np.ndarray) or value.ndim != 1 or value.dtype.kind not in kinds:
        raise FileFormatError(f"the {what} of a sparse matrix in it are no row of numbers")
    return value
