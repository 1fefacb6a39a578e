"""SLAHMR: ``*_world_results.npz``: B tracks over T frames in one world, whose axes are those of the camera's first frames.

Keys after vye16/slahmr ``slahmr/optim/base_scene.py`` (``get_optim_result``) and ``params.py`` (cameras: world to camera); the
floor after ``slahmr/geometry/plane.py`` (``parse_floor_plane``: normal times offset, the normal's y never positive); visibility
after ``slahmr/optim/output.py`` (``save_track_info``).
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.budget import read_json
from sfv.errors import FileFormatError
from sfv.motion.published.motion import LEVEL_CAMERA, CameraTrack, PublishedMotion
from sfv.motion.published.tables import body_poses, has, take, take_rotations, take_size

NAME = "SLAHMR (*_world_results.npz)"


_MOST_TRACKS = 1000


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return (
        has(content, "trans", "root_orient", "pose_body")
        and isinstance(content["trans"], np.ndarray)
        and content["trans"].ndim == 3
    )


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """Everybody in the file, in one world."""
    tracks, t = np.shape(content["trans"])[:2]
    if not (0 < tracks <= _MOST_TRACKS and t > 0):
        raise FileFormatError(f"{path} holds {tracks} tracks of {t} frames; the file is damaged")
    place = take(content, "trans", (tracks, t, 3), path)
    root = take(content, "root_orient", (tracks, t, 3), path)
    body = take(content, "pose_body", (tracks, t, 63), path)
    betas = take(content, "betas", (tracks, -1), path) if "betas" in content else np.zeros((tracks, 10))
    first, names, seen = _visible(path.parent / "track_info.json", tracks, t)
    people = []
    for track in range(tracks):
        rows = seen[track]
        to_world, ground, notes = _floor(content, track, path)
        camera = _camera(content, track, t, rows, path)
        at = (
            None
            if camera is None
            else np.einsum("nij,nj->ni", camera.rotation, place[track, rows]) + camera.translation
        )
        people.append(PublishedMotion(
            "SLAHMR", names[track], first + rows, body_poses(root[track, rows], body[track, rows]), place[track, rows],
            betas[track], to_world, np.zeros(3), ground=ground, camera=camera, seen_at=None if at is None else at.mean(0),
            notes=notes,
        ))  # fmt: skip
    return people


def _floor(content: dict[str, Any], track: int, path: Path) -> tuple[np.ndarray, float | None, tuple[str, ...]]:
    """Rotation to a z-up world, height of the floor in it, and what was assumed."""
    if "floor_plane" not in content:
        return LEVEL_CAMERA, None, ("the file has no floor: the camera was taken to be held level",)
    planes = take(content, "floor_plane", (-1, 3), path)
    index = int(take(content, "floor_idcs", (-1,), path)[track]) if "floor_idcs" in content else 0
    if not 0 <= index < len(planes) or not np.linalg.norm(planes[index]) > 0:
        raise FileFormatError(f"{path}: track {track} has no floor among its {len(planes)}; the file is damaged")
    offset = float(np.linalg.norm(planes[index]))
    up = planes[index] / offset
    if up[1] > 0:
        up, offset = -up, -offset
    ahead = np.array([0.0, 0.0, 1.0]) - up[2] * up
    if np.linalg.norm(ahead) < 1e-3:  # the camera looks straight down
        ahead = np.array([1.0, 0.0, 0.0]) - up[0] * up
    ahead /= np.linalg.norm(ahead)
    return np.stack((ahead, np.cross(up, ahead), up)), offset, ()


def _camera(content: dict[str, Any], track: int, t: int, rows: np.ndarray, path: Path) -> CameraTrack | None:
    if not has(content, "cam_R", "cam_t", "intrins"):
        return None
    turn, move = take_rotations(content, "cam_R", (-1, t, 3, 3), path), take(content, "cam_t", (-1, t, 3), path)
    focal, _, x, y = take(content, "intrins", (-1, 4), path)[0]
    own = track if track < len(turn) == len(move) else 0
    return CameraTrack(turn[own, rows], move[own, rows], float(focal), take_size((2 * x, 2 * y), path))


def _visible(file: Path, tracks: int, t: int) -> tuple[int, list[str], list[np.ndarray]]:
    """First frame, names of the tracks, and the rows from the first to the last in which each was seen."""
    if not file.is_file():
        return 0, [str(track) for track in range(tracks)], [np.arange(t)] * tracks
    try:
        info = read_json(file, "list of tracks")
        start = int(info["meta"]["seq_interval"][0])
        names, seen = [""] * tracks, [np.arange(t)] * tracks
        for name, entry in info["tracks"].items():
            hits = np.flatnonzero(entry["vis_mask"][start : start + t])
            if 0 <= entry["index"] < tracks and len(hits):
                names[entry["index"]], seen[entry["index"]] = str(name), np.arange(hits[0], hits[-1] + 1)
        return start + int(info["meta"]["data_interval"][0]), names, seen
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise FileFormatError(f"{file} is not SLAHMR's list of tracks ({error}); delete it or make it again") from error
