"""Small tensors of numbers that never change."""

from functools import lru_cache

import torch
from torch import Tensor


@lru_cache
def constants(values: tuple[float, ...], device: torch.device) -> Tensor:
    """The same few numbers as a tensor, copied to the device only once."""
    return torch.tensor(values, device=device)
