"""JSON files of keypoints: whose they are is told by what they hold."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sfv.budget import check_content, parse_json, read_text, reading, within_depth
from sfv.detect.foreign.formats.coco import read_coco
from sfv.detect.foreign.formats.landmarks import WHOSE, read_landmarks
from sfv.detect.foreign.formats.mmpose import read_easy_vitpose, read_mmpose
from sfv.detect.foreign.formats.openpose import read_openpose
from sfv.detect.foreign.formats.records import Content, Frame
from sfv.detect.foreign.formats.values import keys_of
from sfv.errors import FileFormatError, SfvError

FORMATS: Sequence[Callable[[Any], Content | None]] = (
    read_openpose, read_coco, read_easy_vitpose, read_mmpose, read_landmarks,
)  # fmt: skip
"""Readers of a parsed file, asked in this order; each returns None for what is not its own."""
READ = "OpenPose, ControlNet, AlphaPose, COCO, MMPose, easy_ViTPose, MediaPipe, YOLO"
_OTHER_WAY = "what else has keypoints goes into an npz with xy and names (docs/files.md)"
_COSTS = {"[": 120, "{": 300, ",": 40, '"': 35, ":": 60}
"""Bytes of memory that Python's objects take for each such character of a JSON text, at most."""
_COMMA = re.compile(r",\s*[\]}]")


def read_file(path: Path) -> Content:
    """Frames of one file. Raises FileFormatError."""
    text = read_text(path, "JSON file")
    check_content(2 * len(text) + sum(cost * text.count(sign) for sign, cost in _COSTS.items()), path)
    try:
        value = parse_json(text, path, "JSON file of keypoints")
    except FileFormatError as error:
        if (comma := _COMMA.search(text)) is None:
            raise
        where = f"{path} is not JSON: a comma stands before the closing bracket at character {comma.end()}"
        raise FileFormatError(f"{where}, as some programs leave it; take such commas out") from error
    within_depth(value, path)
    with reading(path, "file of keypoints"):
        return _content(value, path)


def _content(value: Any, path: Path) -> Content:
    try:
        for read in FORMATS:
            if (found := read(value)) is not None:
                return found
    except SfvError as error:
        raise FileFormatError(f"{path}: {error}") from error
    raise FileFormatError(f"{path} is {keys_of(value)}, no format that is known; read are {READ}; {_OTHER_WAY}")


def read_folder(folder: Path) -> Content:
    """Frames of all JSON files of a folder, one in each, labelled by the files' names. Raises FileFormatError."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise FileFormatError(
            f"{folder} holds no JSON file; give the folder that OpenPose's --write_json named, or the file of another program"
        )
    if len(files) == 1:
        return read_file(files[0])
    frames, sizes, whose, names = [], set(), set(), set()
    for file in files:
        content = read_file(file)
        if len(content.frames) != 1:
            raise FileFormatError(
                f"{file} holds {len(content.frames)} frames, the folder {len(files)} files; give that file alone with --keypoints"
            )
        frames.append(Frame(content.frames[0].people, file.stem.removesuffix("_keypoints")))
        sizes.add(content.size)
        whose.add(content.format)
        names.add(content.names)
    if len(whose - {WHOSE}) > 1:
        raise FileFormatError(
            f"{folder} holds files of several programs ({', '.join(sorted(whose))}); give one's alone"
        )
    return Content(
        "/".join(sorted(whose)),
        frames,
        names.pop() if len(names) == 1 else None,
        sizes.pop() if len(sizes) == 1 else None,
    )
