"""One training in several processes of one machine, a GPU each (``torchrun``): own worlds, one network.

Every process simulates its own worlds and computes gradients on its own samples; gradients and the observations' statistics are
averaged, so all networks stay the same. Process 0 alone evaluates, reports and writes what a run folder holds.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True)
class Ranks:
    """Which process of how many this is. Alone, nothing is ever sent."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """This process evaluates, reports and writes."""
        return self.rank == 0

    def average(self, tensor: Tensor) -> Tensor:
        """Mean over the processes, in place."""
        if self.size > 1:
            dist.all_reduce(tensor)
            tensor /= self.size
        return tensor

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Mean of each gradient over the processes: one message for all of them."""
        if self.size == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = self.average(torch.cat([gradient.flatten() for gradient in gradients]))
        for gradient, mean in zip(gradients, flat.split([gradient.numel() for gradient in gradients])):
            gradient.copy_(mean.view_as(gradient))

    def share(self, tensors: Iterable[Tensor]) -> None:
        """Replace every process's tensors by those of process 0."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def meet(self) -> None:
        """Wait for all processes."""
        if self.size > 1:
            dist.barrier()

    def decide(self, choice: bool, device: torch.device) -> bool:
        """What process 0 chose."""
        if self.size == 1:
            return choice
        flag = torch.tensor(int(choice), device=device)
        dist.broadcast(flag, 0)
        return bool(flag)


def join_ranks(device: str) -> Ranks:
    """Meet the other processes that ``torchrun`` started; alone where it started none or only this one."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Ranks()
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return Ranks(dist.get_rank(), size)


def own_device(device: str) -> str:
    """The GPU that is this process's own, where there are several processes."""
    local = os.environ.get("LOCAL_RANK")
    return f"cuda:{local}" if device == "cuda" and local is not None else device


def leave_ranks() -> None:
    """Part from the other processes, if there are any."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
