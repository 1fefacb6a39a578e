"""Keypoints that other systems wrote: a folder of OpenPose JSON files, or arrays in a plain npz."""

import json
import re
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from sfv.detect.config import DetectConfig
from sfv.detect.keypoints import SCHEMA, Keypoints
from sfv.detect.track import Progress
from sfv.errors import FileFormatError
from sfv.files import read_npz
from sfv.video import Video, image_files, open_video

_COCO_18 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
    "right_ear", "left_ear",
)  # fmt: skip
_BODY_25 = (
    *_COCO_18[:8], "mid_hip", *_COCO_18[8:], "left_foot_index", "left_small_toe", "left_heel", "right_foot_index",
    "right_small_toe", "right_heel",
)  # fmt: skip
OPENPOSE_NAMES = {18: _COCO_18, 25: _BODY_25}
"""Landmarks of OpenPose's two body models in its order, under BlazePose's names (big toe: foot_index)."""

FPS_TOLERANCE = 0.01
"""Largest relative difference between the rates of a file and its video."""
ASSOCIATION_GATE = 0.75
"""Two skeletons of consecutive frames are one person when nearer than this (mean landmark distance, heights of her box)."""
ASSOCIATION_GAP = 0.5
"""Seconds that she may be missing in between."""


def read_openpose(video_path: Path, config: DetectConfig, progress: Progress | None = None) -> Keypoints:
    """Keypoints of the video from ``config.keypoints``, the folder that OpenPose's --write_json wrote for it, or its only file.

    Files are told apart by the number of the frame in their names; those of a folder of images by the images' names. People are
    followed from frame to frame by position. Raises FileFormatError.
    """
    video, folder = open_video(video_path, config.start, config.stop, config.fps), _given(config)
    files = sorted(folder.glob("*.json")) if folder.is_dir() else [folder] * folder.is_file()
    if not files:
        raise FileFormatError(
            f"{folder} is not a folder with OpenPose's JSON files; give the one that --write_json named"
        )
    numbers = _frame_numbers(files, video)
    frames = {number: _read_people(file) for number, file in zip(numbers, files)}
    sizes = {len(person) for found in frames.values() for person in found}
    if len(sizes) > 1 or not sizes <= OPENPOSE_NAMES.keys():
        raise FileFormatError(
            f"{folder}: people have {sorted(sizes)} landmarks; OpenPose's BODY_25 (25) and COCO (18) are known"
        )
    names = OPENPOSE_NAMES[sizes.pop() if sizes else 25]
    arrays: list[np.ndarray] = []
    last_seen: list[int] = []
    for frame in range(len(video)):
        found = frames.get(frame + video.first_frame, [])
        for person, index in zip(found, _associate(found, arrays, last_seen, frame, ASSOCIATION_GAP * video.fps)):
            if index == len(arrays):
                arrays.append(np.zeros((len(video), len(names), 3)))
                last_seen.append(frame)
            arrays[index][frame], last_seen[index] = person, frame
        if progress:
            progress(frame + 1, len(video))
    people = np.stack(arrays) if arrays else np.zeros((0, len(video), len(names), 3))
    return _keypoints(people[..., :2], people[..., 2], names, video)


def _frame_numbers(files: list[Path], video: Video) -> list[int]:
    """OpenPose puts the frame's number, or the image's name, before ``_keypoints``; other files count in their order."""
    stems = [file.stem.removesuffix("_keypoints") for file in files]
    if video.path.is_dir():
        images = {file.stem: number for number, file in enumerate(image_files(video.path))}
        if all(stem in images for stem in stems):
            return [images[stem] for stem in stems]
    matches = [re.search(r"(\d+)_keypoints$", file.stem) for file in files]
    return [int(match[1]) if match else order for order, match in enumerate(matches)]


def _read_people(file: Path) -> list[np.ndarray]:
    """Rows x, y, confidence of everybody in a frame, shape (K, 3) each; who has only a face or hands is left out."""
    try:
        people = json.loads(file.read_text(encoding="utf-8"))["people"]
        # before OpenPose 1.2 the key was pose_keypoints
        flat = [person.get("pose_keypoints_2d", person.get("pose_keypoints")) for person in people]
        return [np.asarray(numbers, float).reshape(-1, 3) for numbers in flat if numbers]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileFormatError(f"{file} is not OpenPose's JSON ({error}); write it again with --write_json") from error


