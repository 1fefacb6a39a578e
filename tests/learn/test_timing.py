from dataclasses import replace

import pytest
import torch

from sfv.learn import timing
from sfv.learn.config import TrainConfig
from sfv.learn.ppo.network import build_network


@pytest.fixture
def network():
    return build_network(12, 4, (16,))


@pytest.mark.parametrize(("low", "expected"), [(0.5, "bfloat16"), (0.99, "float32"), (3.0, "float32")])
def test_low_precision_only_where_it_is_faster(network, monkeypatch, low, expected):
    monkeypatch.setattr(timing, "_seconds", lambda network, batch, low_precision: low if low_precision else 1.0)
    assert timing.choose_precision(network, TrainConfig()) == expected


def test_a_wish_is_not_questioned(network, monkeypatch):
    monkeypatch.setattr(timing, "_seconds", lambda *_: pytest.fail("nothing is to be timed"))
    assert timing.choose_precision(network, TrainConfig(precision="bfloat16")) == "bfloat16"
    assert timing.choose_threads(network, TrainConfig(torch_threads=1)) == 1
    assert timing.choose_threads(network, TrainConfig(torch_threads=6)) == 3  # for each of the two networks


def test_two_cores_get_one_thread_and_more_only_where_it_helps(network, monkeypatch):
    before = torch.get_num_threads()
    monkeypatch.setattr(timing.os, "cpu_count", lambda: 2)
    assert timing.choose_threads(network, TrainConfig()) == 1
    monkeypatch.setattr(timing.os, "cpu_count", lambda: 16)
    speeds = {1: 1.0, 2: 0.6, 4: 0.4, 8: 0.39}
    monkeypatch.setattr(timing.torch, "set_num_threads", lambda count: speeds.update(now=speeds.get(count, 1.0)))
    monkeypatch.setattr(timing, "_seconds", lambda *_: speeds["now"])
    assert timing.choose_threads(network, TrainConfig()) == 4
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(("cores", "wish", "expected"), [(1, 0, False), (2, 0, True), (2, 1, False), (8, 4, True)])
def test_networks_share_the_cores_where_there_are_two(monkeypatch, cores, wish, expected):
    monkeypatch.setattr(timing.os, "cpu_count", lambda: cores)
    assert timing.networks_side_by_side(TrainConfig(torch_threads=wish), torch.device("cpu")) is expected
    assert not timing.networks_side_by_side(TrainConfig(torch_threads=wish), torch.device("cuda"))


def test_timing_leaves_no_trace(network):
    timing.choose_precision(network, replace(TrainConfig(), batch_size=64))
    assert network.low_precision is False
    assert all(parameter.grad is None or not parameter.grad.any() for parameter in network.parameters())
