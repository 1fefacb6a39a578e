"""SMPL's T-pose of the body and of a character side by side, to see whether a body map and a T-pose are right."""

import mujoco
import numpy as np

from sfv.body.model import Body
from sfv.character import Character
from sfv.draw.scene import Stage
from sfv.draw.view import distance_for, look_at
from sfv.motion.camera import Camera
from sfv.motion.ground import lowest_points
from sfv.render.config import RenderConfig
from sfv.render.painter import Subdivision, TiledGround, paint_mesh, paint_shadow
from sfv.render.recovery.overlay import BODY_RGB
from sfv.render.sheet import contact_sheet
from sfv.retarget.targets.targets import SMPL_TO_X_FORWARD

VIEWS = {"front": 180.0, "oblique": 215.0}
"""Directions of sight about z, degrees: the character faces x."""
_WIDE = 1.08  # room beside the hands
_ELEVATION_DEG = 6.0


def t_pose_sheet(character: Character, body: Body, config: RenderConfig) -> np.ndarray:
    """Both bodies from the front and obliquely, at one scale. Returns (H, W, 3) uint8 RGB. Raises RenderError without OpenGL."""
    mesh = body.v_template @ SMPL_TO_X_FORWARD.T
    mesh[:, 2] -= mesh[:, 2].min()
    with Stage(character, config) as stage:
        qpos = standing_t_pose(character, stage.model)
        size = (config.world_width, config.height)
        tall = max(float(mesh[:, 2].max()), stage.standing_height())
        wide = _WIDE * max(float(np.ptp(mesh[:, 1])), _width(stage.model, qpos))
        pictures, captions = [], []
        for view, azimuth in VIEWS.items():
            camera = look_at(
                np.array([0.0, 0.0, 0.5 * tall]), azimuth, _ELEVATION_DEG, distance_for(tall, wide, size), size
            )
            pictures += [_paint(mesh, body, camera, config), stage.draw(qpos, camera)]
            captions += [f"{body.name} body, {view}", f"{character.name}, {view}"]
    return contact_sheet(pictures, captions, columns=2, tile_height=config.height)


def standing_t_pose(character: Character, model: mujoco.MjModel) -> np.ndarray:
    """The character's T-pose with its lowest point on the ground, over the origin. Shape (nq,)."""
    qpos = character.t_pose_qpos(model)
    qpos[:2] = 0.0
    qpos[2] -= lowest_points(model, qpos[None])[0, model.geom_bodyid > 0].min()
    return qpos


def _width(model: mujoco.MjModel, qpos: np.ndarray) -> float:
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    own = model.geom_bodyid > 0
    side = np.abs(data.geom_xpos[own, 1]) + model.geom_rbound[own]
    return 2.0 * float(side.max())


def _paint(mesh: np.ndarray, body: Body, camera: Camera, config: RenderConfig) -> np.ndarray:
    image = TiledGround(camera).picture(camera)
    paint_shadow(image, mesh, body.faces, camera)
    fine = Subdivision(body.faces, len(mesh))
    paint_mesh(image, fine.refine(mesh), fine.faces, camera, BODY_RGB, 1.0, config.supersample)
    return image
