"""TRAM: ``hps/hps_track_k.npy`` for each person and ``camera.npy`` beside that folder: dicts of tensors and arrays.

Keys after yufu-wang/tram ``lib/models/hmr_vimo.py`` (``inference``: SMPL in the camera of each frame) and
``scripts/estimate_camera.py``; ``lib/pipeline/visualization.py`` leads into the world: point = cam_R[frame] point + cam_T[frame].
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.published.load import load
from sfv.motion.published.motion import LEVEL_CAMERA, Y_UP, CameraTrack, PublishedMotion
from sfv.motion.published.tables import (
    body_poses,
    has,
    rotvec,
    take,
    take_frames,
    take_number,
    take_rotations,
    take_size,
)

NAME = "TRAM (hps_track_k.npy, or the folder with camera.npy and hps)"
_CAMERA, _TRACKS = "camera.npy", "hps_track_*.npy"


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return has(content, "pred_rotmat", "pred_trans", "frame") or has(content, "pred_cam_R", "pred_cam_T", "img_focal")


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """The person of a track's file, or everybody where ``path`` is the camera's file."""
    if "pred_rotmat" in content:
        return [_track(content, path)]
    return read_folder(path.parent)


def read_folder(folder: Path) -> list[PublishedMotion]:
    """Everybody in the folder of a video. Raises FileFormatError where it holds no track."""
    tracks = sorted(
        [*folder.glob(_TRACKS), *folder.glob(f"hps/{_TRACKS}")], key=lambda file: int(file.stem.split("_")[-1])
    )
    if not tracks:
        raise FileFormatError(
            f"{folder} holds no {_TRACKS}, neither itself nor in hps; give the folder that TRAM wrote"
        )
    return [_track(load(track), track) for track in tracks]


def _track(content: Any, path: Path) -> PublishedMotion:
    """The person of a track's file, in the world of the camera's file beside it or above."""
    if not has(content, "pred_rotmat", "pred_trans", "frame"):
        raise FileFormatError(f"{path} holds no track of TRAM; take it out of the folder or run TRAM again")
    camera = next((place for place in (path.parent / _CAMERA, path.parent.parent / _CAMERA) if place.is_file()), None)
    if camera is None:
        return _person(content, path, None, path)
    found = load(camera)
    if not has(found, "pred_cam_R", "pred_cam_T", "img_focal", "img_center"):
        raise FileFormatError(f"{camera} is no camera of TRAM; take it away or run TRAM again")
    return _person(content, path, found, camera)


def _person(track: dict[str, Any], path: Path, camera: dict[str, Any] | None, camera_path: Path) -> PublishedMotion:
    frames = take_frames(track, "frame", path)
    n = len(frames)
    rotations = rotvec(take(track, "pred_rotmat", (n, 24, 3, 3), path), path)
    place = take(track, "pred_trans", (n, 3), path)
    to_world, origin, lens = LEVEL_CAMERA, np.zeros(3), None
    notes: tuple[str, ...] = ("no camera.npy: the camera was taken to stand still and to be held level",)
    if camera is not None:
        gravity = has(camera, "world_cam_R", "world_cam_T")
        turn = take_rotations(camera, "world_cam_R" if gravity else "pred_cam_R", (-1, 3, 3), camera_path)
        move = take(camera, "world_cam_T" if gravity else "pred_cam_T", (len(turn), 3), camera_path)
        if frames.max() >= len(turn):
            raise FileFormatError(f"{camera_path} has {len(turn)} frames, {path} others; give the two of one video")
        axes = Y_UP if gravity else LEVEL_CAMERA
        to_world, origin = axes @ turn[frames], move[frames] @ axes.T
        size = take_size(2 * take(camera, "img_center", (2,), camera_path), camera_path)
        focal = take_number(camera, "img_focal", camera_path)
        still = np.broadcast_to(np.eye(3), (n, 3, 3))
        lens = CameraTrack(still, np.zeros((n, 3)), focal, size)
        notes = () if gravity else ("the camera was taken to be held level in the first frame",)
    return PublishedMotion(
        "TRAM", path.stem.split("_")[-1], frames, body_poses(rotations[:, 0], rotations[:, 1:].reshape(n, -1)), place,
        take(track, "pred_shape", (n, -1), path).mean(0), to_world, origin, camera=lens, seen_at=place.mean(0), notes=notes,
    )  # fmt: skip
