"""Index tables of a character's model: which numbers of qpos, qvel, ctrl and the bodies mean what."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.rotations import quat_to_rotvec
from sfv.physics.trainable import check_trainable

_SMALLEST_SINE = 1e-6
"""Below this a rotation vector is twice the quaternion's vector part, to single precision."""


@dataclass(frozen=True)
class ModelLayout:
    """Indices into MuJoCo's arrays. Joints are counted without the root's free joint: B ball joints, H hinges and slides."""

    ball_qpos: Tensor
    """Columns of qpos of each ball joint's quaternion. Shape (B, 4)."""
    ball_dof: Tensor
    """Columns of qvel of each ball joint. Shape (B, 3)."""
    hinge_qpos: Tensor
    """Columns of qpos. Shape (H,)."""
    hinge_dof: Tensor
    """Columns of qvel. Shape (H,)."""
    root_weight: float
    """Weight of the root's rotation in the pose and velocity errors; the weights sum to one."""
    ball_weight: Tensor
    """Shape (B,)."""
    hinge_weight: Tensor
    """Shape (H,)."""
    root: int
    """Body with the free joint."""
    bodies: Tensor
    """Every body but the world. Shape (nbody - 1,)."""
    end_effectors: Tensor
    """Bodies of the end-effector reward. Shape (E,)."""
    feet: Tensor
    """Bodies that stand on the ground."""
    fall_bodies: Tensor
    """Bodies that must not touch the ground."""
    gear: Tensor
    """ctrl = gear @ joint coordinates. Shape (nu, nv - 6)."""
    lag: Tensor
    """Time constant kv/kp of each joint coordinate's servo, 0 where there is none. Shape (nv - 6,), seconds."""

    @classmethod
    def build(cls, model: mujoco.MjModel, character: Character) -> "ModelLayout":
        """Read the tables from a compiled model. Raises SfvError for actuators that are not position servos on joints, and for a robot
        that cannot be trained."""
        joints = range(1, model.njnt)
        balls = [i for i in joints if model.jnt_type[i] == mujoco.mjtJoint.mjJNT_BALL]
        hinges = [i for i in joints if i not in balls]
        weight = {model.joint(name).id: value for name, value in character.joint_weights.items()}
        gear = _gear(model, character.name)
        check_trainable(model, character)

        def body_ids(names: tuple[str, ...]) -> Tensor:
            return torch.tensor([model.body(name).id for name in names], dtype=torch.long)

        return cls(
            ball_qpos=_columns(model.jnt_qposadr[balls], 4),
            ball_dof=_columns(model.jnt_dofadr[balls], 3),
            hinge_qpos=torch.from_numpy(model.jnt_qposadr[hinges].astype(np.int64)),
            hinge_dof=torch.from_numpy(model.jnt_dofadr[hinges].astype(np.int64)),
            root_weight=weight.get(0, 0.0),
            ball_weight=torch.tensor([weight.get(i, 0.0) for i in balls]),
            hinge_weight=torch.tensor([weight.get(i, 0.0) for i in hinges]),
            root=model.body(character.root).id,
            bodies=torch.arange(1, model.nbody),
            end_effectors=body_ids(character.end_effectors),
            feet=body_ids(character.feet),
            fall_bodies=body_ids(character.fall_bodies),
            gear=gear,
            lag=_lag(model, gear),
        )

    @property
    def device(self) -> torch.device:
        """Where the tables are."""
        return self.gear.device

    def to(self, device: torch.device) -> "ModelLayout":
        """The same tables on another device."""
        tables = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(self, **{name: table.to(device) for name, table in tables.items() if isinstance(table, Tensor)})

    @cached_property
    def quaternions(self) -> Tensor:
        """Columns of qpos of the root's and the ball joints' quaternions. Shape (1 + B, 4)."""
        return torch.cat((torch.arange(3, 7, device=self.device)[None], self.ball_qpos))

    @cached_property
    def rotation_dofs(self) -> Tensor:
        """Columns of qvel that belong to them. Shape (1 + B, 3)."""
        return torch.cat((torch.arange(3, 6, device=self.device)[None], self.ball_dof))

    @cached_property
    def rotation_columns(self) -> Tensor:
        """Columns of qpos of the quaternions of root and ball joints, all w first, then all x, ... Shape (4 (1 + B),)."""
        return self.quaternions.T.flatten()

    @cached_property
    def rotation_weight(self) -> Tensor:
        """Weights of the root's and the ball joints' rotations. Shape (1 + B,)."""
        return torch.cat((self.ball_weight.new_tensor([self.root_weight]), self.ball_weight))

    @cached_property
    def hinge_qpos_weight(self) -> Tensor:
        """Weight of each number of qpos that is a hinge's angle, zero elsewhere. Shape (nq,)."""
        out = self.hinge_weight.new_zeros(7 + self.ball_qpos.numel() + self.hinge_qpos.numel())
        out[self.hinge_qpos] = self.hinge_weight
        return out

    @cached_property
    def dof_weight(self) -> Tensor:
        """Weight of each number of qvel, zero for the root's translation. Shape (nv,)."""
        out = self.hinge_weight.new_zeros(6 + self.gear.shape[1])
        out[3:6] = self.root_weight
        out[self.ball_dof] = self.ball_weight[:, None]
        out[self.hinge_dof] = self.hinge_weight
        return out

    @cached_property
    def ball_columns(self) -> Tensor:
        """Columns of the joint coordinates of ball joints, all x first, then all y, ... Shape (3 B,)."""
        return (self.ball_dof - 6).T.flatten()

    @cached_property
    def servo_range(self) -> Tensor:
        """What one radian of a joint is to its servo: the length of each row of ``gear``. Shape (nu,)."""
        return self.gear.norm(dim=-1)

    @cached_property
    def _joint_order(self) -> Tensor:
        """Where each joint coordinate stands when all ball joints come first, then all hinges. Shape (nv - 6,)."""
        return torch.cat((self.ball_dof.flatten(), self.hinge_dof)).argsort()

    def ball_rotvecs(self, qpos: Tensor) -> Tensor:
        """Rotation vectors of the ball joints, the shorter way round. Shape (N, nq) -> (N, 3, B).

        The same as in ``coordinates`` in less than half the time: sums over components read whole rows.
        """
        quat = qpos.index_select(1, self._ball_components).unflatten(1, (4, -1))
        w, vector = quat[:, :1], quat[:, 1:]
        sine = (vector * vector).sum(1, keepdim=True).sqrt().clamp_min(_SMALLEST_SINE)
        return vector * (2.0 * torch.atan2(sine, w.abs()) / sine).copysign(w)

    @cached_property
    def _ball_components(self) -> Tensor:
        """Columns of qpos of the ball joints' quaternions, all w first, then all x, ... Shape (4 B,)."""
        return self.ball_qpos.T.flatten()

    def coordinates(self, qpos: Tensor) -> Tensor:
        """Joint coordinates in qvel's order: rotation vectors of ball joints, angles of hinges. (..., nq) -> (..., nv - 6)."""
        ball = qpos.index_select(-1, self.ball_qpos.flatten()).unflatten(-1, (-1, 4))
        parts = (quat_to_rotvec(ball).flatten(-2), qpos.index_select(-1, self.hinge_qpos))
        return torch.cat(parts, dim=-1).index_select(-1, self._joint_order)


