"""Readers of other programs' keypoints, with seeds of a made-up person beside a short film."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sfv.bench.reliability.fuzz import Reader

_FRAMES, _SIZE = 12, (64, 48)


def keypoint_readers() -> list[Reader]:
    """One for each family of files that ``sfv detect FILM --detector json`` reads."""
    return [
        Reader("OpenPose folder", _folder, lambda path: _read(path.parent, path.parent.parent), "text"),
        Reader("ControlNet json", _file("poses.json", _controlnet), _read, "text"),
        Reader("AlphaPose json", _file("alphapose-results.json", _alphapose), _read, "text"),
        Reader("COCO json", _file("person_keypoints.json", _coco), _read, "text"),
        Reader("MMPose json", _file("results.json", _mmpose), _read, "text"),
        Reader("easy_ViTPose json", _file("result.json", _vitpose), _read, "text"),
        Reader("MediaPipe json", _file("pose.json", _mediapipe), _read, "text"),
        Reader("keypoints of names npz", _npz, _read, "npz"),
    ]


def _read(path: Path, folder: Path | None = None) -> Any:
    from sfv.detect.config import DetectConfig
    from sfv.detect.foreign.read import read_foreign

    return read_foreign((folder or path.parent) / "film.mp4", DetectConfig(detector="json", keypoints=str(path)))


def _person(layout: str) -> list[list[float]]:
    """Somebody upright, in the middle of the picture: rows x, y, confidence."""
    from sfv.detect.foreign.layouts import LAYOUTS

    down = {"eye": 7, "ear": 7, "nose": 8, "shoulder": 13, "elbow": 19, "wrist": 24, "hip": 24, "knee": 33, "ankle": 41}
    across = {"eye": 1, "ear": 1.5, "shoulder": 4, "elbow": 5, "wrist": 5.5, "hip": 2.5, "knee": 3, "ankle": 3}
    rows = []
    for name in LAYOUTS[layout]:
        part = next((part for part in down if part in (name or "")), "hip")
        side = 1 if (name or "").startswith("left") else -1 if (name or "").startswith("right") else 0
        rows.append([32.0 + side * across.get(part, 0), float(down[part]), 0.9])
    return rows


def _flat(layout: str) -> list[float]:
    return [number for row in _person(layout) for number in row]


def _film(folder: Path) -> None:
    from sfv.video import write_video

    write_video(folder / "film.mp4", [np.zeros((_SIZE[1], _SIZE[0], 3), np.uint8)] * _FRAMES, 25)


def _file(name: str, content: Callable[[], Any]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        _film(folder)
        (folder / name).write_text(json.dumps(content()), encoding="utf-8")
        return folder / name

    return make


def _people() -> dict[str, Any]:
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": _flat("coco_18")}]}


def _folder(folder: Path) -> Path:
    _film(folder)
    (folder / "json").mkdir()
    for number in range(_FRAMES):
        path = folder / "json" / f"film_{number:012d}_keypoints.json"
        path.write_text(json.dumps(_people()), encoding="utf-8")
    return folder / "json" / "film_000000000003_keypoints.json"


def _controlnet() -> Any:
    return [_people() | {"canvas_width": 64, "canvas_height": 48} for _ in range(_FRAMES)]


def _alphapose() -> Any:
    return [
        {"image_id": f"{t}.jpg", "category_id": 1, "keypoints": _flat("coco_17"), "score": 2.9, "idx": [1.0]}
        for t in range(_FRAMES)
    ]


def _coco() -> Any:
    people = [{"id": t, "image_id": t, "category_id": 1, "keypoints": _flat("coco_17")} for t in range(_FRAMES)]
    images = [{"id": t, "file_name": f"{t:05d}.jpg", "width": 64, "height": 48} for t in range(_FRAMES)]
    return {"images": images, "annotations": people, "categories": [{"id": 1, "name": "person"}]}


def _mmpose() -> Any:
    points = [row[:2] for row in _person("coco_17")]
    instance = {"keypoints": points, "keypoint_scores": [0.9] * len(points), "bbox": [[0, 0, 9, 9]]}
    frames = [{"frame_id": t + 1, "instances": [instance]} for t in range(_FRAMES)]
    return {"meta_info": {"dataset_name": "coco"}, "instance_info": frames}


def _vitpose() -> Any:
    from sfv.detect.foreign.layouts import LAYOUTS

    points = [[y, x, c] for x, y, c in _person("coco_17")]
    named = {str(index): name for index, name in enumerate(LAYOUTS["coco_17"])}
    return {"keypoints": [{"0": points}] * _FRAMES, "skeleton": named}


def _mediapipe() -> Any:
    dots = [{"x": x / 64, "y": y / 48, "z": 0.0, "visibility": c} for x, y, c in _person("mediapipe_33")]
    return [{"frame": t, "pose_landmarks": dots} for t in range(_FRAMES)]


def _npz(folder: Path) -> Path:
    from sfv.detect.foreign.layouts import LAYOUTS

    _film(folder)
    rows = np.tile(np.array(_person("coco_17")), (_FRAMES, 1, 1))
    names = np.array(LAYOUTS["coco_17"])
    np.savez(folder / "own.npz", xy=rows[..., :2], confidence=rows[..., 2], names=names, fps=25.0, image_size=_SIZE)
    return folder / "own.npz"
