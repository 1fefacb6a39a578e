"""What was seen of a body: which parts lack evidence in which frames."""

import numpy as np

from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS

UNSEEN = 0.3
"""Confidence below which a joint counts as unseen: its pose is a guess from the frames around it and from habit."""
PARTS: dict[str, tuple[str, ...]] = {
    "head": ("head",),
    "left arm": ("left_elbow", "left_wrist"),
    "right arm": ("right_elbow", "right_wrist"),
    "left leg": ("left_knee", "left_ankle"),
    "right leg": ("right_knee", "right_ankle"),
    "left foot": ("left_foot",),
    "right foot": ("right_foot",),
    "left forearm": ("left_wrist",),
    "right forearm": ("right_wrist",),
    "left lower leg": ("left_ankle",),
    "right lower leg": ("right_ankle",),
}
"""Joints that testify for each part; a part is unseen where all of them are."""
_INSIDE = {"left foot": "left lower leg", "right foot": "right lower leg", "left forearm": "left arm", "right forearm": "right arm",
           "left lower leg": "left leg", "right lower leg": "right leg"}  # fmt: skip
"""A part is not named where the larger part that it belongs to is unseen too."""
_FAR_END = {
    "collar": "shoulder", "shoulder": "elbow", "elbow": "wrist", "hand": "wrist", "hip": "knee", "knee": "ankle", "ankle": "foot",
}  # fmt: skip
"""Which joint tells where the bone after a joint is."""


def bone_evidence(confidence: np.ndarray) -> np.ndarray:
    """Evidence for what hangs on each joint: the confidence at the far end of its bone. Shape (T, 24) -> (T, 24)."""
    source = []
    for joint in SMPL_JOINTS:
        side, _, name = joint.partition("_")
        far = f"{side}_{_FAR_END[name]}" if name in _FAR_END else joint
        source.append(SMPL_JOINTS.index(far))
    return confidence[:, source]


def unseen_parts(motion: BodyMotion) -> dict[str, np.ndarray]:
    """Which parts lack evidence in which frames. Part -> (T,) bool, "body" for frames in which nothing was seen.

    Empty where the motion does not know its confidence.
    """
    if motion.confidence is None:
        return {}
    low = motion.confidence < UNSEEN
    nothing: np.ndarray = np.all(low, axis=1)
    missing: dict[str, np.ndarray] = {}
    for part, joints in PARTS.items():
        missing[part] = np.all(low[:, [SMPL_JOINTS.index(joint) for joint in joints]], axis=1) & ~nothing
    alone = {"body": nothing}
    for part, frames in missing.items():
        alone[part] = frames.copy()
        around = _INSIDE.get(part)
        while around is not None:
            alone[part] &= ~missing[around]
            around = _INSIDE.get(around)
    return alone
