"""From camera axes to the world: z up, the ground at z = 0, x along the way the person goes, as SMPL parameters."""

from dataclasses import dataclass

import numpy as np
import torch

from sfv.motion.camera import Camera
from sfv.motion.rotations import rotmat_to_rotvec
from sfv.reconstruct.fit.fit import Fit
from sfv.reconstruct.model.skeleton import LAYOUT, Skeleton
from sfv.reconstruct.observe.observations import Observations

_WALKS = 0.5  # metres of path beyond which the way, not the facing, sets the world's x axis


@dataclass(frozen=True)
class WorldFrame:
    """Where the world lies in camera axes."""

    axes: np.ndarray
    """Its x, y and z axes as rows: rotation from camera to world. Shape (3, 3)."""
    origin: np.ndarray
    """Shape (3,), metres."""


def world_frame(fit: Fit) -> WorldFrame:
    """The world of one person: the origin on the ground under the pelvis in the first frame.

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
    origin = place[0] - (place[0] @ up - fit.ground.height.item()) * up
    return WorldFrame(np.stack((x, np.cross(up, x), up)), origin)


def smpl_parameters(fit: Fit, skeleton: Skeleton, frame: WorldFrame) -> tuple[np.ndarray, np.ndarray]:
    """Poses (T, 24, 3) and trans (T, 3) in the world."""
    local = skeleton.local_rotations(fit.dofs).double()
    local[:, 0] = torch.as_tensor(frame.axes) @ local[:, 0]
    poses = rotmat_to_rotvec(local).numpy()
    place = fit.dofs[:, LAYOUT["trans"]].double().numpy()
    return poses, (place - frame.origin) @ frame.axes.T - skeleton.rest(fit.betas)[0][0].double().numpy()


def in_place(trans: np.ndarray, fit: Fit, skeleton: Skeleton, frame: WorldFrame) -> np.ndarray:
    """``trans`` (T, 3) of a body that stays where it is, its lowest sole on the ground in every frame."""
    soles = skeleton.pose(fit.dofs, fit.betas).soles.double().numpy()
    lowest = ((soles - frame.origin) @ frame.axes[2]).min(1)
    still = np.broadcast_to(trans[0], trans.shape).copy()
    still[:, 2] = trans[:, 2] - lowest
    return still


def camera_in_world(seen: Observations, focal_px: float, frame: WorldFrame) -> Camera:
    """The camera that saw the clip."""
    width, height = seen.image_size
    return Camera(
        focal_px, np.array([width / 2, height / 2]), frame.axes.T.copy(), frame.origin.copy(), seen.image_size
    )
