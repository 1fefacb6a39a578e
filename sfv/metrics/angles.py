"""Errors of joint angles and of the root's orientation, in degrees; swing and twist of every bone apart.

The error of a joint is the rotation that is left between its true and its recovered rotation against the parent. It splits into a
*twist* about the bone's own axis, which places of joints hardly show, and a *swing* that moves the axis.
"""

from dataclasses import dataclass

import numpy as np
import torch

from sfv.motion.rotations import quat_conjugate, quat_multiply, rotmat_to_quat, rotvec_to_quat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

MOVED = tuple(
    name for name in SMPL_JOINTS if not name.endswith(("_foot", "_wrist", "_hand")) and name != "pelvis"
)  # fmt: skip
"""The 17 joints whose errors make the mean: trunk and limbs. Toes, wrists and hands are still in most recorded motions, and would
flatter it; the pelvis is the root."""
_MAIN_CHILD = {"pelvis": "spine1", "spine3": "neck"}


@dataclass(frozen=True)
class AngleErrors:
    """Mean errors over the frames, degrees, one for each of SMPL_JOINTS; the pelvis's are against the world. Shape (24,) each."""

    total: np.ndarray
    """Angle of the rotation between truth and recovery."""
    swing: np.ndarray
    """By how much the bone's axis points elsewhere."""
    twist: np.ndarray
    """How far the bone is turned about its axis, either way."""

    @property
    def mean(self) -> float:
        """Mean total error of the joints MOVED."""
        return self.of(MOVED)

    def of(self, names: tuple[str, ...], kind: str = "total") -> float:
        """Mean error over joints; ``kind``: total, swing or twist."""
        return float(getattr(self, kind)[[SMPL_JOINTS.index(name) for name in names]].mean())


def angle_errors(poses: np.ndarray, truth: np.ndarray, axes: np.ndarray) -> AngleErrors:
    """Errors of rotation vectors (T, 24, 3) against true ones of the same frames.

    ``axes``: axis of each joint's bone in its own frame (``bone_axes``). Shape (24, 3). Both roots must be in one world.
    """
    left = rotvec_to_quat(torch.as_tensor(truth, dtype=torch.float64))
    right = rotvec_to_quat(torch.as_tensor(poses, dtype=torch.float64))
    quat = quat_multiply(quat_conjugate(left), right).numpy()
    return AngleErrors(*(angle.mean(0) for angle in swing_and_twist(quat, axes)))


def swing_and_twist(quat: np.ndarray, axes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Angle of rotations, of their swing and of their twist about unit ``axes``, all in [0, 180] degrees.

    Shapes (..., 4), (..., 3) -> (...) each. The rotation is swing after twist: R = S T with T about the axis and S about an axis at
    right angles to it; where R turns the axis round, all of it is swing.
    """
    scalar, vector = np.abs(quat[..., 0]), quat[..., 1:]
    along = (vector * axes).sum(-1)
    across = np.linalg.norm(vector - along[..., None] * axes, axis=-1)
    return (
        _degrees(np.linalg.norm(vector, axis=-1), scalar),
        _degrees(across, np.hypot(scalar, along)),
        _degrees(np.abs(along), scalar),
    )


def rotation_error(rotations: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Angle between rotation matrices, degrees. Shapes (..., 3, 3), (..., 3, 3) -> (...)."""
    quat = rotmat_to_quat(torch.as_tensor(np.swapaxes(truth, -1, -2) @ rotations)).numpy()
    return _degrees(np.linalg.norm(quat[..., 1:], axis=-1), np.abs(quat[..., 0]))


def bone_axes(rest: np.ndarray) -> np.ndarray:
    """Unit vector from each joint to the next one outwards in rest pose; at the ends of limbs the direction goes on.

    Shape (24, 3), metres (``Body.rest_joints``) -> (24, 3).
    """
    axes = np.empty_like(rest)
    for joint, name in enumerate(SMPL_JOINTS):
        child = SMPL_JOINTS.index(_MAIN_CHILD[name]) if name in _MAIN_CHILD else _only_child(joint)
        axes[joint] = rest[joint] - rest[SMPL_PARENTS[joint]] if child is None else rest[child] - rest[joint]
    return axes / np.linalg.norm(axes, axis=-1, keepdims=True)


def _only_child(joint: int) -> int | None:
    return SMPL_PARENTS.index(joint) if joint in SMPL_PARENTS else None


def _degrees(sine: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    return np.degrees(2 * np.arctan2(sine, cosine))
