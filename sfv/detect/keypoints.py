"""Keypoints: 2D (and weak 3D) landmarks of every person of a video, tracked over time."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sfv.errors import FileFormatError, NoPersonError
from sfv.files import load_npz, save_npz
from sfv.motion.fields import fields_of, flag, frame_rate, numbers, text, texts, whole
from sfv.motion.film import Film

BLAZEPOSE_NAMES = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb",
    "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
"""The 33 landmarks of BlazePose in order; left and right are the person's own."""

SCHEMA, VERSION = "sfv.keypoints", 2
"""Version 2 adds ``background_px`` and ``cuts``; files of version 1 are read without them."""


@dataclass(frozen=True)
class Keypoints:
    """P people over the T frames of one video. Where a person is absent, ``xy_px`` and ``world_c`` are NaN and confidence 0."""

    xy_px: np.ndarray
    """Position in the source video's pixels, origin at the top left corner. Shape (P, T, K, 2)."""
    confidence: np.ndarray
    """Visibility in [0, 1]. Shape (P, T, K)."""
    world_c: np.ndarray
    """Metric landmarks, mid-hips at the origin, camera axes (x right, y down, z away). Shape (P, T, K, 3), metres; NaN where
    the detector gives none (OpenPose)."""
    fps: float
    image_size: tuple[int, int]
    """Width and height of the source video, pixels."""
    names: tuple[str, ...] = BLAZEPOSE_NAMES
    """Names of the K landmarks."""
    video: str = ""
    """Where the frames came from."""
    first_frame: int = 0
    """Frame of the source video that frame 0 of these arrays belongs to."""
    background_px: np.ndarray | None = None
    """How far the background moved since the frame before, pixels: near 0 for a camera that stands still; NaN where it could
    not be measured. Shape (T,), or None where the detector does not look at the background."""
    cuts: tuple[int, ...] = ()
    """Frames, as indices into these arrays, at which the video cuts to another shot."""
    notes: tuple[str, ...] = ()
    """What was recognised and assumed of another program's file, in words."""
    film: Film | None = None
    """How the video was read: which of its pictures each frame shows. It spans these frames or more; None where it is not known."""
    sides_checked: bool = False
    """Whether frames in which left was taken for right were found and undone already; else the reconstruction does it."""

    def __post_init__(self) -> None:
        """Raise FileFormatError for arrays that do not belong together and numbers that no film has."""
        confidence = numbers(self.confidence, "confidence", (None, None, None))
        people, frames, landmarks = confidence.shape
        size = tuple(whole(length, "image_size", 1) for length in self.image_size)
        if len(size) != 2:
            raise FileFormatError(f"image_size has {len(size)} numbers; a width and a height are needed")
        values: dict[str, object] = {
            "confidence": confidence,
            "xy_px": numbers(self.xy_px, "xy_px", (people, frames, landmarks, 2), missing=True),
            "world_c": numbers(self.world_c, "world_c", (people, frames, landmarks, 3), missing=True),
            "fps": frame_rate(self.fps, "give the film's own"),
            "image_size": size,
        }
        if self.background_px is not None:
            values["background_px"] = numbers(self.background_px, "background_px", (frames,), missing=True)
        if len(self.names) != landmarks:
            raise FileFormatError(f"{len(self.names)} landmark names for {landmarks} landmarks")
        whole(self.first_frame, "first_frame")
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def num_people(self) -> int:
        """How many people were tracked."""
        return len(self.confidence)

    @property
    def num_frames(self) -> int:
        """How many frames the arrays span."""
        return self.confidence.shape[1]

    @property
    def present(self) -> np.ndarray:
        """Whether each person was seen in each frame. Shape (P, T), bool."""
        return np.any(self.confidence > 0, axis=-1)

    def span(self, person: int) -> tuple[int, int]:
        """First frame and one past the last frame in which ``person`` was seen, as indices into these arrays."""
        seen = np.flatnonzero(self.present[person])
        return (int(seen[0]), int(seen[-1]) + 1) if len(seen) else (0, 0)

    def select(self, person: int, start: int | None = None, stop: int | None = None) -> "Keypoints":
        """One person, cut to their span (or to frames start .. stop - 1 of these arrays).

        Raises NoPersonError where there is no such person.
        """
        if not 0 <= person < self.num_people:
            raise NoPersonError(f"there is no person {person}; {self.num_people} were found, numbered from 0")
        first, last = self.span(person)
        first, last = first if start is None else max(start, 0), last if stop is None else min(stop, self.num_frames)
        part = (slice(person, person + 1), slice(first, last))
        return Keypoints(
            self.xy_px[part], self.confidence[part], self.world_c[part], self.fps, self.image_size, self.names, self.video,
            self.first_frame + first, None if self.background_px is None else self.background_px[first:last],
            tuple(cut - first for cut in self.cuts if first < cut < last), self.notes, self.film, self.sides_checked,
        )  # fmt: skip

    def save(self, path: Path | str) -> None:
        """Write ``keypoints.npz``."""
        background = {} if self.background_px is None else {"background_px": self.background_px.astype(np.float32)}
        save_npz(
            path,
            SCHEMA,
            VERSION,
            {
                "xy_px": self.xy_px.astype(np.float32),
                "confidence": self.confidence.astype(np.float32),
                "world_c": self.world_c.astype(np.float32),
                "fps": float(self.fps),
                "image_size": np.asarray(self.image_size),
                "landmark_names": np.asarray(self.names),
                "video": _stored_name(self.video),
                "first_frame": self.first_frame,
                "cuts": np.asarray(self.cuts, int),
                "notes": np.asarray(self.notes, str),
                "sides_checked": self.sides_checked,
                **background,
                **(self.film.arrays() if self.film else {}),
            },
        )

    @classmethod
    def load(cls, path: Path | str) -> "Keypoints":
        """Read ``keypoints.npz``. Raises FileFormatError."""
        data = load_npz(path, SCHEMA, VERSION, ("xy_px", "confidence", "fps", "image_size", "landmark_names"))
        with fields_of(path, "keypoints file"):
            xy = numbers(data["xy_px"], "xy_px", (None, None, None, 2), missing=True)
            world = data["world_c"] if "world_c" in data else np.full((*xy.shape[:-1], 3), np.nan)
            confidence = numbers(data["confidence"], "confidence", xy.shape[:-1], missing=True)
            names = texts(data["landmark_names"], "landmark_names", xy.shape[2])
            width, height = (int(value) for value in numbers(data["image_size"], "image_size", (2,)))
            return cls(
                xy_px=xy,
                # a place that is no number is no evidence, whatever the file says
                confidence=np.where(np.isfinite(xy).all(-1), np.nan_to_num(confidence), 0.0),
                world_c=world,
                fps=frame_rate(data["fps"], "give the film's own"),
                image_size=(width, height),
                names=names,
                video=_read_name(data.get("video", "")),
                first_frame=whole(data.get("first_frame", 0), "first_frame"),
                background_px=data.get("background_px"),
                cuts=tuple(whole(cut, "cuts", 0, xy.shape[1]) for cut in _list(data.get("cuts", ()))),
                notes=texts(data.get("notes", ()), "notes"),
                film=Film.of(data),
                sides_checked=flag(data.get("sides_checked", False), "sides_checked"),
            )


def _stored_name(path: str) -> str | bytes:
    """A film's name as an array can hold it: the bytes of one that is no Unicode."""
    return path if path.isprintable() else os.fsencode(path)


def _read_name(value: object) -> str:
    array = np.asarray(value)
    return os.fsdecode(array.item()) if array.dtype.kind == "S" and array.size == 1 else text(value, "video")


def _list(value: object) -> np.ndarray:
    array = np.asarray(value)
    return array if array.size else np.zeros(0, int)
