"""DeepMimic's clips (json, also .xz) as motions of the body."""

from pathlib import Path

import numpy as np
import torch

from sfv.character import load_character
from sfv.motion.body_motion import BodyMotion
from sfv.motion.deepmimic import read_deepmimic
from sfv.motion.mocap.convert import alignment, to_body_motion
from sfv.motion.rotations import quat_to_rotmat, rotvec_to_rotmat

PARENTS = {
    "root": "", "chest": "root", "neck": "chest",
    **{f"{side}_{part}": parent.format(side) for side in ("left", "right") for part, parent in (
        ("shoulder", "chest"), ("elbow", "{}_shoulder"), ("hip", "root"), ("knee", "{}_hip"), ("ankle", "{}_knee"))},
}  # fmt: skip
"""Parent of each link of the humanoid; all link frames agree when it stands straight with its arms down."""
SMPL_OF = {"root": "pelvis", "chest": "spine3", "neck": "head"}
"""SMPL joint of a link; links that are not named have SMPL's own names."""
ARMS_DOWN = np.array([0.0, 0.0, -1.0])
"""Direction of arms and legs in the frame of their link."""
BEND = {"elbow": np.array([0.0, -1.0, 0.0]), "knee": np.array([0.0, 1.0, 0.0])}
"""Axis about which a knee or elbow bends, in the frame of its link (the humanoid's knee angle is negative when bent)."""
LEG_LENGTH = 0.421546 + 0.40987
"""Hip to knee to ankle, metres (humanoid3d.txt)."""


def read_deepmimic_body(path: Path | str) -> BodyMotion:
    """Read a clip, plain or .xz. Frames and rate are those of ``sfv.motion.deepmimic.read_deepmimic``; cycles are closed.

    Raises FileFormatError for a file that is no such clip.
    """
    clip = read_deepmimic(path)
    humanoid = load_character("humanoid").spec()
    axes = {name: humanoid.joint(name).axis for name, width in zip(clip.joints, clip.widths) if width == 1}
    local = {"root": _rotation(clip.qpos[:, 3:7])}
    columns = np.split(clip.qpos[:, 7:], np.cumsum(clip.widths)[:-1], axis=1)
    for name, values in zip(clip.joints, columns):
        local[name] = _rotation(values) if values.shape[1] == 4 else _hinge(values, np.asarray(axes[name]))
    return humanoid_to_body(local, clip.qpos[:, :3], clip.fps)


def humanoid_to_body(local: dict[str, np.ndarray], hips: np.ndarray, fps: float) -> BodyMotion:
    """A motion of the humanoid, or of another one whose link frames agree when it stands with its arms down.

    Args:
        local: rotation of each link of PARENTS relative to its parent, x forward, z up. Shape (T, 3, 3) each.
        hips: middle between the hips. Shape (T, 3), metres.
        fps: frames a second.
    """
    world: dict[str, np.ndarray] = {}
    for name, parent in PARENTS.items():
        world[name] = world[parent] @ local[name] if parent else local[name]
    aligned = {}
    for name, rotation in world.items():
        aligned[SMPL_OF.get(name, name)] = rotation @ _alignment(name)
    return to_body_motion(aligned, hips, LEG_LENGTH, fps)


def _alignment(link: str) -> np.ndarray:
    part = link.rpartition("_")[2]
    if part in ("hip", "knee"):
        return alignment(link, ARMS_DOWN, BEND["knee"])
    if part in ("shoulder", "elbow"):
        return alignment(link, ARMS_DOWN, BEND["elbow"])
    return np.eye(3)


def _rotation(quat: np.ndarray) -> np.ndarray:
    return quat_to_rotmat(torch.from_numpy(quat)).numpy()


def _hinge(angle: np.ndarray, axis: np.ndarray) -> np.ndarray:
    return rotvec_to_rotmat(torch.from_numpy(angle * axis)).numpy()
