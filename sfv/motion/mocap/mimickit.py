"""MimicKit's clips (pickles of {loop_mode, fps, frames}) of its humanoid and its SMPL body as links in motion; nothing in them is run.

A frame is the root's place (3, metres, z up), its rotation and that of each joint in the order of the model's bodies: an exponential map
(3) for balls, an angle for hinges. The skeletons' places are those of the models that come with the clips.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.fields import fields_of, frame_rate, numbers
from sfv.motion.mocap.links import Links
from sfv.motion.rotations import rotvec_to_rotmat

_BALL = (0.0, 0.0, 0.0)  # stands for a ball joint where a hinge has its axis
_ARM, _LEG, _FOREARM, _SHIN = 0.274788, -0.421546, 0.258947, -0.40987


_Link = tuple[str, str, tuple[float, float, float], tuple[float, float, float] | None]
"""Name, parent, place against it, and the axis of a hinge, _BALL, or None for a link that does not turn."""


def _humanoid_side(side: str, sign: int) -> tuple[list[_Link], list[_Link]]:
    arm = [
        (f"{side}_upper_arm", "torso", (-0.02405, sign * 0.18311, 0.2435), _BALL),
        (f"{side}_lower_arm", f"{side}_upper_arm", (0.0, sign * _ARM, 0.0), (0.0, 0.0, 1.0)),
        (f"{side}_hand", f"{side}_lower_arm", (0.0, sign * _FOREARM, 0.0), None),
    ]
    leg: list[_Link] = [
        (f"{side}_thigh", "pelvis", (0.0, sign * 0.084887, 0.0), _BALL),
        (f"{side}_shin", f"{side}_thigh", (0.0, 0.0, _LEG), (0.0, 1.0, 0.0)),
        (f"{side}_foot", f"{side}_shin", (0.0, 0.0, _SHIN), _BALL),
    ]
    return arm, leg


_RIGHT, _LEFT = _humanoid_side("right", -1), _humanoid_side("left", 1)
_HUMANOID = [
    ("torso", "pelvis", (0.0, 0.0, 0.236151), _BALL), ("head", "torso", (0.0, 0.0, 0.223894), _BALL),
    *_RIGHT[0], *_LEFT[0], *_RIGHT[1], *_LEFT[1],
]  # fmt: skip
_SMPL = [
    (name, parent, place, _BALL) for name, parent, place in (
        ("L_Hip", "pelvis", (-0.0068, 0.0695, -0.0914)), ("L_Knee", "L_Hip", (-0.0045, 0.0343, -0.3752)),
        ("L_Ankle", "L_Knee", (-0.0437, -0.0136, -0.398)), ("L_Toe", "L_Ankle", (0.1193, 0.0124, -0.0258)),
        ("R_Hip", "pelvis", (-0.0043, -0.0677, -0.0905)), ("R_Knee", "R_Hip", (-0.0089, -0.0383, -0.3826)),
        ("R_Ankle", "R_Knee", (-0.0423, 0.0158, -0.3984)), ("R_Toe", "R_Ankle", (0.1193, -0.0124, -0.0258)),
        ("Torso", "pelvis", (-0.0267, -0.0025, 0.109)), ("Spine", "Torso", (0.0011, 0.0055, 0.1352)),
        ("Chest", "Spine", (0.0254, 0.0015, 0.0529)), ("Neck", "Chest", (-0.0429, -0.0028, 0.2139)),
        ("Head", "Neck", (0.0513, 0.0052, 0.065)), ("L_Thorax", "Chest", (-0.0341, 0.0788, 0.1217)),
        ("L_Shoulder", "L_Thorax", (-0.0089, 0.091, 0.0305)), ("L_Elbow", "L_Shoulder", (-0.0275, 0.2596, -0.0128)),
        ("L_Wrist", "L_Elbow", (-0.0012, 0.2492, 0.009)), ("L_Hand", "L_Wrist", (-0.0149, 0.084, -0.0082)),
        ("R_Thorax", "Chest", (-0.0386, -0.0818, 0.1188)), ("R_Shoulder", "R_Thorax", (-0.0091, -0.096, 0.0326)),
        ("R_Elbow", "R_Shoulder", (-0.0214, -0.2537, -0.0133)), ("R_Wrist", "R_Elbow", (-0.0056, -0.2553, 0.0078)),
        ("R_Hand", "R_Wrist", (-0.0103, -0.0846, -0.0061)))
]  # fmt: skip
_FOOT = np.array([0.16, 0.0, 0.0])
"""Where the humanoid's foot, a box, ends before the ankle, about."""
_SKELETONS = {34: _HUMANOID, 75: _SMPL}
"""By the numbers of a frame."""


def is_mimickit(content: Any) -> bool:
    """Whether what was read from a pickle is such a clip."""
    return isinstance(content, dict) and {"fps", "frames"} <= set(content)


def mimickit_links(content: dict[str, Any], path: Path | str) -> Links:
    """The clip's links. Raises FileFormatError for another character and for frames that are no numbers."""
    with fields_of(path, "clip of MimicKit"):
        frames = np.asarray(content["frames"], dtype=np.float64)
        if frames.ndim != 2 or frames.shape[1] not in _SKELETONS:
            raise FileFormatError(
                f"its frames have the shape {frames.shape}; 34 numbers (the humanoid) or 75 (the SMPL body) are known"
            )
        frames = numbers(frames, "frames", (None, None))
        skeleton, fps = _SKELETONS[frames.shape[1]], frame_rate(content["fps"])
    names, parents = ["pelvis"], [-1]
    places, rotations = [frames[:, :3]], [_turn(frames[:, 3:6])]
    column = 6
    for name, parent, place, axis in skeleton:
        above = names.index(parent)
        names.append(name)
        parents.append(above)
        places.append(places[above] + rotations[above] @ np.array(place))
        if axis is None:
            local = np.eye(3)
        elif axis == _BALL:
            local, column = _turn(frames[:, column : column + 3]), column + 3
        else:
            local, column = _turn(frames[:, column : column + 1] * np.array(axis)), column + 1
        rotations.append(rotations[above] @ local)
    ends = {names.index(f"{side}_foot"): _FOOT for side in ("left", "right") if f"{side}_foot" in names}
    turned = np.stack(np.broadcast_arrays(*rotations), 1)
    return Links(tuple(names), tuple(parents), np.stack(places, 1), turned, ends, fps)


def _turn(vectors: np.ndarray) -> np.ndarray:
    return rotvec_to_rotmat(torch.from_numpy(np.ascontiguousarray(vectors))).numpy()
