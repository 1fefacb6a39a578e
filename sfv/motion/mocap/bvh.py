"""BVH files as links in motion: any channel order, positions in any joint, plain or compressed."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sfv.budget import BUDGET_BYTES, in_short, read_bytes, unpack
from sfv.errors import FileFormatError
from sfv.motion.fields import LARGEST
from sfv.motion.mocap.links import Links

_MOST_TEXT = BUDGET_BYTES // 24
"""Characters of a file that is read; a number of some characters becomes 8 bytes, and several copies of it."""
_MOST_JOINTS = 1000
_TOKEN = re.compile(r"[{}]|[^\s{}]+")
_CHANNEL = re.compile(r"([XYZ])(position|rotation)", re.IGNORECASE)


@dataclass
class _Joint:
    name: str
    parent: int
    offset: list[float]
    channels: list[tuple[int, bool]] = field(default_factory=list)
    """Axis and whether it is a rotation, in the file's order."""


def read_bvh_links(path: Path | str) -> Links:
    """Read a BVH file. Raises FileFormatError."""
    path = Path(path)
    content = unpack(read_bytes(path), path)
    if len(content) > _MOST_TEXT:
        raise FileFormatError(
            f"{path} holds {len(content)} characters; up to {_MOST_TEXT} are read: cut it into shorter pieces"
        )
    text = content.decode("latin-1")
    head, found, tail = text.partition("MOTION")
    if not found:
        raise FileFormatError(f"{path} is not a whole BVH file: it has no MOTION section; copy it again")
    joints, ends = _hierarchy(head, path)
    values, fps = _values(tail, sum(len(joint.channels) for joint in joints), path)
    places, rotations = _kinematics(joints, values)
    names, parents = tuple(joint.name for joint in joints), tuple(joint.parent for joint in joints)
    return Links(names, parents, places, rotations, ends, fps)


def _hierarchy(text: str, path: Path) -> tuple[list[_Joint], dict[int, np.ndarray]]:
    tokens = iter(_TOKEN.findall(text))
    joints: list[_Joint] = []
    ends: dict[int, np.ndarray] = {}
    above: list[int] = []  # joints whose braces are open, -1 for an end site
    here = -1
    try:
        for token in tokens:
            if token in ("ROOT", "JOINT"):
                joints.append(_Joint(_name(next(tokens)), above[-1] if above else -1, [0.0, 0.0, 0.0]))
                here = len(joints) - 1
                if len(joints) > _MOST_JOINTS:
                    raise ValueError(f"it has more than {_MOST_JOINTS} joints")
            elif token == "End":
                here = -1
            elif token == "{":
                above.append(here)
            elif token == "}":
                above.pop()
            elif token == "OFFSET":
                offset = [float(next(tokens)) for _ in range(3)]
                if above[-1] >= 0:
                    joints[above[-1]].offset = offset
                else:
                    ends[above[-2]] = np.array(offset)
            elif token == "CHANNELS":
                joints[above[-1]].channels = [_channel(next(tokens)) for _ in range(int(next(tokens)))]
    except (StopIteration, IndexError, ValueError) as error:
        raise FileFormatError(
            f"{path} is not a whole BVH file: its HIERARCHY cannot be read ({in_short(error)})"
        ) from error
    roots = sum(joint.parent < 0 for joint in joints)
    if roots != 1 or above:
        raise FileFormatError(
            f"{path} has {roots} skeletons in its HIERARCHY; one is needed: save each person as a file"
            if not above
            else f"{path} is not a whole BVH file: a brace of its HIERARCHY is missing"
        )
    return joints, ends


def _name(token: str) -> str:
    """A joint's name as messages may show it."""
    return "".join(one if one.isprintable() else "?" for one in token[:60])


def _channel(token: str) -> tuple[int, bool]:
    found = _CHANNEL.fullmatch(token)
    if found is None:
        raise ValueError(f"{token[:40]} is no channel")
    return "XYZ".index(found[1].upper()), found[2].lower() == "rotation"


def _values(text: str, channels: int, path: Path) -> tuple[np.ndarray, float]:
    """Numbers of every frame (T, channels) and frames a second."""
    found = re.match(r"\s*Frames:\s*(\d{1,9})\s*Frame\s+Time:\s*(\S+)", text)
    try:
        if found is None:
            raise ValueError("Frames and Frame Time are missing")
        frames, seconds = int(found[1]), float(found[2])
        numbers = np.array(text[found.end() :].split(), dtype=np.float64)
    except ValueError as error:
        raise FileFormatError(
            f"{path} is not a whole BVH file: its MOTION cannot be read ({in_short(error)})"
        ) from error
    if not (np.isfinite(seconds) and 1e-4 < seconds < 10):
        raise FileFormatError(
            f"{path} has a Frame Time of {seconds:g} s; write the true one (0.0333333 for 30 a second)"
        )
    if len(numbers) != frames * channels or frames < 1:
        raise FileFormatError(
            f"{path} is cut short or damaged: {frames} frames of {channels} channels are announced, {len(numbers)} numbers follow"
        )
    if not np.isfinite(numbers).all() or np.abs(numbers).max(initial=0) > LARGEST:
        raise FileFormatError(f"{path} holds numbers that are no number, or absurdly large")
    return numbers.reshape(frames, channels), 1.0 / seconds


def _kinematics(joints: list[_Joint], values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (T, N, 3) and world rotations (T, N, 3, 3)."""
    frames = len(values)
    places, rotations = np.zeros((frames, len(joints), 3)), np.zeros((frames, len(joints), 3, 3))
    column = 0
    for index, joint in enumerate(joints):
        local, offset = np.broadcast_to(np.eye(3), (frames, 3, 3)), np.tile(np.array(joint.offset), (frames, 1))
        for axis, turns in joint.channels:
            value = values[:, column]
            column += 1
            if turns:
                local = local @ _about(np.radians(value), axis)  # as written from left to right, the last turns first
            else:
                offset[:, axis] = (
                    value  # a position stands for the offset (root, and files with six channels everywhere)
                )
        if joint.parent < 0:
            places[:, index], rotations[:, index] = offset, local
        else:
            turned = rotations[:, joint.parent]
            places[:, index] = places[:, joint.parent] + np.einsum("tij,tj->ti", turned, offset)
            rotations[:, index] = turned @ local
    return places, rotations


def _about(angle: np.ndarray, axis: int) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    out = np.zeros((len(angle), 3, 3))
    a, b = (axis + 1) % 3, (axis + 2) % 3
    out[:, axis, axis] = 1.0
    out[:, a, a] = out[:, b, b] = c
    out[:, a, b], out[:, b, a] = -s, s
    return out
