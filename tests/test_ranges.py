"""Ranges of settings."""

import math
from dataclasses import dataclass
from typing import Annotated

import pytest

from sfv.errors import SettingError
from sfv.ranges import Checked, Range


@dataclass(frozen=True)
class _Config(Checked):
    substeps: Annotated[int, Range(1, 100)] = 2
    rate: Annotated[float | None, Range(0, open_low=True)] = None
    hidden: tuple[Annotated[int, Range(1)], ...] = (4,)
    free: float = 0.0


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"substeps": 0}, "substeps must be at least 1 and at most 100; it is 0"),
        ({"substeps": 101}, "at most 100"),
        ({"rate": 0.0}, "above 0"),
        ({"rate": math.nan}, "nan"),
        ({"hidden": (4, 0)}, "at least 1"),
        ({"free": math.inf}, "a finite number"),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range(setting, words):
    with pytest.raises(SettingError, match=words):
        _Config(**setting)


def test_what_is_in_range_is_taken():
    assert _Config(substeps=100, rate=0.1, hidden=()).rate == 0.1
