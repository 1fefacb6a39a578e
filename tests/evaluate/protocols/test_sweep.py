import numpy as np
import pytest
import torch

from sfv.evaluate.protocols.result import mean_row, share_row
from sfv.evaluate.protocols.sweep import Level, Sweep
from sfv.evaluate.protocols.trials import Played


def played(survived):
    survived = torch.tensor(survived)
    steps = torch.where(survived, 10, 4)
    rewards = 0.8 * (torch.arange(10) < steps[:, None])
    how = ["" if alive else "hand touched the ground" for alive in survived.tolist()]
    phase, poses = torch.full((len(survived),), 0.4), torch.zeros(len(survived), 3, 8)
    return Played(survived, steps, rewards.float(), torch.full_like(steps, 10), phase, how, poses, 30.0)


def sweep(counts, nominal):
    """``counts``: level -> how many of ten come to the end."""
    out = Sweep("parameters", "mass")
    for value, count in counts.items():
        level = Level("mass", value, f"mass {value:g}", nominal=value == nominal)
        out.enter(level, played([True] * count + [False] * (10 - count)), slice(0, 10))
    return out.result()


def ranges(result):
    return {row.metric: (row.value, row.low, row.high) for row in result.rows if row.metric in ("lowest", "highest")}


def test_the_range_ends_before_the_first_level_that_does_not_hold():
    result = sweep({0.5: 10, 0.8: 5, 1.0: 10, 1.2: 9, 1.5: 8, 2.0: 10}, 1.0)
    assert ranges(result) == {"lowest": (1.0, 0.8, 1.0), "highest": (1.2, 1.2, 1.5)}
    (failure,) = result.failures
    assert (failure.setting, failure.failed, failure.n) in (("mass 1.2", 1, 10), ("mass 0.8", 5, 10))
    assert (failure.how, failure.phase) == ("hand touched the ground", pytest.approx(0.4))
    assert failure.seconds == pytest.approx(4 / 30)


def test_what_holds_everywhere_has_no_end():
    assert ranges(sweep({0.5: 10, 1.0: 10, 2.0: 9}, 1.0)) == {"lowest": (0.5, None, 0.5), "highest": (2.0, 2.0, None)}
    assert ranges(sweep({0.0: 10, 1.0: 10}, 0.0)) == {"highest": (1.0, 1.0, None)}


def test_no_range_where_it_fails_with_nothing_changed():
    result = sweep({0.5: 10, 1.0: 8}, 1.0)
    assert ranges(result) == {}
    assert "less than 90%" in result.notes[0]


def test_rows_of_a_level():
    rows = {(row.metric, row.level): row for row in sweep({1.0: 10, 2.0: 5}, 1.0).rows}
    half = rows[("completion", 2.0)]
    assert (half.value, half.n) == (0.5, 10)
    assert (half.low, half.high) == pytest.approx((0.2366, 0.7634), abs=1e-3)
    assert rows[("nr", 2.0)].value == pytest.approx(0.5 * 0.8 + 0.5 * 0.32)
    assert rows[("nr", 1.0)].low == pytest.approx(0.8)


def test_intervals_of_means_and_shares():
    row = mean_row("p", "s", "nr", np.array([0.9, 1.0, 0.95, 0.99]))
    assert row.low < row.value < row.high == 1.0
    assert mean_row("p", "s", "root_apart", np.array([1.0, 3.0])).high == pytest.approx(
        2.0 + 1.96 * np.sqrt(2 / 2), abs=1e-3
    )
    assert share_row("p", "s", "completion", 32, 32).low == pytest.approx(0.893, abs=1e-3)
