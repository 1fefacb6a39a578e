"""Compressed matrices become dense ones; indices that would write elsewhere are refused."""

import numpy as np
import pytest
import scipy.sparse

from sfv.body.sparse import MAX_COLUMNS, dense
from sfv.errors import FileFormatError


@pytest.mark.parametrize("rows_first", [True, False])
def test_as_scipy_makes_them(rows_first):
    rng = np.random.default_rng(0)
    wanted = rng.normal(size=(5, 7)) * (rng.random((5, 7)) < 0.3)
    made = (scipy.sparse.csr_matrix if rows_first else scipy.sparse.csc_matrix)(wanted)
    np.testing.assert_array_equal(dense(made.data, made.indices, made.indptr, made.shape, rows_first), wanted)
    twice = dense(np.array([1.0, 2.0]), np.array([0, 0]), np.array([0, 2, 2]), (2, 2), rows_first)
    np.testing.assert_array_equal(twice, [[3, 0], [0, 0]])


@pytest.mark.parametrize(
    ("data", "indices", "indptr", "shape"),
    [
        ([1.0, 2.0], [0, 1000], [0, 1, 2], (2, 2)),
        ([1.0, 2.0], [0, -1], [0, 1, 2], (2, 2)),
        ([1.0, 2.0], [0, 1], [0, 5, 2], (2, 2)),
        ([1.0, 2.0], [0, 1], [0, 1, 9], (2, 2)),
        ([1.0, 2.0], [0, 1], [1, 1, 2], (2, 2)),
        ([1.0, 2.0], [0, 1], [0, 2], (2, 2)),
        ([1.0, 2.0], [0], [0, 1, 2], (2, 2)),
        ([1.0, 2.0], [0, 1], [0, 1, 2], (2, MAX_COLUMNS + 1)),
        ([1.0, 2.0], [0, 1], [0, 1, 2], (-2, 2)),
        ([1.0, 2.0], [0, 1], [0, 1, 2], (2,)),
        ([1.0, 2.0], [0.0, 1.0], [0, 1, 2], (2, 2)),
        (["a", "b"], [0, 1], [0, 1, 2], (2, 2)),
        ([[1.0, 2.0]], [0, 1], [0, 1, 2], (2, 2)),
    ],
)
@pytest.mark.parametrize("rows_first", [True, False])
def test_what_does_not_belong_together_is_refused(data, indices, indptr, shape, rows_first):
    with pytest.raises(FileFormatError):
        dense(np.array(data), np.array(indices), np.array(indptr), shape, rows_first)
