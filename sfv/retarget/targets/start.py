"""First guess of a clip: every body takes its target's orientation as far as its joints allow; contacts where none are known."""

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.motion.rotations import (
    continuous_quat,
    normalize_quat,
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    quat_to_rotmat,
    rotvec_to_quat,
)
from sfv.retarget.config import RetargetConfig
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.robot.chains import Chain, solve_chain
from sfv.retarget.targets.targets import Targets

_FREE, _BALL, _HINGE = (int(getattr(mujoco.mjtJoint, f"mjJNT_{kind}")) for kind in ("FREE", "BALL", "HINGE"))
_DIRECTION, _TWIST = 1.0, 0.1
"""Weights of a limb's direction and of the whole orientation where hinges cannot have both."""


def first_guess(targets: Targets, skeleton: Anatomy, cyclic: bool = False) -> np.ndarray:
    """Joint values that copy world orientations from the root outwards, frame by frame. Shape (T, nq).

    A ball joint takes the whole rotation, a chain of hinges what comes nearest within its limits; what it cannot do is not
    passed on, because the bodies behind it aim at their own world orientation again. Hinges that move no body with a target
    keep their value in the T-pose.
    """
    model, frames = skeleton.model, len(targets)
    qpos = torch.from_numpy(np.tile(skeleton.rest, (frames, 1)))
    wanted = torch.from_numpy(targets.world_bodies())
    world: dict[int, Tensor] = {0: torch.tensor([1.0, 0, 0, 0], dtype=torch.float64).expand(frames, 4)}
    for row, body in enumerate(skeleton.bodies.tolist()):
        path = [body]
        while (parent := int(model.body_parentid[path[0]])) not in world:
            path.insert(0, parent)
        base = world[parent]
        _aim(skeleton, row, path, base, wanted[:, row], qpos, cyclic)
        for link in path:
            world[link] = _orientation(model, [link], world[int(model.body_parentid[link])], qpos)
    qpos[:, :3] = 0.0
    qpos[:, :3] = torch.from_numpy(targets.hips) - skeleton.hips_at(*skeleton.kinematics.forward(qpos))
    return qpos.numpy()


def _aim(
    skeleton: Anatomy, row: int, path: list[int], base: Tensor, wanted: Tensor, qpos: Tensor, cyclic: bool
) -> None:
    """Set the joints of the bodies in ``path``, which hangs on the orientation ``base``, so that its end takes ``wanted``."""
    model = skeleton.model
    joints = [joint for body in path for joint in _joints(model, body)]
    whole = [joint for joint in joints if int(model.jnt_type[joint]) in (_FREE, _BALL)]
    hinges = [joint for joint in joints if int(model.jnt_type[joint]) == _HINGE]
    if whole and int(model.jnt_type[whole[0]]) == _FREE:
        qpos[:, 3:7] = continuous_quat(wanted)
    elif whole:
        start = int(model.jnt_qposadr[whole[-1]])
        before = _orientation(model, path, base, qpos, stop=whole[-1])
        after = quat_multiply(quat_conjugate(before), _orientation(model, path, base, qpos))
        own = quat_multiply(after, quat_conjugate(qpos[:, start : start + 4]))  # what follows the joint in the path
        value = quat_multiply(quat_multiply(quat_conjugate(before), wanted), quat_conjugate(own))
        qpos[:, start : start + 4] = continuous_quat(value)
    elif hinges:
        relative = quat_to_rotmat(quat_multiply(quat_conjugate(base), wanted)).numpy()
        angles = solve_chain(_chain(model, path), relative, _weights(skeleton.limb[row]), cyclic)
        qpos[:, [int(model.jnt_qposadr[joint]) for joint in hinges]] = torch.from_numpy(angles)


