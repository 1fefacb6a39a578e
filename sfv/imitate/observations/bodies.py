"""Where all bodies are and how they move, as seen from the character's heading, and the reference's table of it."""

from dataclasses import dataclass

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.state.heading import end_effectors_in_heading, heading, to_heading
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.rotations import quat_conjugate, quat_multiply, quat_rotate


@dataclass(frozen=True)
class BodyStates:
    """All bodies but the world, of N characters."""

    position: Tensor
    """Horizontally relative to the root in its heading frame, vertically the height above the ground. Shape (N, B, 3)."""
    rotation: Tensor
    """In the heading frame. Shape (N, B, 4)."""
    linear: Tensor
    """Velocity of the body's origin in the world, m/s. Shape (N, B, 3)."""
    angular: Tensor
    """Angular velocity in the world, rad/s. Shape (N, B, 3)."""


def body_states(
    xpos: Tensor, xquat: Tensor, cvel: Tensor, com: Tensor, root: int, ground: GroundBelow | None = None
) -> BodyStates:
    """From MuJoCo's arrays, world body included; ``com`` (N, 3) is the point at which ``cvel`` measures velocities, ``ground``
    what heights are measured from (None: level).

    Shapes (N, nbody, 3 / 4 / 6).
    """
    turn = to_heading(xquat[:, root])[:, None]
    angular = cvel[:, 1:, :3]
    linear = cvel[:, 1:, 3:] + torch.linalg.cross(angular, xpos[:, 1:] - com[:, None])
    height = xpos[:, 1:] if ground is None else ground.above(xpos[:, 1:])
    position = end_effectors_in_heading(height, xpos[:, root], heading(xquat[:, root]))
    return BodyStates(position, quat_multiply(turn.expand_as(xquat[:, 1:]), xquat[:, 1:]), linear, angular)


class BodyTable:
    """``BodyStates`` of every frame of a reference."""

    def __init__(self, library: MotionLibrary, model: mujoco.MjModel, skeleton: ModelLayout) -> None:
        """Run the model's kinematics over the reference table."""
        self._library = library
        frame = library.first_cycles()
        data = mujoco.MjData(model)
        shape = (library.rows, model.nbody)
        xpos, xquat, cvel = np.empty((*shape, 3)), np.empty((*shape, 4)), np.empty((*shape, 6))
        for row, (qpos, qvel) in enumerate(zip(frame.qpos.double().cpu().numpy(), frame.qvel.double().cpu().numpy())):
            data.qpos[:], data.qvel[:] = qpos, qvel
            mujoco.mj_kinematics(model, data)
            mujoco.mj_comPos(model, data)
            mujoco.mj_comVel(model, data)
            xpos[row], xquat[row], cvel[row] = data.xpos, data.xquat, data.cvel
        pos, quat, vel = (torch.from_numpy(array).float().to(library.device) for array in (xpos, xquat, cvel))
        states = body_states(pos, quat, vel, frame.com, skeleton.root)
        turn = to_heading(frame.qpos[:, 3:7])[:, None].expand(-1, model.nbody - 1, -1)
        self._position, self._rotation = states.position, states.rotation
        # velocities are kept in the heading frame: later cycles of the clip may head elsewhere
        self._linear, self._angular = quat_rotate(turn, states.linear), quat_rotate(turn, states.angular)

    def positions(self, moment: Tensor) -> Tensor:
        """``BodyStates.position`` at moments (N, 2). Shape (N, B, 3)."""
        return self._position[self._library.row(moment)]

    def states(self, frame: ReferenceFrame) -> BodyStates:
        """All of ``BodyStates`` where the reference is."""
        row = self._library.row(frame.moment)
        turn = quat_conjugate(to_heading(frame.qpos[:, 3:7]))[:, None].expand(-1, self._linear.shape[1], -1)
        linear, angular = quat_rotate(turn, self._linear[row]), quat_rotate(turn, self._angular[row])
        return BodyStates(self._position[row], self._rotation[row], linear, angular)
