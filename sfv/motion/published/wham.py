"""WHAM: ``wham_output.pkl``, joblib: number of the person -> arrays over their frames.

Keys after yohanshin/WHAM ``demo.py`` (Store results). The world is y-up (``return_y_up=True``; ``lib/vis/run_vis.py`` puts the
ground under the lowest y). ``trans_world`` is the middle of the hips, because ``lib/models/smpl.py`` (``get_output``) moves the
body there before it adds it; ``trans`` is SMPL's own translation in the camera.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.motion.published.motion import LEVEL_CAMERA, Y_UP, PublishedMotion
from sfv.motion.published.tables import body_poses, has, take, take_frames

NAME = "WHAM (wham_output.pkl)"


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return isinstance(content, dict) and bool(content) and all(
        has(person, "pose", "trans", "frame_ids") or has(person, "pose_world", "trans_world", "frame_ids")
        for person in content.values()
    )  # fmt: skip


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """Everybody in the file, in WHAM's world; each person has a world of their own. Without a world: in a level camera."""
    people = []
    for name, person in content.items():
        frames = take_frames(person, "frame_ids", path)
        n = len(frames)
        world = has(person, "pose_world", "trans_world")
        pose = take(person, "pose_world" if world else "pose", (n, 72), path)
        seen = take(person, "trans", (n, 3), path) if "trans" in person else None
        place = take(person, "trans_world", (n, 3), path) if world else seen
        assert place is not None  # matches() has seen one of them
        people.append(PublishedMotion(
            "WHAM", str(name), frames, body_poses(pose[:, :3], pose[:, 3:]), place,
            take(person, "betas", (n, -1), path).mean(0), Y_UP if world else LEVEL_CAMERA, np.zeros(3), place_is_hips=world,
            seen_at=None if seen is None else seen.mean(0),
            notes=() if world else ("WHAM wrote no world: the camera was taken to stand still and to be held level",),
        ))  # fmt: skip
    return people
