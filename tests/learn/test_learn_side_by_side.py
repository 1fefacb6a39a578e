import threading

import pytest
import torch

from sfv.learn.side_by_side import SideBySide


@pytest.mark.parametrize("parallel", [False, True])
def test_both_results_in_order_with_the_callers_grad_mode(parallel):
    weight = torch.ones(3, requires_grad=True)
    both = SideBySide(parallel)

    def work():
        return threading.get_ident(), (2 * weight).sum()

    (first, one), (second, two) = both.both(work, work)
    assert (first != second) is parallel
    assert one.requires_grad
    assert two.requires_grad
    with torch.no_grad():
        (_, one), (_, two) = both.both(work, work)
    assert not one.requires_grad
    assert not two.requires_grad


@pytest.mark.parametrize("parallel", [False, True])
def test_an_error_of_the_second_is_not_lost(parallel):
    def fail():
        raise ArithmeticError("second")

    with pytest.raises(ArithmeticError, match="second"):
        SideBySide(parallel).both(lambda: 1, fail)
