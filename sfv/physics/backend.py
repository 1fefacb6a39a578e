"""Which implementation of ``Worlds`` runs where: MuJoCo on CPU threads, MuJoCo Warp on an NVIDIA GPU."""

import importlib.util
from typing import get_args

import mujoco
import torch

from sfv.character import Character
from sfv.environment import Environment
from sfv.errors import DeviceError, UnknownNameError
from sfv.physics.config import Device, PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import BuildModel, build_model
from sfv.physics.objects import WithObjects
from sfv.physics.worlds import Worlds

_HOW = "install the extra with `pip install 'sfv[gpu]'` and a CUDA build of torch, or use the device cpu"


def choose_device(wanted: str) -> str:
    """The device as wanted; "auto" takes a GPU that torch can use where MuJoCo Warp is installed.

    Raises DeviceError for a GPU that is wanted and cannot be used.
    """
    if wanted not in get_args(Device):
        raise UnknownNameError("device", wanted, get_args(Device))
    if wanted in ("cpu", "warp:cpu"):
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
    """Worlds of ``model`` on a device of ``choose_device``; ``threads`` of a CPU, 0: one a core. Raises DeviceError."""
    if device == "cpu":
        return CpuWorlds(model, num_worlds, config, threads)
    from sfv.physics.warp import WarpWorlds  # nothing on the CPU's path imports Warp

    return WarpWorlds(model, num_worlds, config, device.removeprefix("warp:"))


def make_character_worlds(
    character: Character,
    environment: Environment,
    config: PhysicsConfig,
    num_worlds: int,
    device: str = "cpu",
    threads: int = 0,
    build: BuildModel = build_model,
) -> Worlds:
    """Worlds of a character in an environment, the environment's objects behind it where there are any. Raises DeviceError.

    ``build`` is called as ``build_model`` is; one that remembers its models saves whoever makes many worlds their compilation.
    """
    model, objects = build(character, environment, config), environment.objects
    if not objects:
        return make_worlds(model, num_worlds, config, device, threads)
    whole = build(character, environment, config, objects)
    return WithObjects(make_worlds(whole, num_worlds, config, device, threads), model, objects)