def _orientation(model: mujoco.MjModel, path: list[int], base: Tensor, qpos: Tensor, stop: int = -1) -> Tensor:
    """World orientation of the last body of ``path``, or of the frame that joint ``stop`` turns. Shape (T, 4)."""
    turn = base
    for body in path:
        turn = quat_multiply(turn, torch.from_numpy(model.body_quat[body].copy()).expand_as(turn))
        for joint in _joints(model, body):
            kind, start = int(model.jnt_type[joint]), int(model.jnt_qposadr[joint])
            if joint == stop:
                return turn
            if kind == _FREE:
                turn = qpos[:, start + 3 : start + 7]
            elif kind == _BALL:
                turn = quat_multiply(turn, qpos[:, start : start + 4])
            elif kind == _HINGE:
                axis = torch.from_numpy(model.jnt_axis[joint].copy())
                turn = quat_multiply(turn, rotvec_to_quat(axis * qpos[:, start : start + 1]))
    return normalize_quat(turn)


def _chain(model: mujoco.MjModel, path: list[int]) -> Chain:
    """The hinges of the bodies in ``path``."""
    axes, limits, fixed = [], [], [np.eye(3)]
    for body in path:
        fixed[-1] = fixed[-1] @ quat_to_rotmat(torch.from_numpy(model.body_quat[body].copy())).numpy()
        for joint in _joints(model, body):
            if int(model.jnt_type[joint]) == _HINGE:
                axes.append(model.jnt_axis[joint].copy())
                limits.append(model.jnt_range[joint].copy() if model.jnt_limited[joint] else [-np.pi, np.pi])
                fixed.append(np.eye(3))
    return Chain(np.array(axes), np.array(fixed), np.array(limits))


def _weights(limb: np.ndarray) -> np.ndarray:
    """W with W W^T = direction * limb limb^T + twist * I: a limb's direction counts most, of another body all axes the same."""
    if np.isnan(limb).any():
        return np.eye(3)
    values, vectors = np.linalg.eigh(_DIRECTION * np.outer(limb, limb) + _TWIST * np.eye(3))
    return vectors * np.sqrt(values)


def _joints(model: mujoco.MjModel, body: int) -> range:
    """Joints of a body, in order."""
    return range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body])


def world_points(skeleton: Anatomy, qpos: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Body positions (T, nbody, 3), orientations (T, nbody, 4) and the skeleton's ground points (T, P, 3), world."""
    xpos, xquat = skeleton.kinematics.forward(qpos)
    local = torch.from_numpy(skeleton.points).expand(len(qpos), -1, 3)
    points = xpos[:, skeleton.point_bodies] + quat_rotate(xquat[:, skeleton.point_bodies], local)
    return xpos, xquat, points


def guess_contacts(
    qpos: np.ndarray, fps: float, skeleton: Anatomy, config: RetargetConfig, floor: float | None = None
) -> np.ndarray:
    """Stance of each of CONTACT_POINTS from its height and speed, where nobody recorded it. Shape (T, 4), 0 or 1.

    Heights count from ``floor``; where that is None, the ground being unknown, from the lowest that the feet come in a
    tenth of the frames.
    """
    _, _, points = world_points(skeleton, torch.from_numpy(qpos))
    contacts = np.zeros((len(qpos), len(skeleton.contact_points)))
    position = np.stack([points[:, ids].mean(1).numpy() for ids in skeleton.contact_points], 1)
    if floor is None:
        floor = float(np.quantile(position[..., 2].min(1), 0.1))
    speed = np.linalg.norm(np.gradient(position, 1.0 / fps, axis=0), axis=-1)
    contacts[(position[..., 2] < floor + config.contact_height) & (speed < config.contact_speed)] = 1.0
    return contacts


def stance_weight(probability: np.ndarray, threshold: float) -> np.ndarray:
    """0 up to the threshold, 1 well above it, smooth between, so that a doubtful contact pulls less. Any shape."""
    ramp = np.clip((probability - threshold) / max(1.0 - threshold, 1e-6) * 2.0, 0.0, 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)
