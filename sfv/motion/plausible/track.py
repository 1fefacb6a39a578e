"""Track: what the tests of plausibility look at, the same for the clip of a character and for a person's motion."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from sfv.motion.rotations import quat_to_rotmat

UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Track:
    """T frames of a body: its root, its outline, its joints."""

    fps: float
    root: np.ndarray
    """Place of the root. Shape (T, 3), metres, world."""
    quat: np.ndarray
    """Rotation of the root from a frame with x forward, y left, z up. Shape (T, 4), wxyz."""
    outline: np.ndarray
    """Points of the body relative to the root in its frame. Shape (T, P, 3), metres."""
    radii: np.ndarray
    """Size of each of them. Shape (P,), metres."""
    com: np.ndarray
    """Centre of mass (about, where masses are not known). Shape (T, 3), metres, world."""
    turns: np.ndarray
    """Angle by which each joint turns from one frame to the next, the root first. Shape (T - 1, J), radians."""
    joints: tuple[str, ...]
    """Names of these J."""
    stand: float
    """Height of the root of the standing body, metres."""
    angles: np.ndarray
    """Angles as they were given: of hinges, or lengths of rotation vectors (root left out). Shape (T, A), radians."""
    angle_names: tuple[str, ...]
    """Joints of these A."""
    limits: np.ndarray
    """What the character's joints allow; infinite where nothing is said. Shape (A, 2), radians."""
    balls: np.ndarray
    """Quaternions of ball joints as they were given. Shape (T, B, 4), wxyz; B = 0 where there are none."""
    stored: str = "qpos[:, :3]"
    """What the place of the root is called in the file."""
    quaternions: bool = True
    """Whether the root's rotation is given as a quaternion."""
    grounded: bool = True
    """False where heights mean nothing."""
    cyclic: bool = False

    def __len__(self) -> int:
        return len(self.root)

    @property
    def seconds(self) -> float:
        """Duration."""
        return (len(self) - 1) / self.fps

    @cached_property
    def rotation(self) -> np.ndarray:
        """Root to world. Shape (T, 3, 3)."""
        return quat_to_rotmat(torch.from_numpy(self.quat)).numpy()

    @property
    def up(self) -> np.ndarray:
        """Direction of the root's own up axis. Shape (T, 3), world."""
        return self.rotation[:, :, 2]

    @property
    def forward(self) -> np.ndarray:
        """Direction in which the root faces. Shape (T, 3), world."""
        return self.rotation[:, :, 0]

    @cached_property
    def lowest(self) -> np.ndarray:
        """Height of the lowest point. Shape (T,), metres."""
        return self.lowest_along(UP)

    def lowest_along(self, axis: np.ndarray) -> np.ndarray:
        """The least coordinate of the body along a direction of the world. Shape (3,) -> (T,), metres."""
        reach = self.outline @ (axis @ self.rotation)[:, :, None]
        return (reach[..., 0] - self.radii).min(1) + self.root @ axis

    def turned(self, quat: np.ndarray) -> "Track":
        """The same body with other rotations of its root. Shape (T, 4)."""
        return replace(self, quat=quat)

    @cached_property
    def steps(self) -> np.ndarray:
        """Way of the root from each frame to the next. Shape (T - 1,), metres."""
        return np.linalg.norm(np.diff(self.root, axis=0), axis=1)
