"""Which of the 33 landmarks are what: body, sides, groups."""

from collections.abc import Sequence

import numpy as np

from sfv.detect.keypoints import BLAZEPOSE_NAMES

NUM = len(BLAZEPOSE_NAMES)
_INDEX = {name: k for k, name in enumerate(BLAZEPOSE_NAMES)}


def _mirror_name(name: str) -> str:
    return name.replace("left", "\0").replace("right", "left").replace("\0", "right")


def mirror_of(names: Sequence[str]) -> np.ndarray:
    """For each of K landmark names, the index of its mirror image (itself where it has none). Shape (K,)."""
    index = {name: k for k, name in enumerate(names)}
    return np.array([index.get(_mirror_name(name), k) for k, name in enumerate(names)])


def _pairs(*parts: str) -> np.ndarray:
    return np.array([_INDEX[f"{side}_{part}"] for part in parts for side in ("left", "right")])


MIRROR = mirror_of(BLAZEPOSE_NAMES)
"""For every landmark, its mirror image (itself where it has none). Shape (33,)."""
SHOULDERS, HIPS = _pairs("shoulder"), _pairs("hip")
ARMS, LEGS = _pairs("elbow", "wrist", "pinky", "index", "thumb"), _pairs("knee", "ankle", "heel", "foot_index")
ARM_JOINTS, LEG_JOINTS = _pairs("elbow", "wrist"), _pairs("knee", "ankle")
BODY = _pairs("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
"""Landmarks that poses are compared by: the limbs, without face and fingers; left and right alternate."""
