"""Which implementation of ``Worlds`` runs where: MuJoCo on CPU threads, MuJoCo Warp on an NVIDIA GPU."""

import importlib.util
from typing import Literal

import mujoco
import torch

from sfv.errors import DeviceError
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.worlds import Worlds

Device = Literal["auto", "cpu", "cuda"]

_HOW = "install the extra with `pip install 'sfv[gpu]'` and a CUDA build of torch, or use the device cpu"


def choose_device(wanted: str) -> str:
    """ "cpu" or "cuda": as wanted; "auto" takes a GPU that torch can use where MuJoCo Warp is installed.

    Raises DeviceError for a GPU that is wanted and cannot be used.
    """
    if wanted not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"unknown device '{wanted}'; known: auto, cpu, cuda")
    if wanted == "cpu":
        return wanted
    if not torch.cuda.is_available():
        if wanted == "auto":
            return "cpu"
        raise DeviceError(f"torch {torch.__version__} finds no CUDA GPU; {_HOW}")
    if importlib.util.find_spec("mujoco_warp") is None:
        if wanted == "auto":
            return "cpu"
        raise DeviceError(f"mujoco-warp is not installed; {_HOW}")
    return "cuda"


def make_worlds(
    model: mujoco.MjModel, num_worlds: int, config: PhysicsConfig, device: str = "cpu", threads: int = 0
) -> Worlds:
    """Worlds of ``model`` on "cpu" (``threads`` 0: one a core) or "cuda". Raises DeviceError."""
    if device == "cpu":
        return CpuWorlds(model, num_worlds, config, threads)
    from sfv.physics.warp import WarpWorlds  # nothing on the CPU's path imports Warp

    return WarpWorlds(model, num_worlds, config, device)
