"""Where the detector took left for right although the recovered body did not follow: found by laying the body over the landmarks."""

import numpy as np

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR
from sfv.reconstruct.report.reprojection import landmarks_px, seen_landmarks

BETTER = 0.5
"""The landmarks with their sides exchanged must lie this much closer to the body."""
CLEAR = 0.1
"""And closer by this share of the torso's length in the picture: seen from the side, left and right are hard to tell."""
SEEN = 0.25
"""Least mean confidence of the landmarks that decide; the less certain side of each pair counts."""
_GROUPS = {
    "arms": ("elbow", "wrist"),
    "legs": ("knee", "ankle", "heel", "foot_index"),
}


def exchanged_sides(motion: BodyMotion, keypoints: Keypoints, body: Body, person: int = 0) -> dict[str, np.ndarray]:
    """Frames in which the keypoints have left and right exchanged against the body: of the whole "body", only "arms", only "legs".

    Each of shape (T,), bool. Raises SfvError (no camera, no such person).
    """
    xy, confidence = seen_landmarks(motion, keypoints, person)
    place = landmarks_px(motion, body)
    across = list(MIRROR)
    torso = np.linalg.norm(_middle(place, "shoulder") - _middle(place, "hip"), axis=-1)
    torso = np.maximum(torso, np.median(torso))
    found = {}
    for group, parts in _GROUPS.items():
        columns = [
            index
            for index, name in enumerate(LANDMARK_NAMES)
            if name.split("_", 1)[-1] in parts and LANDMARK_NAMES[across[index]] != name
        ]
        weight = np.minimum(confidence, confidence[:, across])[:, columns]
        total = np.maximum(weight.sum(1), 1e-9)
        straight, crossed = (
            (weight * np.nan_to_num(np.linalg.norm(place - seen, axis=-1)[:, columns])).sum(1) / total
            for seen in (xy, xy[:, across])
        )
        found[group] = (weight.mean(1) > SEEN) & (crossed < BETTER * straight) & (straight - crossed > CLEAR * torso)
    both = found["arms"] & found["legs"]
    return {"body": both, "arms": found["arms"] & ~both, "legs": found["legs"] & ~both}


def _middle(places: np.ndarray, part: str) -> np.ndarray:
    """Middle between the left and the right of a landmark. Shape (T, 19, 2) -> (T, 2)."""
    return 0.5 * (places[:, LANDMARK_NAMES.index(f"left_{part}")] + places[:, LANDMARK_NAMES.index(f"right_{part}")])
