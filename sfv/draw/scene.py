"""MuJoCo's own pictures of a character on a lit, tiled ground."""

from types import TracebackType

import mujoco
import numpy as np

from sfv.character import Character
from sfv.draw.arrows import ArrowScale, add_acting, draw_over
from sfv.draw.gl import make_context
from sfv.draw.look import SKY_HORIZON, SKY_TOP, TILE_A, TILE_B, Look
from sfv.draw.objects import add_objects
from sfv.environment import Environment
from sfv.mjcf import compile_spec
from sfv.motion.camera import Camera
from sfv.physics.contacts import Acting
from sfv.physics.terrain import GROUND, add_ground, plain_contact

_GEOMS = 2000  # room in the scene: a character, its ghost and the ground take far fewer
GHOST_RGBA = (0.30, 0.62, 0.95, 0.32)
"""Colour of the see-through reference."""
_NEAR, _FAR = 0.05, 60.0  # metres that the picture spans


def stage(character: Character, config: Look, environment: Environment | None = None) -> mujoco.MjModel:
    """The character with a tiled ground (the environment's, or level), sky and lights; for pictures only.

    The ground's colours are the painter's.
    """
    spec = character.spec()
    # a long terrain would stretch the shadow map, whose size follows the extent
    spec.stat.extent = compile_spec(spec, character.mjcf).stat.extent
    dress(spec, spec.body(character.root), config, environment)
    return compile_spec(spec, character.mjcf)


def dress(spec: mujoco.MjSpec, root: mujoco.MjsBody, config: Look, environment: Environment | None = None) -> None:
    """Add a tiled ground, sky, and a light that follows ``root``."""
    tile_a, tile_b, top, horizon = (
        [float(value) / 255 for value in rgb] for rgb in (TILE_A, TILE_B, SKY_TOP, SKY_HORIZON)
    )
    textures, builtin = mujoco.mjtTexture, mujoco.mjtBuiltin
    spec.add_texture(
        name="sfv_sky",
        type=textures.mjTEXTURE_SKYBOX,
        builtin=builtin.mjBUILTIN_GRADIENT,
        rgb1=top,
        rgb2=horizon,
        width=256,
        height=1536,
    )
    spec.add_texture(
        name="sfv_tiles", type=textures.mjTEXTURE_2D, builtin=builtin.mjBUILTIN_CHECKER, rgb1=tile_a, rgb2=tile_b,
        mark=mujoco.mjtMark.mjMARK_EDGE, markrgb=[0.71, 0.74, 0.76], width=512, height=512,
    )  # fmt: skip
    material = spec.add_material(
        name="sfv_ground", texrepeat=[0.5, 0.5], texuniform=True, specular=0.0, shininess=0.0, reflectance=0.0
    )
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "sfv_tiles"
    if environment is None:
        plain_contact(spec.worldbody.add_geom(name=GROUND, type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1]))
    else:
        add_ground(spec, environment)
    for geom in spec.worldbody.geoms:
        if geom.name.startswith(GROUND):
            geom.material = "sfv_ground"
            geom.rgba = [1, 1, 1, 1]  # a default of the character's file would tint it
    root.add_light(
        name="sfv_sun", type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, mode=mujoco.mjtCamLight.mjCAMLIGHT_TRACKCOM, pos=[1.4, 1.0, 3.6],
        dir=[-0.35, -0.25, -0.9], diffuse=[0.48, 0.48, 0.48], specular=[0.12, 0.12, 0.12], castshadow=config.shadows,
    )  # fmt: skip
    visual = spec.visual
    visual.headlight.ambient[:] = [0.40, 0.40, 0.40]
    visual.headlight.diffuse[:] = [0.20, 0.20, 0.20]
    visual.headlight.specular[:] = [0.0, 0.0, 0.0]
    visual.quality.offsamples = config.samples
    visual.quality.shadowsize = 4096
    visual.rgba.haze[:] = [*horizon, 1.0]
    visual.rgba.fog[:] = [*horizon, 1.0]
    visual.map.haze = 0.35
    # Metres around the character that the shadow map covers: smaller is sharper, but ground beyond its border is speckled.
    visual.map.shadowclip = 15.0
    spec.visual.global_.offwidth, spec.visual.global_.offheight = max(config.world_width, 64), max(config.height, 64)


