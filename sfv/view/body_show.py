"""A recovered body in the live window: its mesh as a skin over moved bodies, one for each joint of SMPL."""

import mujoco
import numpy as np
import torch

from sfv.body.model import Body
from sfv.draw.scene import dress
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import rotmat_to_quat
from sfv.motion.smpl import SMPL_JOINTS
from sfv.render.config import RenderConfig
from sfv.render.recovery.overlay import BODY_RGB
from sfv.view.playhead import Recording

_LEAST = 1e-4  # skinning weights below this are left out


def body_model(body: Body, betas: np.ndarray, config: RenderConfig) -> mujoco.MjModel:
    """A body of one shape on the lit, tiled ground; each joint is a mocap body, the mesh is skinned to them.

    SMPL's pose-dependent corrections of the skin are left out: up to about a centimetre at bent joints.
    """
    spec = mujoco.MjSpec()
    rest, joints = body.rest_vertices(betas), body.rest_joints(betas)
    bodies = [spec.worldbody.add_body(name=name, mocap=True) for name in SMPL_JOINTS]
    weights = body.skin_weights
    used = [np.flatnonzero(weights[:, joint] > _LEAST) for joint in range(len(SMPL_JOINTS))]
    bound = [joint for joint, vertices in enumerate(used) if len(vertices)]
    spec.add_skin(
        name="body",
        rgba=[*(value / 255 for value in BODY_RGB), 1.0],
        vert=rest.ravel().tolist(),
        face=body.faces.ravel().tolist(),
        bodyname=[SMPL_JOINTS[joint] for joint in bound],
        bindpos=joints[bound].ravel().tolist(),
        bindquat=[1.0, 0.0, 0.0, 0.0] * len(bound),
        vertid=[used[joint].tolist() for joint in bound],
        vertweight=[weights[used[joint], joint].tolist() for joint in bound],
    )
    dress(spec, bodies[0], config)
    spec.stat.extent = float(np.ptp(rest[:, 1]))  # mocap bodies without geoms say nothing about the size of the scene
    spec.stat.center[:] = [0.0, 0.0, 0.5 * spec.stat.extent]
    return spec.compile()


class BodyShow(Recording):
    """A recovered motion, over and over."""

    objects = ()

    def __init__(self, motion: BodyMotion, body: Body, config: RenderConfig, name: str = "") -> None:
        super().__init__(len(motion), motion.fps, name)
        self.model = body_model(body, motion.betas, config)
        self.follow = self.model.body(SMPL_JOINTS[0]).id
        rest = body.rest_vertices(motion.betas)
        self.tall = float(np.ptp(rest[:, 1]))  # SMPL's rest pose has y up
        rotations, self._positions = body.joint_transforms(motion.poses, motion.betas, motion.trans)
        self._quats = rotmat_to_quat(torch.from_numpy(rotations)).numpy()
        self._facing = rotations[:, 0, :2, 2]  # SMPL faces its own z

    def pose(self, data: mujoco.MjData) -> None:
        """The present frame."""
        data.mocap_pos[:], data.mocap_quat[:] = self._positions[self.frame], self._quats[self.frame]

    def ghost(self, data: mujoco.MjData, aside: np.ndarray) -> bool:
        """A recovered body has no reference."""
        return False

    def acting(self) -> None:
        """A recovered body obeys no physics."""

    def heading(self) -> float:
        """Radians about z."""
        x, y = self._facing[self.frame]
        return float(np.arctan2(y, x))
