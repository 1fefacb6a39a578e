"""The recovered body in its world: mesh, tiled ground, shadow, a camera that follows. Needs no OpenGL."""

from collections.abc import Iterator

import numpy as np
import torch

from sfv.body.model import Body
from sfv.draw.view import distance_for, front_azimuth, look_at, smooth_path, way_heading
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.render.config import RenderConfig
from sfv.render.painter import Subdivision, TiledGround, paint_mesh, paint_shadow
from sfv.render.recovery.overlay import BODY_RGB

_FOLLOW = 12  # frames over which the camera's path is smoothed


def motion_heading(motion: BodyMotion) -> float:
    """Where the person goes, or faces where they stay, degrees about z."""
    pelvis = rotvec_to_rotmat(torch.from_numpy(motion.poses[len(motion) // 2, 0])).numpy()
    return way_heading(motion.trans, pelvis[:, 2])  # SMPL faces its own z


def world_frames(
    motion: BodyMotion, body: Body, config: RenderConfig, vertices: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """One picture (config.height, config.world_width, 3) uint8 RGB for each frame of ``motion``.

    ``vertices`` (T, V, 3) saves skinning the body again.
    """
    if vertices is None:
        vertices = body.vertices(motion.poses, motion.betas, motion.trans)
    size = (config.world_width, config.height)
    low, high = vertices.min(1), vertices.max(1)
    target = smooth_path(0.5 * (low + high), _FOLLOW)
    tall = float(np.quantile((high - low)[:, 2], 0.95))
    target[:, 2] = np.median(target[:, 2])
    wide = float(np.quantile(np.linalg.norm((high - low)[:, :2], axis=1), 0.95))
    distance = distance_for(tall * 1.1, wide, size)
    azimuth = front_azimuth(motion_heading(motion), motion.camera, config.turn_deg)
    mesh = Subdivision(body.faces, vertices.shape[1])
    ground: TiledGround | None = None
    for frame, place in enumerate(target):
        camera = look_at(place, azimuth, config.elevation_deg, distance, size)
        ground = ground or TiledGround(camera)
        image = ground.picture(camera)
        paint_shadow(image, vertices[frame], body.faces, camera)
        paint_mesh(image, mesh.refine(vertices[frame]), mesh.faces, camera, BODY_RGB, 1.0, config.supersample)
        yield image
