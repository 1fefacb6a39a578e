"""Reading ahead changes neither items nor errors, and stops with its reader."""

import threading

import pytest

from sfv.detect.blazepose.ahead import ahead


def test_same_items():
    assert list(ahead(range(50), 3)) == list(range(50))


def test_errors_come_where_they_belong():
    def read():
        yield 1
        yield 2
        raise ValueError("damaged")

    items = ahead(read(), 8)
    assert next(items) == 1
    assert next(items) == 2
    with pytest.raises(ValueError, match="damaged"):
        next(items)


def test_an_early_end_leaves_no_thread():
    made = []
    items = ahead((made.append(k) or k for k in range(10**6)), 4)
    assert next(items) == 0
    items.close()
    assert not any(thread.name == "sfv-ahead" for thread in threading.enumerate())
    assert len(made) <= 8