def _columns(first: np.ndarray, width: int) -> Tensor:
    return torch.from_numpy(first.astype(np.int64))[:, None] + torch.arange(width)


def _gear(model: mujoco.MjModel, character: str) -> Tensor:
    """Matrix from joint coordinates to what the servos measure (MuJoCo's actuator_length)."""
    gear = torch.zeros(model.nu, model.nv - 6)
    for i in range(model.nu):
        joint = int(model.actuator_trnid[i, 0])
        servo = model.actuator_biasprm[i, 1] == -model.actuator_gainprm[i, 0] != 0
        if model.actuator_trntype[i] != mujoco.mjtTrn.mjTRN_JOINT or not servo or joint == 0:
            raise SfvError(
                f"actuator '{model.actuator(i).name}' of character '{character}' is not a position servo on a joint; "
                "imitation needs <position joint=... kp=... kv=...> for every actuator"
            )
        width = 3 if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_BALL else 1
        start = int(model.jnt_dofadr[joint]) - 6
        gear[i, start : start + width] = torch.from_numpy(model.actuator_gear[i, :width]).float()
    return gear


def _lag(model: mujoco.MjModel, gear: Tensor) -> Tensor:
    """A position servo follows a slow target like a first-order filter with the time constant kv / kp."""
    constant = torch.from_numpy(model.actuator_biasprm[:, 2] / model.actuator_biasprm[:, 1]).float()
    moves = (gear != 0).float()
    return (moves * constant[:, None]).sum(0) / moves.sum(0).clamp_min(1.0)