def standing_height(model: mujoco.MjModel) -> float:
    """Height of the highest geom above the lowest in the pose of the file, metres."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    own = model.geom_bodyid > 0
    places, radii = data.geom_xpos[own, 2], model.geom_rbound[own]
    return float((places + radii).max() - (places - radii).min())


def add_ghost(model: mujoco.MjModel, data: mujoco.MjData, scene: mujoco.MjvScene) -> None:
    """Add the model's moving geoms, see-through."""
    before, dynamic = scene.ngeom, mujoco.mjtCatBit.mjCAT_DYNAMIC.value
    mujoco.mjv_addGeoms(model, data, mujoco.MjvOption(), mujoco.MjvPerturb(), dynamic, scene)
    for geom in scene.geoms[before : scene.ngeom]:
        geom.rgba[:] = GHOST_RGBA
        geom.transparent = 1
        geom.category = mujoco.mjtCatBit.mjCAT_DECOR


class Stage:
    """Draws poses of one character; a context manager, because OpenGL's memory has to be given back."""

    def __init__(self, character: Character, config: Look, environment: Environment | None = None) -> None:
        self.model = stage(character, config, environment)
        self.data = mujoco.MjData(self.model)
        self._scale = ArrowScale.of(self.model, self.model.body(character.root).id, standing_height(self.model))
        self._size, self._forces = (config.world_width, config.height), config.forces
        self._objects = environment.objects if environment is not None else ()
        self._context = make_context(*self._size)
        self._scene = mujoco.MjvScene(self.model, _GEOMS)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = config.shadows
        self._scene.flags[mujoco.mjtRndFlag.mjRND_HAZE] = True
        self._mjr = mujoco.MjrContext(self.model, mujoco.mjtFontScale.mjFONTSCALE_100)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._mjr)
        self._option, self._perturb = mujoco.MjvOption(), mujoco.MjvPerturb()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the OpenGL context back."""
        self._mjr.free()
        self._context.free()

    def draw(
        self, qpos: np.ndarray, camera: Camera, ghost: np.ndarray | None = None, acting: Acting | None = None
    ) -> np.ndarray:
        """One picture of the pose (nq,), with a see-through ``ghost`` in another pose, and what is ``acting`` on it as arrows
        (where they are wanted) and objects.

        Returns (H, W, 3) uint8 RGB.
        """
        self._context.make_current()
        view = mujoco.MjvCamera()
        self._pose(qpos)
        mujoco.mjv_updateScene(
            self.model, self.data, self._option, self._perturb, view, mujoco.mjtCatBit.mjCAT_ALL.value, self._scene
        )
        if ghost is not None:
            self._pose(ghost)
            add_ghost(self.model, self.data, self._scene)
        if acting is not None:
            add_objects(self._scene, self._objects, acting.objects)
        if acting is not None and self._forces:
            before = self._scene.ngeom
            add_acting(self._scene, acting, self._scale)
            draw_over(self._scene, before, camera.position_w)
        self._aim(camera)
        width, height = self._size
        image = np.empty((height, width, 3), np.uint8)
        viewport = mujoco.MjrRect(0, 0, width, height)
        mujoco.mjr_render(viewport, self._scene, self._mjr)
        mujoco.mjr_readPixels(image, None, viewport, self._mjr)
        return image[::-1]

    def standing_height(self) -> float:
        """Height of the highest geom above the lowest in the pose of the file, metres."""
        return standing_height(self.model)

    def _pose(self, qpos: np.ndarray) -> None:
        self.data.qpos[:] = qpos
        mujoco.mj_kinematics(self.model, self.data)
        mujoco.mj_comPos(self.model, self.data)
        mujoco.mj_camlight(self.model, self.data)

    def _aim(self, camera: Camera) -> None:
        """Make OpenGL see what a pinhole ``camera`` sees."""
        half = _NEAR * 0.5 * camera.image_size[1] / camera.focal_px
        for eye in self._scene.camera:
            eye.pos[:] = camera.position_w
            eye.forward[:] = camera.rotation[2]
            eye.up[:] = -camera.rotation[1]
            eye.frustum_center, eye.frustum_bottom, eye.frustum_top = 0.0, -half, half
            eye.frustum_width = half * camera.image_size[0] / camera.image_size[1]
            eye.frustum_near, eye.frustum_far = _NEAR, _FAR
