"""AMASS: ``*_poses.npz`` (SMPL-H or SMPL) and ``*_stageii.npz`` (SMPL-X); z up, ground at 0, frame rate inside.

``poses`` begins with the root and the 21 body joints in all of them; SMPL-X files also hold them as ``root_orient`` and ``pose_body``.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.published.motion import PublishedMotion
from sfv.motion.published.tables import body_poses, has, take, take_number

NAME = "AMASS (.npz)"
_RATES = ("mocap_framerate", "mocap_frame_rate", "fps")
_SMPL, _SMPLX = 72, 165  # numbers a frame; SMPL-H has 156


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return has(content, "trans", "poses") or has(content, "trans", "root_orient", "pose_body")


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """The person in the file."""
    place = take(content, "trans", (-1, 3), path)
    n = len(place)
    rate = next((name for name in _RATES if name in content), None)
    smplx = "surface_model_type" in content and "smplx" in str(content["surface_model_type"])
    if "poses" in content:
        poses = take(content, "poses", (n, -1), path)
        if poses.shape[1] < 66:
            raise FileFormatError(f"{path}: poses has {poses.shape[1]} numbers a frame; 72, 156 and 165 are known")
        smplx = smplx or poses.shape[1] == _SMPLX
        poses = poses[:, : _SMPL if poses.shape[1] == _SMPL else 66]
    else:
        smplx = smplx or rate == "mocap_frame_rate"
        poses = np.hstack((take(content, "root_orient", (n, 3), path), take(content, "pose_body", (n, 63), path)))
    gender = content.get("gender", "neutral")
    gender = gender.item() if isinstance(gender, np.ndarray) and gender.size == 1 else gender
    betas = take(content, "betas", (-1,), path) if "betas" in content else np.zeros(10)
    return [PublishedMotion(
        "AMASS", "0", np.arange(n), body_poses(poses[:, :3], poses[:, 3:]), place, betas[:16], np.eye(3), np.zeros(3),
        body="smplx" if smplx else "smpl", fps=None if rate is None else take_number(content, rate, path),
        gender=gender.decode() if isinstance(gender, bytes) else str(gender), ground=0.0,
    )]  # fmt: skip
