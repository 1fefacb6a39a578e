"""Where a detector would put its landmarks on a recovered body: the fit's 19 landmarks of a motion."""

import numpy as np
import torch

from sfv.bench.recovery.sets.triangulate import low_pass
from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.metrics import BODY_NAMES
from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, LANDMARKS, USUAL_OFFSETS, Skeleton

REAL_NAMES = (*BODY_NAMES, "left_foot_index", "right_foot_index")
"""The 14 landmarks that motions of the real set are scored on; those of the synthetic set on BODY_NAMES."""
_CARRIERS = [SMPL_JOINTS.index(joint) for joint, _ in LANDMARKS.values()]


def landmarks_of(motion: BodyMotion, body: Body) -> np.ndarray:
    """LANDMARK_NAMES of every frame, with the detector's usual displacement from the body's joints. Shape (T, 19, 3), world."""
    rotations, places = body.joint_transforms(motion.poses, body.pad_betas(motion.betas), motion.trans)
    betas = torch.as_tensor(body.pad_betas(motion.betas), dtype=torch.float32)
    joints, points, _ = (part.double().numpy() for part in Skeleton(body).rest(betas))
    arms = points + np.array(USUAL_OFFSETS) - joints[_CARRIERS]
    return places[:, _CARRIERS] + np.einsum("tjab,jb->tja", rotations[:, _CARRIERS], arms)


def detector_points(keypoints: Keypoints, names: tuple[str, ...], smooth: bool) -> tuple[np.ndarray, np.ndarray]:
    """The detector's own 3D landmarks of person 0 and the frames of these arrays they belong to: (N, J, 3) in metres, (N,).

    Frames without them are left out. ``smooth``: they are bridged, and the landmarks pass a filter of 6 Hz.
    """
    points = keypoints.world_c[0][:, [keypoints.names.index(name) for name in names]]
    known = np.flatnonzero(np.isfinite(points).all((1, 2)))
    if not smooth or len(known) == 0:
        return points[known], known
    frames = np.arange(known[0], known[-1] + 1)
    flat = points[known].reshape(len(known), -1)
    bridged = np.stack([np.interp(frames, known, column) for column in flat.T], 1)
    return low_pass(bridged.reshape(len(frames), len(names), 3), keypoints.fps), frames


def detector_certainty(keypoints: Keypoints, names: tuple[str, ...], frames: np.ndarray) -> np.ndarray:
    """What the detector says of person 0's landmarks in ``frames`` (N,) of these arrays: visibility. Shape (N, J)."""
    return keypoints.confidence[0][frames][:, [keypoints.names.index(name) for name in names]]


def motion_certainty(motion: BodyMotion, names: tuple[str, ...]) -> np.ndarray | None:
    """What a recovered motion says of the joints that are, or carry, the landmarks. Shape (T, J); None where it says nothing."""
    if motion.confidence is None:
        return None
    joints = [name if name in SMPL_JOINTS else LANDMARKS[name][0] for name in names]
    return motion.confidence[:, [SMPL_JOINTS.index(joint) for joint in joints]]


def columns(names: tuple[str, ...]) -> list[int]:
    """Columns of LANDMARK_NAMES."""
    return [LANDMARK_NAMES.index(name) for name in names]


def smpl_columns(names: tuple[str, ...]) -> list[int]:
    """Columns of SMPL_JOINTS."""
    return [SMPL_JOINTS.index(name) for name in names]
