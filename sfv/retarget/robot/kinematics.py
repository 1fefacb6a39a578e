"""Differentiable forward kinematics of a MuJoCo model, batched over frames."""

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.motion.rotations import normalize_quat, quat_multiply, quat_rotate, rotvec_to_quat

_FREE, _BALL = int(mujoco.mjtJoint.mjJNT_FREE), int(mujoco.mjtJoint.mjJNT_BALL)
_SLIDE, _HINGE = int(mujoco.mjtJoint.mjJNT_SLIDE), int(mujoco.mjtJoint.mjJNT_HINGE)


class Kinematics:
    """The kinematic tree of ``model``: what mj_kinematics computes for bodies, as torch functions of qpos."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self.model = model
        self._body_pos = torch.from_numpy(model.body_pos.copy())
        self._body_quat = torch.from_numpy(model.body_quat.copy())
        self._axis = torch.from_numpy(model.jnt_axis.copy())
        self._anchor = torch.from_numpy(model.jnt_pos.copy())
        self._mass_share = torch.from_numpy(model.body_mass / model.body_mass.sum())
        self._mass_centre = torch.from_numpy(model.body_ipos.copy())

    def forward(self, qpos: Tensor) -> tuple[Tensor, Tensor]:
        """World pose of every body. Shape (T, nq) -> (T, nbody, 3) metres, (T, nbody, 4) wxyz."""
        model, frames = self.model, len(qpos)
        xpos: list[Tensor] = [qpos.new_zeros(frames, 3)]
        xquat: list[Tensor] = [qpos.new_tensor([1.0, 0, 0, 0]).expand(frames, 4)]
        for body in range(1, model.nbody):
            parent = int(model.body_parentid[body])
            pos = xpos[parent] + quat_rotate(xquat[parent], self._body_pos[body].expand(frames, 3))
            quat = xquat[parent]
            if not np.array_equal(model.body_quat[body], [1, 0, 0, 0]):
                quat = quat_multiply(quat, self._body_quat[body].expand(frames, 4))
            for joint in range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body]):
                pos, quat = self._apply(joint, qpos, pos, quat)
            xpos.append(pos)
            xquat.append(quat)
        return torch.stack(xpos, 1), torch.stack(xquat, 1)

    def centre_of_mass(self, xpos: Tensor, xquat: Tensor) -> Tensor:
        """Of the whole model, from the poses of its bodies. Shapes (T, nbody, 3), (T, nbody, 4) -> (T, 3)."""
        centres = xpos + quat_rotate(xquat, self._mass_centre.expand_as(xpos))
        return torch.einsum("b,tbi->ti", self._mass_share, centres)

    def _apply(self, joint: int, qpos: Tensor, pos: Tensor, quat: Tensor) -> tuple[Tensor, Tensor]:
        kind, start = int(self.model.jnt_type[joint]), int(self.model.jnt_qposadr[joint])
        if kind == _FREE:
            return qpos[:, start : start + 3], normalize_quat(qpos[:, start + 3 : start + 7])
        axis, anchor = self._axis[joint], self._anchor[joint]
        if kind == _SLIDE:
            return pos + quat_rotate(quat, axis * qpos[:, start : start + 1]), quat
        turn = (
            normalize_quat(qpos[:, start : start + 4])
            if kind == _BALL
            else rotvec_to_quat(axis * qpos[:, start : start + 1])
        )
        turned = quat_multiply(quat, turn)
        if anchor.any():
            arm = anchor.expand(len(pos), 3)
            pos = pos + quat_rotate(quat, arm) - quat_rotate(turned, arm)
        return pos, turned

    def integrate(self, qpos: Tensor, delta: Tensor) -> Tensor:
        """Move qpos (T, nq) by tangent vectors (T, nv), as mj_integratePos with dt = 1."""
        parts: list[Tensor] = []
        for joint in range(self.model.njnt):
            kind, q, v = (
                int(field[joint]) for field in (self.model.jnt_type, self.model.jnt_qposadr, self.model.jnt_dofadr)
            )
            if kind == _FREE:
                parts.append(qpos[:, q : q + 3] + delta[:, v : v + 3])
                q, v = q + 3, v + 3
            if kind in (_FREE, _BALL):
                parts.append(quat_multiply(qpos[:, q : q + 4], rotvec_to_quat(delta[:, v : v + 3])))
            else:
                parts.append(qpos[:, q : q + 1] + delta[:, v : v + 1])
        return torch.cat(parts, dim=1)


def hinge_limits(model: mujoco.MjModel) -> tuple[list[int], np.ndarray]:
    """qpos columns of the limited hinges and slides, and their ranges. Shape (L, 2)."""
    joints = [j for j in range(model.njnt) if model.jnt_limited[j] and int(model.jnt_type[j]) in (_HINGE, _SLIDE)]
    return [int(model.jnt_qposadr[j]) for j in joints], model.jnt_range[joints].reshape(-1, 2)
