"""What a reconstruction accepts: cameras that can exist, landmarks that suffice, one shot between cuts."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

_FOCAL_RATIOS = (0.25, 30.0)
"""Focal lengths over the picture's longer side between a fisheye of 127 degrees and a telescope."""
_NEEDED = ("shoulder", "elbow", "hip", "knee")


def check_camera(config: ReconstructConfig, longer_side: int) -> None:
    """Raises SfvError for a focal length or an up direction that no camera has."""
    focal, up = config.focal_px, config.up_c
    least, most = (ratio * longer_side for ratio in _FOCAL_RATIOS)
    if focal is not None and not least <= focal <= most:
        raise SfvError(
            f"a focal length of {focal:g} px does not fit a picture whose longer side has {longer_side} px; between {least:.0f} and "
            f"{most:.0f} is possible: give it in pixels of this video, not in millimetres, or leave it out"
        )
    if up is not None and not 0.5 < float(np.linalg.norm(up)) < 2.0:
        raise SfvError(
            f"up_c {tuple(up)} is no direction; give the world's up in camera axes (x right, y down, z forward), as 0 -1 0 for a "
            "level camera"
        )


def with_landmarks(keypoints: Keypoints) -> Keypoints:
    """Keypoints with all landmarks of the fit: those that the detector lacks have confidence 0.

    Raises SfvError where hips, shoulders, knees or elbows are not among them.
    """
    missing = [name for name in LANDMARK_NAMES if name not in keypoints.names]
    needed = [name for name in missing if any(part in name for part in _NEEDED)]
    if needed:
        raise SfvError(f"the keypoints lack {', '.join(needed)}; these 19 are known: {', '.join(LANDMARK_NAMES)}")
    if not missing:
        return keypoints
    people, frames, _ = keypoints.confidence.shape
    absent = np.full((people, frames, len(missing), 3), np.nan)
    return replace(
        keypoints,
        xy_px=np.concatenate([keypoints.xy_px, absent[..., :2]], 2),
        world_c=np.concatenate([keypoints.world_c, absent], 2),
        confidence=np.concatenate([keypoints.confidence, np.zeros(absent.shape[:3])], 2),
        names=(*keypoints.names, *missing),
    )


def longest_shot(keypoints: Keypoints) -> Keypoints:
    """The frames between two cuts in which the person is seen most."""
    if not keypoints.cuts:
        return keypoints
    ends = [0, *keypoints.cuts, keypoints.num_frames]
    present = keypoints.present[0]
    start, stop = max(pairwise(ends), key=lambda shot: present[shot[0] : shot[1]].sum())
    return keypoints.select(0, start, stop)
