"""PromptHMR-Vid: ``results.pkl``, joblib: people and cameras in one y-up world with the floor at 0.

Keys after yufu-wang/PromptHMR ``pipeline/pipeline.py`` and ``pipeline/world.py``: SMPL-X in ``smplx_world``, cameras world to
camera in ``Rcw`` and ``Tcw``.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.published.motion import Y_UP, CameraTrack, PublishedMotion
from sfv.motion.published.tables import body_poses, has, take, take_frames, take_number, take_rotations, take_size

NAME = "PromptHMR (results.pkl)"


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return has(content, "people", "camera")


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """Everybody in the file, in one world."""
    if not content["people"] or not all(has(person, "smplx_world", "frames") for person in content["people"].values()):
        raise FileFormatError(f"{path} has nobody in the world (smplx_world); let PromptHMR run to its end")
    people = []
    for name, person in content["people"].items():
        frames = take_frames(person, "frames", path)
        n = len(frames)
        pose = take(person["smplx_world"], "pose", (n, -1), path)
        place = take(person["smplx_world"], "trans", (n, 3), path)
        camera, at = None, None
        if has(content.get("camera_world"), "Rcw", "Tcw", "img_focal", "img_center"):
            table = content["camera_world"]
            turn, move = take_rotations(table, "Rcw", (-1, 3, 3), path), take(table, "Tcw", (-1, 3), path)
            if not 0 <= frames.min() <= frames.max() < min(len(turn), len(move)):
                raise FileFormatError(f"{path}: person {name} is in frames without a camera; the file is damaged")
            size = take_size(2 * take(table, "img_center", (2,), path), path)
            camera = CameraTrack(turn[frames], move[frames], take_number(table, "img_focal", path), size)
            at = (np.einsum("nij,nj->ni", camera.rotation, place) + camera.translation).mean(0)
        people.append(PublishedMotion(
            "PromptHMR", str(name), frames, body_poses(pose[:, :3], pose[:, 3:66]), place,
            take(person["smplx_world"], "shape", (n, -1), path).mean(0), Y_UP, np.zeros(3), body="smplx", ground=0.0,
            camera=camera, seen_at=at,
        ))  # fmt: skip
    return people
