"""The 2D skeleton and the recovered body drawn over the input."""

import cv2
import numpy as np

from sfv.detect.keypoints import Keypoints
from sfv.motion.camera import Camera
from sfv.render.painter import paint_mesh

BODY_RGB = np.array([92.0, 156.0, 214.0])
"""Colour of the recovered body."""
LEFT_RGB, RIGHT_RGB, MIDDLE_RGB = (255, 150, 60), (70, 225, 150), (245, 245, 245)
"""Colours of the person's left, right and middle."""
BONES = (
    ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"),
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"), ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"), ("left_knee", "left_ankle"), ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
    ("left_ankle", "left_heel"), ("left_heel", "left_foot_index"), ("left_ankle", "left_foot_index"), ("right_ankle", "right_heel"),
    ("right_heel", "right_foot_index"), ("right_ankle", "right_foot_index"), ("nose", "left_ear"), ("nose", "right_ear"),
)  # fmt: skip
"""Lines of the 2D skeleton; a line is left out where a detector does not know its ends."""
_OPACITY = 0.72
_SEEN = 0.3  # confidence from which a landmark is drawn


def paint_body(
    image: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    camera: Camera,
    supersample: int,
    rgb: np.ndarray = BODY_RGB,
) -> None:
    """Draw the recovered body (V, 3) in its world over the frame that ``camera`` took, in place; the picture shines through.

    ``rgb`` is one colour (3,) or one for each face (F, 3).
    """
    paint_mesh(image, vertices, faces, camera, rgb, _OPACITY, supersample)


def paint_keypoints(
    image: np.ndarray,
    keypoints: Keypoints,
    person: int,
    frame: int,
    factor: float = 1.0,
    corner: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Draw one person's 2D skeleton, in place.

    ``frame`` counts in the arrays of ``keypoints``; the image is the source cut at ``corner`` (pixels) and enlarged by ``factor``.
    """
    if not 0 <= frame < keypoints.num_frames:
        return
    place = dict(zip(keypoints.names, (keypoints.xy_px[person, frame] - corner) * factor))
    seen = dict(zip(keypoints.names, keypoints.confidence[person, frame]))
    width = max(2, round(image.shape[0] / 240))
    shown = {name: tuple(np.round(place[name] * 16).astype(int).tolist()) for name in place if seen[name] > _SEEN}
    for a, b in BONES:
        if a in shown and b in shown:
            cv2.line(image, shown[a], shown[b], _colour(a, b), width, cv2.LINE_AA, 4)
    # in a fixed order, so that the same keypoints always give the same picture
    for name in dict.fromkeys(end for bone in BONES for end in bone if end in shown):
        cv2.circle(image, shown[name], round(16 * (width + 0.5)), (25, 25, 25), -1, cv2.LINE_AA, 4)
        cv2.circle(image, shown[name], 16 * width - 4, _colour(name, name), -1, cv2.LINE_AA, 4)


def _colour(a: str, b: str) -> tuple[int, int, int]:
    if a.startswith("left") and b.startswith("left"):
        return LEFT_RGB
    return RIGHT_RGB if a.startswith("right") and b.startswith("right") else MIDDLE_RGB
