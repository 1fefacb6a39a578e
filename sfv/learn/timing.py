"""Short timings at the start of a run: which arithmetic and how many threads make an update fastest on this machine."""

import os
import time

import torch

from sfv.learn.config import TrainConfig
from sfv.learn.ppo.network import ImitationNetwork

MIN_GAIN = 1.15
"""bfloat16 or more threads must be faster by this factor: a tie goes to the plainer choice."""
_ROUNDS = 3  # the best of so many counts, since other programs disturb single ones


def choose_precision(network: ImitationNetwork, config: TrainConfig) -> str:
    """ "float32" or "bfloat16" for the hidden layers: as configured, or the faster one."""
    if config.precision != "auto":
        return config.precision
    plain, low = _seconds(network, config.batch_size, False), _seconds(network, config.batch_size, True)
    return "bfloat16" if plain > MIN_GAIN * low else "float32"


def networks_side_by_side(config: TrainConfig, device: torch.device) -> bool:
    """Whether policy and value network are computed at the same time: wherever two threads of a CPU are there and allowed."""
    return device.type == "cpu" and (os.cpu_count() or 1) > 1 and config.torch_threads != 1


def choose_threads(network: ImitationNetwork, config: TrainConfig) -> int:
    """Threads of each torch operation: the configured ones less those for the other network, or the fewest that are nearly
    as fast as any.

    On one or two cores always one: with two, torch falls to a fifth of its speed as soon as another program is busy.
    """
    cores = os.cpu_count() or 1
    if network.device.type != "cpu":
        return 1
    if config.torch_threads > 0:
        return max(config.torch_threads // 2, 1)
    before = torch.get_num_threads()
    best, seconds = 1, float("inf")
    for threads in (1, *(2**k for k in range(1, 5) if cores > 2 and 2 ** (k + 1) <= cores)):
        torch.set_num_threads(threads)
        taken = _seconds(network, config.batch_size, False) if cores > 2 else 0.0
        if seconds > MIN_GAIN * taken:
            best, seconds = threads, taken
    torch.set_num_threads(before)
    return best


def _seconds(network: ImitationNetwork, batch: int, low_precision: bool) -> float:
    """Seconds of one forward and backward pass of a minibatch."""
    before, network.low_precision = network.low_precision, low_precision
    observations = torch.zeros(batch, network.features_dim, device=network.device)
    best = float("inf")
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        features = network.features(observations)
        (network.action_means(features).sum() + network.feature_values(features).sum()).backward()
        _wait(network)
        best = min(best, time.perf_counter() - start)
    network.zero_grad()
    network.low_precision = before
    return best


def _wait(network: ImitationNetwork) -> None:
    """Until the device, which may work on by itself, is done."""
    if network.device.type == "cuda":
        torch.cuda.synchronize(network.device)
