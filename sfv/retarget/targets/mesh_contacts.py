"""What of a recovered body touches the ground besides the soles: hands of a cartwheel, a back that rolls; and when nothing does."""

import numpy as np

from sfv.body.model import Body
from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import true_flights

_CHUNK = 256
"""Frames whose meshes are held at a time: SMPL's take 42 MB then."""
_FEET = [SMPL_JOINTS.index(f"{side}_{part}") for side in ("left", "right") for part in ("ankle", "foot")]


def mesh_contacts(
    motion: BodyMotion, body: Body, contacts: np.ndarray, config: RetargetConfig
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``touch`` (T, 24), ``hold`` (T, 24) and ``airborne`` (T, 1) as ``Targets`` has them, from the mesh of a grounded motion.

    A vertex belongs to the joint that moves it most. Feet are left to ``contacts`` (T, 4), probabilities of stance, because a
    swinging foot passes as low above the ground as the recovery errs. Frames count as airborne only within a flight whose middle
    of the mesh falls: somebody on a roof, or a recovery that floats, does not.
    """
    lowest, speed, middle = _lowest_points(motion, body)
    span = config.mesh_touch_fade - config.mesh_touch_height
    touch = np.clip((config.mesh_touch_fade - lowest) / span, 0.0, 1.0)
    airborne = (1.0 - touch.max(1, keepdims=True)) * (1.0 - np.nan_to_num(contacts).max(1, keepdims=True))
    touch[:, _FEET] = 0.0
    return touch, touch * (speed < config.contact_speed), true_flights(airborne, middle, motion.fps)


def _lowest_points(motion: BodyMotion, body: Body) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Height and horizontal speed of the lowest vertex that each joint moves, and the mean height of all vertices.

    Shapes (T, 24), (T, 24), (T,), metres and m/s.
    """
    frames, joints = len(motion), len(SMPL_JOINTS)
    owner = body.skin_weights.argmax(1)
    height, place = np.full((frames, joints), np.inf), np.zeros((frames, joints, 2))
    middle = np.zeros(frames)
    for start in range(0, frames, _CHUNK):
        cut = slice(start, start + _CHUNK)
        vertices = body.vertices(motion.poses[cut], motion.betas, motion.trans[cut])
        middle[cut] = vertices[..., 2].mean(1)
        rows = np.arange(len(vertices))
        for joint in np.unique(owner).tolist():
            own = vertices[:, owner == joint]
            low = own[..., 2].argmin(1)
            height[cut, joint], place[cut, joint] = own[rows, low, 2], own[rows, low, :2]
    return height, np.linalg.norm(np.gradient(place, 1.0 / motion.fps, axis=0), axis=-1), middle
