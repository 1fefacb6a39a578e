"""Acclaim's asf (skeleton) and amc (motion) files as numbers; plain or .xz."""

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.rotations import rotvec_to_rotmat

INCH = 0.0254
"""CMU's lengths are inches after division by the file's own length unit."""
REQUIRED = (
    "root", "lowerback", "thorax", "head",
    *(f"{side}{bone}" for side in "lr" for bone in (
        "hipjoint", "femur", "tibia", "foot", "toes", "clavicle", "humerus", "radius")),
)  # fmt: skip
"""Bones of CMU's skeleton without which a motion cannot be carried over."""
ROOT_PATH = ("tx", "ty", "tz")
"""Names of the numbers that place the root."""


@dataclass(frozen=True)
class Bone:
    """One bone of an asf file, rest pose in y-up axes."""

    direction: np.ndarray
    """Unit vector along the bone. Shape (3,)."""
    length: float
    """In the file's unit."""
    axes: np.ndarray
    """The frame in which its angles turn: C of "C M C^-1". Shape (3, 3)."""
    dofs: tuple[str, ...]
    """Which angles the amc file gives, in order: of rx, ry, rz (the root also tx, ty, tz)."""


@dataclass(frozen=True)
class Asf:
    """An Acclaim skeleton."""

    bones: dict[str, Bone]
    parents: dict[str, str]
    metres: float
    """Length of the file's unit."""


def read_asf(path: Path | str) -> Asf:
    """Read a skeleton. Raises FileFormatError."""
    path = Path(path)
    sections = _sections(path)
    try:
        unit = {line.split()[0]: line.split()[1] for line in sections["units"]}
        radians = 1.0 if unit.get("angle") == "rad" else np.pi / 180.0
        root = {line.split()[0]: line.split()[1:] for line in sections["root"]}
        bones = {"root": Bone(np.zeros(3), 0.0, np.eye(3), tuple(word.lower() for word in root["order"]))}
        for block in _blocks(sections["bonedata"]):
            fields = {line.split()[0]: line.split()[1:] for line in block}
            angles = np.array([float(value) for value in fields["axis"][:3]]) * radians
            direction = np.array([float(value) for value in fields["direction"]])
            bones[fields["name"][0]] = Bone(
                direction / np.linalg.norm(direction),
                float(fields["length"][0]),
                euler(angles),
                tuple(fields.get("dof", ())),
            )
        parents = {}
        for line in next(_blocks(sections["hierarchy"])):
            parent, *children = line.split()
            parents |= dict.fromkeys(children, parent)
        metres = INCH / float(unit["length"])
        if not set(ROOT_PATH) <= set(bones["root"].dofs):
            raise KeyError("TX TY TZ")
    except (KeyError, ValueError, IndexError, StopIteration) as error:
        raise FileFormatError(
            f"{path} is not an Acclaim skeleton: {error!r} at units, root, bonedata or hierarchy"
        ) from error
    missing = [name for name in REQUIRED if name not in bones or (name not in parents and name != "root")]
    if missing:
        raise FileFormatError(f"{path} lacks the bones {', '.join(missing)} of CMU's skeleton")
    ordered: dict[str, Bone] = {"root": bones["root"]}
    while len(ordered) < len(bones):
        reached = {
            name: bones[name]
            for name, parent in parents.items()
            if parent in ordered and name not in ordered and name in bones
        }
        if not reached:
            raise FileFormatError(f"{path}: bones {', '.join(sorted(set(bones) - set(ordered)))} hang on nothing")
        ordered |= reached
    return Asf(ordered, parents, metres)


def read_amc(path: Path, skeleton: Asf) -> dict[str, np.ndarray]:
    """Angles (radians) and root place (file's unit) of each bone that moves. Shape (T, number of its dofs).

    Raises FileFormatError.
    """
    lines = _text(path).splitlines()
    scale = 1.0 if any(line.strip().upper() == ":RADIANS" for line in lines) else np.pi / 180.0
    values: dict[str, list[list[float]]] = {}
    frames = 0
    try:
        for line in lines:
            words = line.split()
            if not words or words[0][0] in "#:":
                continue
            if len(words) == 1:
                frames = int(words[0])
            elif words[0] in skeleton.bones:
                values.setdefault(words[0], []).append([float(word) for word in words[1:]])
        arrays = {name: np.array(rows) for name, rows in values.items()}
    except ValueError as error:
        raise FileFormatError(f"{path} is not an Acclaim motion: {error}") from error
    for name, array in arrays.items():
        dofs = skeleton.bones[name].dofs
        if array.ndim != 2 or array.shape[1] != len(dofs) or len(array) != len(arrays.get("root", ())):
            raise FileFormatError(
                f"{path}: '{name}' has values of shape {array.shape}; {len(dofs)} in every frame are needed"
            )
        arrays[name] = array * [1.0 if dof.startswith("t") else scale for dof in dofs]
    if "root" not in arrays or frames < 2:
        raise FileFormatError(f"{path} holds no motion of a root; is it an amc file of this skeleton?")
    return arrays


def euler(angles: np.ndarray) -> np.ndarray:
    """Rotation about x, then y, then z of the fixed axes. Shape (..., 3) -> (..., 3, 3)."""
    x, y, z = (rotvec_to_rotmat(torch.from_numpy(angles[..., i : i + 1] * np.eye(3)[i])).numpy() for i in range(3))
    return z @ y @ x


def _sections(path: Path) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _text(path).splitlines():
        stripped = line.strip()
        if stripped.startswith(":"):
            current = sections.setdefault(stripped[1:].split()[0].lower(), [])
        elif stripped and not stripped.startswith("#"):
            current.append(stripped)
    return sections


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line == "begin":
            block = []
        elif line == "end":
            yield block
        else:
            block.append(line)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (lzma.decompress(raw) if path.suffix == ".xz" else raw).decode("latin-1")
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}") from error
    except lzma.LZMAError as error:
        raise FileFormatError(f"{path} is not a whole xz file: {error}") from error
