"""The open body's rest skeleton (T-pose, y up, facing z, its left at x, metres), as far as readers of motion capture need it.

Kept as numbers because this room lies below the body model; a test compares them with the model itself.
"""

import numpy as np

from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

_LEFT_AND_MIDDLE = {
    "pelvis": (0.0, 0.077, 0.013), "left_hip": (0.110, 0.064, 0.005), "spine1": (0.0, 0.156, -0.025),
    "left_knee": (0.144, -0.318, 0.037), "spine2": (0.0, 0.225, -0.011), "left_ankle": (0.186, -0.746, 0.006),
    "spine3": (0.0, 0.437, -0.024), "left_foot": (0.182, -0.794, 0.152), "neck": (0.0, 0.622, 0.012),
    "left_collar": (0.023, 0.548, 0.027), "head": (0.0, 0.720, 0.046), "left_shoulder": (0.176, 0.525, 0.023),
    "left_elbow": (0.436, 0.525, 0.023), "left_wrist": (0.670, 0.525, 0.023), "left_hand": (0.776, 0.525, 0.023),
}  # fmt: skip
_SOLES = {"left_ankle": (0.207, -0.819, -0.003), "left_foot": (0.171, -0.819, 0.152)}
_MIRROR_X = np.array([-1.0, 1.0, 1.0])


def _both(name: str, table: dict[str, tuple[float, float, float]]) -> np.ndarray:
    return np.array(table[name]) if name in table else np.array(table[name.replace("right", "left")]) * _MIRROR_X


REST_JOINTS = np.stack([_both(name, _LEFT_AND_MIDDLE) for name in SMPL_JOINTS])
"""Joints of the mean shape. Shape (24, 3)."""
SOLES = {name: _both(name, _SOLES) for side in ("left", "right") for name in (f"{side}_ankle", f"{side}_foot")}
"""A point under each heel, carried by the ankle, and under each ball of the foot, carried by SMPL's foot joint."""
BENDS = {
    "left_hip": (1.0, 0.0, 0.0), "right_hip": (1.0, 0.0, 0.0), "left_knee": (1.0, 0.0, 0.0), "right_knee": (1.0, 0.0, 0.0),
    "left_shoulder": (0.0, -1.0, 0.0), "right_shoulder": (0.0, 1.0, 0.0), "left_elbow": (0.0, -1.0, 0.0),
    "right_elbow": (0.0, 1.0, 0.0),
}  # fmt: skip
"""Axis about which the knee or elbow at the end of, or at the head of, each limb bends when the angle is positive."""
ENDS = {"hip": "knee", "knee": "ankle", "shoulder": "elbow", "elbow": "wrist"}
"""Joint at the end of the bone that starts at a joint."""
LEG_LENGTH = float(
    np.linalg.norm(np.diff(REST_JOINTS[[SMPL_JOINTS.index(f"left_{part}") for part in ("hip", "knee", "ankle")]], axis=0), axis=1).sum()
)  # fmt: skip
"""Hip to knee to ankle, metres."""
MID_HIPS = 0.5 * (REST_JOINTS[SMPL_JOINTS.index("left_hip")] + REST_JOINTS[SMPL_JOINTS.index("right_hip")])


def limb_frame(joint: str) -> np.ndarray:
    """Axes of a limb of the open body in its T-pose, see ``frame_of``. Shape (3, 3)."""
    side, part = joint.split("_")
    bone = REST_JOINTS[SMPL_JOINTS.index(f"{side}_{ENDS[part]}")] - REST_JOINTS[SMPL_JOINTS.index(joint)]
    return frame_of(bone, np.array(BENDS[joint]))


def frame_of(bone: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Right-handed axes whose first is the bone's direction and whose second is the bend axis as far as it is square to it."""
    first = bone / np.linalg.norm(bone)
    second = bend - (bend @ first) * first
    second /= np.linalg.norm(second)
    return np.stack([first, second, np.cross(first, second)], axis=1)


def sole_heights(local: np.ndarray, pelvis: np.ndarray) -> np.ndarray:
    """World z of the four sole points. Rotations (T, 24, 3, 3) relative to the parent, pelvis (T, 3) -> (T, 4)."""
    rotations, positions = [local[:, 0]], [pelvis]
    for joint in range(1, 24):
        parent = SMPL_PARENTS[joint]
        rotations.append(rotations[parent] @ local[:, joint])
        positions.append(positions[parent] + rotations[parent] @ (REST_JOINTS[joint] - REST_JOINTS[parent]))
    heights = []
    for name, point in SOLES.items():
        joint = SMPL_JOINTS.index(name)
        heights.append((positions[joint] + rotations[joint] @ (point - REST_JOINTS[joint]))[:, 2])
    return np.stack(heights, axis=1)
