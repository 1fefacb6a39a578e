"""AMASS: ``*_poses.npz`` (SMPL-H or SMPL) and ``*_stageii.npz`` (SMPL-X); z up, ground at 0, frame rate inside.

``poses`` begins with the root and the 21 body joints in all of them; SMPL-X files also hold them as ``root_orient`` and ``pose_body``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.fields import fields_of, frame_rate, numbers, text
from sfv.recognise import names_of

_RATES = ("mocap_framerate", "mocap_frame_rate", "fps")
_WIDTHS = {72: "SMPL", 156: "SMPL-H", 165: "SMPL-X"}
"""Numbers a frame of the body models."""
_BODY = 66
"""Numbers of the 22 joints that all of them share."""
_MOST_BETAS = 16


@dataclass(frozen=True)
class Amass:
    """What a file of AMASS says."""

    poses: np.ndarray
    """Axis-angle of SMPL's joints relative to their parents; hands at rest unless the file is of SMPL. Shape (T, 24, 3), radians."""
    trans: np.ndarray
    """SMPL's translation. Shape (T, 3), metres."""
    betas: np.ndarray
    """Shape coefficients of ``body``. Shape (B,), B <= 16."""
    fps: float | None
    """Frames a second, where the file says so."""
    gender: str
    """Of the body model."""
    body: str
    """"smpl" (SMPL-H has the same betas) or "smplx"."""


def is_amass(content: Any) -> bool:
    """Whether a file's content is of AMASS."""
    return (
        isinstance(content, Mapping)
        and "trans" in content
        and ("poses" in content or {"root_orient", "pose_body"} <= content.keys())
    )


def read_amass(content: Mapping[str, Any], path: Path | str) -> Amass:
    """The motion in the content of a file. Raises FileFormatError: a shape without motion, missing or impossible numbers."""
    if not is_amass(content):
        if "betas" in content and "trans" not in content:
            raise FileFormatError(f"{path} holds a shape, no motion; give the *_poses.npz or *_stageii.npz beside it")
        raise FileFormatError(
            f"{path} is neither a motion of sfv nor AMASS: poses, trans and mocap_framerate are needed; it holds {names_of(content)}"
        )
    with fields_of(path, "AMASS file"):
        trans = numbers(content["trans"], "trans", (None, 3))
        rate = next((name for name in _RATES if name in content), None)
        flat, smplx = _flat(content, len(trans), smplx=rate == "mocap_frame_rate")
        model = content.get("surface_model_type")
        if model is not None:
            smplx = "smplx" in text(model, "surface_model_type")
        poses = np.zeros((len(trans), 24, 3))
        joints = min(flat.shape[1] // 3, 24)
        poses[:, :joints] = flat.reshape(len(flat), joints, 3)
        betas = numbers(np.asarray(content.get("betas", np.zeros(10))).reshape(-1), "betas", (None,))[:_MOST_BETAS]
        gender = text(content.get("gender", "neutral"), "gender")
        fps = None if rate is None else frame_rate(content[rate])
        return Amass(poses, trans, betas, fps, gender, "smplx" if smplx else "smpl")


def _flat(content: Mapping[str, Any], frames: int, smplx: bool) -> tuple[np.ndarray, bool]:
    """Root and body joints, shape (T, 66 or 72), and whether the body is SMPL-X."""
    if "poses" not in content:
        parts = (("root_orient", 3), ("pose_body", _BODY - 3))
        return np.hstack([numbers(content[name], name, (frames, width)) for name, width in parts]), smplx
    given = np.asarray(content["poses"])
    poses = numbers(given.reshape(len(given), -1) if given.ndim == 3 and len(given) else given, "poses", (frames, None))
    if poses.shape[1] != _BODY and poses.shape[1] not in _WIDTHS:
        known = ", ".join(f"{width} ({model})" for width, model in _WIDTHS.items())
        raise FileFormatError(f"poses has {poses.shape[1]} numbers a frame; {known} are known")
    return poses[:, : 72 if poses.shape[1] == 72 else _BODY], _WIDTHS.get(poses.shape[1]) == "SMPL-X"
