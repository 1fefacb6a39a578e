"""PHALP and 4D-Humans: ``results/*.pkl``, joblib, zlib-compressed: frame name -> lists over the tracks.

Keys and axes after brjathu/PHALP ``phalp/trackers/PHALP.py`` (what is stored) and ``phalp/models/hmar/hmar.py``
(``get_3d_parameters``: how ``camera`` is made), focal length after ``phalp/configs/base.py``.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.published.motion import LEVEL_CAMERA, CameraTrack, PublishedMotion
from sfv.motion.published.tables import body_poses, has, rotvec, take, take_size

NAME = "PHALP or 4D-Humans (.pkl)"
_FOCAL, _RENDER = 5000.0, 256.0
"""The image, padded to a square, is taken to be 256 pixels wide and seen with a focal length of 5000 pixels."""
_LISTS = ("tid", "smpl", "camera", "size")


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return isinstance(content, dict) and bool(content) and all(has(frame, *_LISTS) for frame in content.values())


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """Everybody in the file. The camera is taken to stand still, level, with a focal length of the longer side of the image.

    PHALP's own camera is 20 image widths away. Its sideways place is kept, which is metric, and its distance is scaled to a usual
    lens, so that the picture stays the same but for perspective. Tracks that were only predicted in a frame are left out there.
    """
    rows: dict[int, list[tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]] = {}
    size: tuple[int, int] | None = None
    for order, (name, frame) in enumerate(content.items()):
        number = int(frame.get("time", order))
        ages = frame.get("tracked_time", [0] * len(frame["tid"]))
        if any(len(frame[key]) != len(frame["tid"]) for key in _LISTS) or len(ages) != len(frame["tid"]):
            raise FileFormatError(f"{path}: the lists of frame {name} differ in length; the file is damaged")
        for person, age, smpl, camera, (height, width) in zip(frame["tid"], ages, *(frame[key] for key in _LISTS[1:])):
            size = size or take_size((width, height), path)
            if age > 0:
                continue
            root = take(smpl, "global_orient", (1, 3, 3), path)
            body = take(smpl, "body_pose", (23, 3, 3), path)
            place = take({"camera": camera}, "camera", (3,), path)
            rows.setdefault(int(person), []).append((number, root, body, place, take(smpl, "betas", (-1,), path)))
    if size is None:
        raise FileFormatError(f"{path} holds no person; give the file of a video in which somebody was tracked")
    focal = float(max(size))
    people = []
    for person, seen in sorted(rows.items()):
        seen.sort(key=lambda row: row[0])
        frames, roots, bodies, places, betas = (np.array(column) for column in zip(*seen))
        poses = body_poses(rotvec(roots[:, 0], path), rotvec(bodies, path).reshape(len(seen), -1))
        places[:, 2] *= focal / (_FOCAL * max(size) / _RENDER)
        still = np.broadcast_to(np.eye(3), (len(frames), 3, 3))
        people.append(PublishedMotion(
            "PHALP", str(person), frames, poses, places, betas.mean(0), LEVEL_CAMERA, np.zeros(3),
            camera=CameraTrack(still, np.zeros((len(frames), 3)), focal, size), seen_at=places.mean(0),
            notes=(
                "the camera was taken to stand still and to be held level",
                f"focal length assumed: {focal:.0f} px; distances from the camera scale with it",
            ),
        ))  # fmt: skip
    return people