def _associate(
    found: list[np.ndarray], arrays: list[np.ndarray], last_seen: list[int], frame: int, gap: float
) -> list[int]:
    """Number of each person found: one of those followed, or the next new number."""
    cost = np.full((len(found), len(arrays)), np.inf)
    for i, person in enumerate(found):
        for k, array in enumerate(arrays):
            before = array[last_seen[k]]
            both = (person[:, 2] > 0) & (before[:, 2] > 0)
            if frame - last_seen[k] <= gap and both.any():
                height = max(np.ptp(before[before[:, 2] > 0, 1]), 1.0)
                cost[i, k] = np.linalg.norm(person[both, :2] - before[both, :2], axis=-1).mean() / height
    cost[cost > ASSOCIATION_GATE] = np.inf
    numbers, new = [-1] * len(found), len(arrays)
    for i, k in zip(*linear_sum_assignment(np.where(np.isfinite(cost), cost, 1e6))):
        if np.isfinite(cost[i, k]):
            numbers[i] = int(k)
    for i, number in enumerate(numbers):
        if number < 0:
            numbers[i], new = new, new + 1
    return numbers


def read_npz_keypoints(video_path: Path, config: DetectConfig, progress: Progress | None = None) -> Keypoints:
    """Keypoints of the video from ``config.keypoints``: a ``keypoints.npz`` of ours, taken as it is, or an npz with arrays.

    ``xy`` (T, K, 2) or (P, T, K, 2), pixels, for all frames of the video; ``names`` (K,); optional ``confidence`` (T, K) or
    (P, T, K), else 1 wherever ``xy`` is finite; optional ``fps``, which must be the video's, and ``image_size`` (width,
    height) that ``xy`` is measured in, else the video's. Raises FileFormatError.
    """
    file = _given(config)
    data = read_npz(file)
    if str(data.get("schema", "")) == SCHEMA:
        return Keypoints.load(file)
    missing = [name for name in ("xy", "names") if name not in data]
    if missing:
        raise FileFormatError(
            f"{file} lacks the array {' and '.join(missing)}; it holds {', '.join(sorted(data)) or 'nothing'}"
        )
    names = tuple(str(name) for name in data["names"])
    xy = np.asarray(data["xy"], float)
    confidence = (
        np.asarray(data["confidence"], float) if "confidence" in data else np.isfinite(xy).all(-1).astype(float)
    )
    if xy.ndim == 3:
        xy, confidence = xy[None], confidence.reshape(-1, *confidence.shape[-2:])
    if xy.ndim != 4 or xy.shape[-1] != 2 or confidence.shape != xy.shape[:3] or len(names) != xy.shape[2]:
        raise FileFormatError(
            f"{file}: xy {data['xy'].shape}, confidence {confidence.shape} and {len(names)} names do not fit; wanted are "
            "xy (T, K, 2) or (P, T, K, 2), confidence without the last axis, and K names"
        )
    video = open_video(video_path, config.start, config.stop, config.fps)
    if "fps" in data and abs(float(data["fps"]) / video.fps - 1) > FPS_TOLERANCE:
        raise FileFormatError(
            f"{file} has {float(data['fps']):g} frames per second, {video_path} {video.fps:g}; give the video's own"
        )
    if xy.shape[1] < video.first_frame + len(video):
        raise FileFormatError(f"{file} has {xy.shape[1]} frames, {video_path} more; give keypoints of the whole video")
    cut = slice(video.first_frame, video.first_frame + len(video))
    scale = np.array(video.size) / np.asarray(data.get("image_size", video.size), float)
    return _keypoints(xy[:, cut] * scale, confidence[:, cut], names, video)


def _given(config: DetectConfig) -> Path:
    if not config.keypoints:
        raise FileFormatError(f"the detector '{config.detector}' reads a file or folder; name it with --keypoints")
    return Path(config.keypoints).expanduser()


def _keypoints(xy: np.ndarray, confidence: np.ndarray, names: tuple[str, ...], video: Video) -> Keypoints:
    """Who is seen most first; absent landmarks marked as such; no 3D."""
    confidence = np.where(np.isfinite(xy).all(-1), np.nan_to_num(confidence), 0)
    order = np.argsort(-confidence.sum((1, 2)), kind="stable")
    confidence = confidence[order]
    seen = (confidence > 0)[..., None]
    return Keypoints(
        np.where(seen, xy[order], np.nan), confidence, np.full((*confidence.shape, 3), np.nan), video.fps, video.size, names,
        str(video.path), video.first_frame,
    )  # fmt: skip
