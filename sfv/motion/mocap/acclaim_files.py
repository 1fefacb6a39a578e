"""Acclaim's asf (skeleton) and amc (motion) files as numbers; plain or .xz."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from sfv.budget import BUDGET_BYTES, in_short, read_bytes, unpack
from sfv.errors import FileFormatError
from sfv.motion.fields import LARGEST, frame_rate
from sfv.motion.rotations import rotvec_to_rotmat

INCH = 0.0254
"""CMU's lengths are inches after division by the file's own length unit."""
REQUIRED = (
    "root", "lowerback", "thorax", "head",
    *(f"{side}{bone}" for side in "lr" for bone in (
        "hipjoint", "femur", "tibia", "foot", "toes", "clavicle", "humerus", "radius")),
)  # fmt: skip
"""Bones of CMU's skeleton."""
CMU_HZ = 120.0
"""Rate at which CMU's database was captured; its files do not say it."""
_DOFS = frozenset({"tx", "ty", "tz", "rx", "ry", "rz", "l"})
_MOST_BONES = 1000
_MOST_TEXT = BUDGET_BYTES // 24
"""Characters of a file; each number of two of them takes 32 bytes here. The longest captures have 20 million."""
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
    """Length of the file's unit, as CMU's files have it."""

    @property
    def missing(self) -> list[str]:
        """Bones of CMU's skeleton that this one lacks."""
        return [name for name in REQUIRED if name not in self.bones or (name not in self.parents and name != "root")]


def read_asf(path: Path | str) -> Asf:
    """Read a skeleton. Raises FileFormatError."""
    path = Path(path)
    sections = _sections(path)
    try:
        bones, parents, metres = _skeleton(sections)
    except (LookupError, ValueError, ArithmeticError, StopIteration) as error:
        raise FileFormatError(
            f"{path} is not an Acclaim skeleton: {in_short(error)} at units, root, bonedata or hierarchy"
        ) from error
    ordered: dict[str, Bone] = {"root": bones["root"]}
    while len(ordered) < len(bones):
        reached = {
            name: bones[name]
            for name, parent in parents.items()
            if parent in ordered and name not in ordered and name in bones
        }
        if not reached:
            loose = ", ".join(name[:40] for name in sorted(set(bones) - set(ordered))[:5])
            raise FileFormatError(f"{path}: bones {loose} hang on nothing")
        ordered |= reached
    return Asf(ordered, parents, metres)


def _skeleton(sections: dict[str, list[str]]) -> tuple[dict[str, Bone], dict[str, str], float]:
    """Bones, parents and the length of the unit. Raises KeyError, ValueError, IndexError, StopIteration for what is no skeleton."""
    unit = {line.split()[0]: line.split()[1] for line in sections["units"]}
    radians = 1.0 if unit.get("angle") == "rad" else np.pi / 180.0
    root = {line.split()[0]: line.split()[1:] for line in sections["root"]}
    bones = {"root": Bone(np.zeros(3), 0.0, np.eye(3), _dofs(root["order"]))}
    for block in _blocks(sections["bonedata"]):
        fields = {line.split()[0]: line.split()[1:] for line in block}
        direction, length = _numbers(fields["direction"], 3), _numbers(fields["length"], 1)[0]
        if (length > 0 and not np.linalg.norm(direction) > 0) or length < 0:
            raise ValueError(f"bone {fields['name'][0][:40]} without a direction or of negative length")
        bones[fields["name"][0]] = Bone(
            direction / max(float(np.linalg.norm(direction)), 1e-9),
            length,
            euler(_numbers(fields["axis"], 3) * radians),
            _dofs(fields.get("dof", [])),
        )
        if len(bones) > _MOST_BONES:
            raise ValueError(f"more than {_MOST_BONES} bones")
    parents: dict[str, str] = {}
    for line in next(_blocks(sections["hierarchy"])):
        parent, *children = line.split()
        parents |= dict.fromkeys(children, parent)
    if not set(ROOT_PATH) <= set(bones["root"].dofs):
        raise KeyError("TX TY TZ")
    return bones, parents, INCH / float(_numbers([unit["length"]], 1)[0])


def _numbers(words: list[str], count: int) -> np.ndarray:
    """The first ``count`` words as numbers of a size that lengths and angles have. Raises ValueError."""
    values = np.array([float(word) for word in words[:count]])
    if len(values) != count or not np.isfinite(values).all() or np.abs(values).max() > LARGEST:
        raise ValueError(f"{' '.join(words[:count])[:60]} where {count} numbers are needed")
    return values


def _dofs(words: list[str]) -> tuple[str, ...]:
    """Names of the numbers of a bone. Raises ValueError for names that the format does not have."""
    names = tuple(word.lower() for word in words)
    if not set(names) <= _DOFS or len(set(names)) != len(names):
        raise ValueError(f"{' '.join(words)[:60]} where some of {', '.join(sorted(_DOFS))} are needed")
    return names


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
                frames = int(words[0][:20])
            elif words[0] in skeleton.bones:
                values.setdefault(words[0], []).append([float(word) for word in words[1:]])
        arrays = {name: np.array(rows) for name, rows in values.items()}
    except (ValueError, OverflowError) as error:
        raise FileFormatError(f"{path} is not an Acclaim motion: {in_short(error)}") from error
    for name, array in arrays.items():
        dofs = skeleton.bones[name].dofs
        if array.ndim != 2 or array.shape[1] != len(dofs) or len(array) != len(arrays.get("root", ())):
            raise FileFormatError(
                f"{path}: '{name}' has values of shape {array.shape}; {len(dofs)} in every frame are needed"
            )
        if not np.isfinite(array).all() or np.abs(array).max(initial=0.0) > LARGEST:
            raise FileFormatError(
                f"{path}: '{name}' holds NaN, infinity or a number above {LARGEST:g}; cut those frames out"
            )
        arrays[name] = array * [1.0 if dof.startswith("t") else scale for dof in dofs]
    if "root" not in arrays or frames < 2:
        raise FileFormatError(f"{path} holds no motion of a root; is it an amc file of this skeleton?")
    return arrays


def amc_rate(path: Path) -> float:
    """Frames a second: as the file says (":SAMPLES-PER-SECOND 30"), or CMU's. Raises FileFormatError."""
    found = re.search(r"^:SAMPLES-PER-SECOND\s+(\S+)", _text(path), re.MULTILINE)
    if found is None:
        return CMU_HZ
    try:
        return frame_rate(float(found[1]))
    except ValueError as error:
        raise FileFormatError(f"{path} says {found[1][:40]} samples a second; write the true rate") from error


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
            current = sections.setdefault("".join(stripped[1:].split()[:1]).lower(), [])
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
    content = unpack(read_bytes(path), path)
    if len(content) > _MOST_TEXT:
        raise FileFormatError(
            f"{path} holds {len(content)} characters; up to {_MOST_TEXT} are read: cut it into shorter pieces"
        )
    return content.decode("latin-1")
