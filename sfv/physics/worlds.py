"""Worlds: N copies of one MuJoCo model behind torch tensors; everything above is written once against this protocol."""

from typing import Protocol, Self

import mujoco
import torch
from torch import Tensor


class Worlds(Protocol):
    """N worlds of one model, in MuJoCo's words and units. Bodies include the world body 0.

    The tensors alias the backend's arrays: they change in place with ``step`` and ``reset``, are read-only for callers (only
    ``objects`` writes into qpos and qvel, where its free bodies are), and may be float32 or float64. Derived ones always belong
    to the present qpos and qvel, but for the two of the ground after ``step``: those are of the beginning of its last physics
    step, when MuJoCo last looked for contacts.
    """

    @property
    def model(self) -> mujoco.MjModel:
        """The model that all worlds share."""
        ...

    @property
    def num_worlds(self) -> int:
        """N."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        ...

    @property
    def asynchronous(self) -> bool:
        """The device works on while Python goes ahead: to read a number back is to wait for it."""
        ...

    qpos: Tensor
    """Shape (N, nq)."""
    qvel: Tensor
    """Shape (N, nv): root velocity in the world frame, root spin and ball joints in their body's frame."""
    xpos: Tensor
    """Origins of the bodies in the world. Shape (N, nbody, 3)."""
    xquat: Tensor
    """Orientations of the bodies in the world. Shape (N, nbody, 4)."""
    cvel: Tensor
    """Angular, then linear velocity of each body, world axes, taken at its tree's centre of mass. Shape (N, nbody, 6)."""
    subtree_com: Tensor
    """Centre of mass of each body with everything it carries, in the world. Shape (N, nbody, 3)."""
    ground_contact: Tensor
    """Whether each body touches the ground. Shape (N, nbody), bool."""
    ground_distance: Tensor
    """Distance of each body's deepest ground contact, negative inside the ground, 0 without contact. Shape (N, nbody)."""
    ctrl: Tensor
    """Controls of the last step. Shape (N, nu)."""
    pushed: Tensor
    """Force, then torque that each body was pushed with during the last step. Shape (N, nbody, 6)."""
    sensordata: Tensor
    """What the model's sensors measured, at the time of the two of the ground; of worlds that were stepped or reset, not adopted.
    Shape (N, nsensordata)."""
    diverged: Tensor
    """Worlds whose physics failed since their last reset: their state means nothing. Shape (N,), bool."""

    def reset(self, ids: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """Put worlds ``ids`` (K,) into a state (K, nq), (K, nv); everything else of theirs is forgotten."""
        ...

    def spawn(self, num_worlds: int) -> Self:
        """Other worlds of the same model on the same backend, standing in its initial pose."""
        ...

    def adopt(self, ids: Tensor, source: Self, rows: slice | Tensor) -> None:
        """Put worlds ``ids`` (K,) into the states in which worlds ``rows`` of ``source`` were left by a reset."""
        ...

    def adopt_where(self, chosen: Tensor, source: Self, rows: Tensor) -> None:
        """The same for the worlds that are ``chosen`` (N,), bool, each from world ``rows`` (N,) of ``source``."""
        ...

    def step(self, ctrl: Tensor, late: Tensor | None = None) -> None:
        """Advance all worlds by one control step. Shape (N, nu).

        ``late`` (N,), int64: for so many physics steps the controls of the step before stay; None: for none.
        """
        ...

    def push(self, ids: Tensor, body: int, force: Tensor) -> None:
        """Apply forces (K, 3), newtons, world axes, at a body's centre of mass during the next control step only.

        With shape (K, 6) torques follow, newton metres.
        """
        ...

    def parameter(self, name: str) -> Tensor:
        """A model parameter of each world, one of ``PARAMETERS``, as a tensor that may be written. Shape (N, ...).

        After writing ``parameters_changed`` must be called.
        """
        ...

    def parameters_changed(self, chosen: Tensor) -> None:
        """Compute what follows from the parameters of the ``chosen`` worlds (N,), bool."""
        ...

    def check(self) -> None:
        """Wait for the device; raises CapacityError if contacts or constraints were lost for want of room since the last check."""
        ...

    def save_state(self) -> dict[str, Tensor]:
        """Copies of all that the next steps depend on."""
        ...

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Return to what ``save_state`` gave: the steps that follow are the same, bit for bit."""
        ...
