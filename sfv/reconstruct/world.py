"""From camera axes to the world: z up, the ground at z = 0, x along the way the person goes, as SMPL parameters."""

import numpy as np
import torch
from torch import Tensor

from sfv.motion.camera import Camera
from sfv.motion.rotations import rotmat_to_rotvec
from sfv.reconstruct.fit import Fit
from sfv.reconstruct.observations import Observations
from sfv.reconstruct.skeleton import LAYOUT, Skeleton

_WALKS = 0.5  # metres of path beyond which the way, not the facing, sets the world's x axis


def world_axes(fit: Fit) -> np.ndarray:
    """Rotation from camera axes to world axes. Shape (3, 3).

    x points along the path where the person goes anywhere, else where the pelvis faces in the first frames.
    """
    up = fit.ground.up.double().numpy()
    place = fit.dofs[:, LAYOUT["trans"]].double().numpy()
    path = place[-1] - place[0]
    path -= (path @ up) * up
    if np.linalg.norm(path) < _WALKS:
        left, above = (fit.dofs[: max(1, len(place) // 10), cut].double().numpy() for cut in (slice(3, 6), slice(6, 9)))
        path = np.cross(left, above).mean(0)
        path -= (path @ up) * up
    if np.linalg.norm(path) < 1e-6:  # faces straight up or down: any heading will do
        path = np.cross(up, [0.0, 0.0, 1.0])
    x = path / np.linalg.norm(path)
    return np.stack((x, np.cross(up, x), up))


def smpl_parameters(fit: Fit, skeleton: Skeleton, axes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Poses (T, 24, 3) and trans (T, 3) in the world, and the world's origin in camera axes (3,)."""
    local = skeleton.local_rotations(fit.dofs).double()
    turn = torch.as_tensor(axes)
    local[:, 0] = turn @ local[:, 0]
    poses = rotmat_to_rotvec(local).numpy()
    place = fit.dofs[:, LAYOUT["trans"]].double().numpy()
    up = axes[2]
    origin = place[0] - (place[0] @ up - fit.ground.height.item()) * up
    pelvis = _rest_pelvis(fit.betas, skeleton)
    return poses, (place - origin) @ axes.T - pelvis, origin


def camera_in_world(seen: Observations, axes: np.ndarray, origin: np.ndarray) -> Camera:
    """The camera that saw the clip."""
    width, height = seen.image_size
    return Camera(seen.focal_px, np.array([width / 2, height / 2]), axes.T.copy(), origin.copy(), seen.image_size)


def _rest_pelvis(betas: Tensor, skeleton: Skeleton) -> np.ndarray:
    return skeleton.rest(betas)[0][0].double().numpy()
