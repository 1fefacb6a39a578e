"""Where the landmarks of a recovered motion are in the picture, and how far the detector saw them from there."""

import numpy as np

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, LANDMARKS, USUAL_OFFSETS, landmark_selector

FAR = 0.25
"""Landmarks that lie farther from the body than this share of its size in the picture are another person's."""


def motion_landmarks(motion: BodyMotion, body: Body) -> np.ndarray:
    """The 19 landmarks of the fit on the recovered body, where detectors usually place them. Shape (T, 19, 3), metres, world."""
    rotations, places = body.joint_transforms(motion.poses, motion.betas, motion.trans)
    rest, skin = body.rest_joints(motion.betas), body.rest_vertices(motion.betas)
    carriers = [SMPL_JOINTS.index(joint) for joint, _ in LANDMARKS.values()]
    points = landmark_selector(body) @ skin
    arms = points + np.array(USUAL_OFFSETS) - rest[carriers]
    return places[:, carriers] + (rotations[:, carriers] @ arms[..., None])[..., 0]


def landmarks_px(motion: BodyMotion, body: Body) -> np.ndarray:
    """Those landmarks in the video's pixels. Shape (T, 19, 2). Raises SfvError where the motion has no camera."""
    if motion.camera is None:
        raise SfvError("the motion has no camera, so it cannot be laid over the video; reconstruct it from the video")
    return motion.camera.project(motion_landmarks(motion, body))


def keypoint_frames(motion: BodyMotion, keypoints: Keypoints) -> np.ndarray:
    """Index into the arrays of ``keypoints`` of each frame of the motion; may lie outside of them. Shape (T,)."""
    source = np.round((motion.first_frame + np.arange(len(motion))) * keypoints.fps / motion.fps).astype(int)
    return source - keypoints.first_frame


def seen_landmarks(motion: BodyMotion, keypoints: Keypoints, person: int) -> tuple[np.ndarray, np.ndarray]:
    """What the detector saw of the fit's 19 landmarks in the motion's frames: pixels (T, 19, 2), confidence (T, 19).

    NaN and 0 in frames, and for landmarks, that the keypoints do not have. Raises SfvError where there is no such person.
    """
    if not 0 <= person < keypoints.num_people:
        raise SfvError(f"there is no person {person}; the keypoints hold {keypoints.num_people}, numbered from 0")
    frames = keypoint_frames(motion, keypoints)
    inside = (frames >= 0) & (frames < keypoints.num_frames)
    xy, confidence = (
        np.full((len(motion), len(LANDMARK_NAMES), 2), np.nan),
        np.zeros((len(motion), len(LANDMARK_NAMES))),
    )
    for column, name in enumerate(LANDMARK_NAMES):
        if name in keypoints.names:
            row = keypoints.names.index(name)
            xy[inside, column] = keypoints.xy_px[person, frames[inside], row]
            confidence[inside, column] = np.nan_to_num(keypoints.confidence[person, frames[inside], row])
    return xy, confidence


def reprojection_px(motion: BodyMotion, keypoints: Keypoints, body: Body, person: int = 0) -> np.ndarray:
    """Distance in the picture between each landmark of the recovered body and where the detector saw it. Shape (T, 19), pixels.

    NaN where the landmark was not seen (confidence 0). Raises SfvError (no camera, no such person).
    """
    xy, confidence = seen_landmarks(motion, keypoints, person)
    error = np.linalg.norm(landmarks_px(motion, body) - xy, axis=-1)
    return np.where(confidence > 0, error, np.nan)


def matching_person(motion: BodyMotion, keypoints: Keypoints, body: Body) -> int | None:
    """Row of ``keypoints`` that shows the person of the motion: whose landmarks lie nearest, None where all are far or none is seen.

    Frames without a row's person count as far, so that a few frames that fit do not beat the whole motion. Raises SfvError where
    the motion has no camera.
    """
    place = landmarks_px(motion, body)
    with np.errstate(invalid="ignore"):
        size = float(np.nanmedian(np.linalg.norm(np.nanmax(place, axis=1) - np.nanmin(place, axis=1), axis=-1)))
    best: tuple[float, int] | None = None
    for person in range(keypoints.num_people):
        xy, confidence = seen_landmarks(motion, keypoints, person)
        error = np.where(confidence > 0, np.linalg.norm(place - xy, axis=-1), np.nan)
        error = error[np.isfinite(error).any(1)]
        if not len(error) or float(np.nanmedian(error)) > FAR * size:
            continue
        each = np.minimum(np.nanmedian(error, axis=1), FAR * size)
        cost = (float(each.sum()) + FAR * size * (len(motion) - len(each))) / len(motion)
        if best is None or cost < best[0]:
            best = cost, person
    return None if best is None else best[1]


def frame_errors(errors_px: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """One number a frame: the mean over landmarks, weighted by confidence. Shapes (T, 19), (T, 19) -> (T,), NaN without any."""
    weight = np.where(np.isfinite(errors_px), confidence, 0.0)
    total = weight.sum(1)
    mean = (weight * np.nan_to_num(errors_px)).sum(1) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, mean, np.nan)
