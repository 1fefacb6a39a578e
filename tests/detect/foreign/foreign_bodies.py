"""A made-up walker in any layout, and the files in which other programs would say so."""

import json

import numpy as np

from sfv.detect.foreign.layouts import LAYOUTS

_ACROSS = {"eye": 2, "ear": 5, "shoulder": 12, "elbow": 16, "wrist": 18, "hip": 8, "knee": 9, "ankle": 9, "heel": 9,
           "foot_index": 11, "small_toe": 14}  # fmt: skip
_DOWN = {"head_top": -62, "eye": -53, "ear": -52, "nose": -50, "neck_base": -42, "neck": -38, "shoulder": -34, "thorax": -28,
         "spine": -16, "elbow": -14, "wrist": 4, "mid_hip": 0, "hip": 0, "knee": 28, "ankle": 56, "heel": 59,
         "foot_index": 62, "small_toe": 61}  # fmt: skip
CENTRE = np.array([150.0, 95.0])


def place(name, t, centre=CENTRE):
    """Pixel of a named point of somebody who stands, arms a little apart, legs swinging."""
    side = 1 if name.startswith("left") else -1 if name.startswith("right") else 0
    part = next((part for part in sorted(_DOWN, key=len, reverse=True) if part in name), "nose")
    swing = side * 6 * np.sin(t / 4) * (part in ("knee", "ankle", "heel", "foot_index", "small_toe"))
    return centre[0] + side * _ACROSS.get(part, 0) + swing + t / 10, centre[1] + _DOWN[part]


def body(layout, t, centre=CENTRE, confidence=0.9):
    """One person. Shape (K, 3)."""
    return np.array([[*place(name or "nose", t, centre), confidence] for name in LAYOUTS[layout]])


def expected(names, frames, centre=CENTRE):
    """Shape (T, K, 2)."""
    return np.array([[place(name, t, centre) for name in names] for t in range(frames)])


def write_openpose(folder, frames, name="video_{:012d}_keypoints.json", **extra):
    """One file a frame; ``frames`` maps a frame's number to its people, or lists them from 0 on."""
    folder.mkdir(exist_ok=True)
    for number, people in frames.items() if isinstance(frames, dict) else enumerate(frames):
        content = {"version": 1.3, "people": [{"pose_keypoints_2d": p.ravel().tolist()} for p in people]} | extra
        (folder / name.format(number)).write_text(json.dumps(content))
    return folder


def write_json(path, value):
    path.write_text(json.dumps(value))
    return path
