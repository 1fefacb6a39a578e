"""Acclaim's asf skeletons and amc motions (CMU's database; plain or .xz) as motions of the body."""

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.convert import TO_ZUP, alignment, to_body_motion
from sfv.motion.rotations import rotvec_to_rotmat

CMU_HZ = 120.0
"""Rate at which CMU's database was captured; the files do not say it."""
TARGET_HZ = 30.0
"""Rate to which clips are thinned out."""
INCH = 0.0254
"""CMU's lengths are inches after division by the file's own length unit."""
SMPL_OF = {
    "root": "pelvis", "thorax": "spine3", "head": "head",
    **{f"{short}{bone}": f"{side}_{joint}" for side, short in (("left", "l"), ("right", "r")) for bone, joint in (
        ("clavicle", "collar"), ("humerus", "shoulder"), ("radius", "elbow"), ("femur", "hip"), ("tibia", "knee"),
        ("foot", "ankle"), ("toes", "foot"))},
}  # fmt: skip
"""SMPL joint of each bone that is used; wrists and hands follow the forearm."""
_BEND_OF = {"hip": "tibia", "knee": "tibia", "shoulder": "radius", "elbow": "radius"}


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


def read_acclaim(amc: Path | str, asf: Path | str) -> BodyMotion:
    """Read a motion and its skeleton. Raises FileFormatError for files that are none or do not belong together."""
    skeleton = read_asf(asf)
    values = _read_amc(Path(amc), skeleton)
    step = round(CMU_HZ / TARGET_HZ)
    values = {name: angles[::step] for name, angles in values.items()}
    root, root_order = values["root"], [dof.lower() for dof in skeleton.bones["root"].dofs]
    path = np.stack([root[:, root_order.index(dof)] for dof in ("tx", "ty", "tz")], axis=1) * skeleton.metres
    world: dict[str, np.ndarray] = {}
    for name, bone in skeleton.bones.items():
        local = _turn(bone, values[name]) if name in values else np.broadcast_to(np.eye(3), (len(path), 3, 3))
        world[name] = local if name == "root" else world[skeleton.parents[name]] @ local
    zup = {name: TO_ZUP @ rotation @ TO_ZUP.T for name, rotation in world.items()}
    aligned = {joint: zup[name] @ _alignment(name, joint, skeleton) for name, joint in SMPL_OF.items()}
    middle = 0.5 * sum(
        (bone.direction * bone.length for name in ("lhipjoint", "rhipjoint") for bone in [skeleton.bones[name]]),
        np.zeros(3),
    )
    hips = (path + world["root"] @ (middle * skeleton.metres)) @ TO_ZUP.T
    leg = sum(skeleton.bones[name].length for name in ("lfemur", "ltibia")) * skeleton.metres
    return to_body_motion(aligned, hips, leg, TARGET_HZ)


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
                _euler(angles),
                tuple(fields.get("dof", ())),
            )
        parents = {}
        for line in next(_blocks(sections["hierarchy"])):
            parent, *children = line.split()
            parents |= dict.fromkeys(children, parent)
        metres = INCH / float(unit["length"])
    except (KeyError, ValueError, IndexError, StopIteration) as error:
        raise FileFormatError(
            f"{path} is not an Acclaim skeleton: {error!r} at units, root, bonedata or hierarchy"
        ) from error
    missing = [
        name
        for name in [*SMPL_OF, "lhipjoint", "rhipjoint"]
        if name not in bones or (name not in parents and name != "root")
    ]
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


def _read_amc(path: Path, skeleton: Asf) -> dict[str, np.ndarray]:
    """Angles (radians) and root place (file's unit) of each bone that moves. Shape (T, number of its dofs)."""
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


def _alignment(name: str, joint: str, skeleton: Asf) -> np.ndarray:
    """A of ``convert.alignment`` for limbs; feet are turned as their legs stand apart in the rest pose."""
    part = joint.rpartition("_")[2]
    if part in _BEND_OF:
        bend = skeleton.bones[name[0] + _BEND_OF[part]].axes[:, 0]
        return alignment(joint, TO_ZUP @ skeleton.bones[name].direction, TO_ZUP @ bend)
    if part in ("ankle", "foot"):
        down, leg = np.array([0.0, 0.0, -1.0]), TO_ZUP @ skeleton.bones[f"{name[0]}tibia"].direction
        axis = np.cross(down, leg)
        sine = np.linalg.norm(axis)
        turn = axis / max(float(sine), 1e-9) * np.arctan2(sine, down @ leg)
        return rotvec_to_rotmat(torch.from_numpy(turn)).numpy()
    return np.eye(3)


def _turn(bone: Bone, values: np.ndarray) -> np.ndarray:
    angles = np.zeros((len(values), 3))
    for column, dof in enumerate(bone.dofs):
        if dof.startswith("r"):
            angles[:, "xyz".index(dof[1])] = values[:, column]
    return bone.axes @ _euler(angles) @ bone.axes.T


def _euler(angles: np.ndarray) -> np.ndarray:
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
