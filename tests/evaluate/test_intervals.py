import pytest

from sfv.evaluate.intervals import wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_published_intervals(k, n, low, high):
    """Newcombe (1998) has 81 of 263 as 0.2553 to 0.3662."""
    assert wilson(k, n) == pytest.approx((low, high), abs=1e-4)


def test_counts_that_cannot_be_are_refused():
    for k, n in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(ValueError, match="k must lie"):
            wilson(k, n)
