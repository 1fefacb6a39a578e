"""A folder of motion capture in any of the known formats, read as a whole."""

import re
from collections.abc import Callable, Container
from pathlib import Path

from sfv.errors import FileFormatError, SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.captured import read_captured
from sfv.motion.mocap.cmu_amp import read_cmu_amp
from sfv.motion.mocap.deepmimic import read_deepmimic_body
from sfv.recognise import is_npz, npz_names, unknown

KINDS = (
    "DeepMimic .txt or .json",
    "AMP .npz",
    "Acclaim .amc beside its .asf",
    "BVH",
    "AMASS or sfv .npz",
    "MimicKit .pkl",
)


_READ = ("txt", "json", "npz", "amc", "bvh", "pkl")
_OTHERS = ("csv", "fbx", "c3d", "trc", "glb", "gltf", "pt", "npy")
"""Endings of motions of which somebody may think that they are read."""


def read_mocap(folder: Path | str, report: Callable[[str], None]) -> dict[str, BodyMotion]:
    """Every clip below ``folder`` by name, in order of names; ``.xz`` is undone. See KINDS for what is read.

    A clip's name is its file's without prefix and suffix ("walk", "01_03", "amp_backflip"), with its folders before it where two
    have the same. A file that is no motion (AMASS's shapes, licences), or a damaged one, is skipped and told to ``report`` in one
    line. Raises FileFormatError where the folder holds no motion.
    """
    folder = Path(folder)
    clips: dict[str, BodyMotion] = {}
    skipped: list[str] = []
    for path in sorted(folder.rglob("*")):
        kind = path.name.removesuffix(".xz").rpartition(".")[2].lower()
        if kind not in (*_READ, *_OTHERS) or not path.is_file():
            continue
        try:
            motion = _read(path, kind)
        except SfvError as error:
            skipped.append(str(error))
            report(f"skipped: {error}")
            continue
        clips[_free_name(path, folder, clips)] = motion
    if not clips:
        why = f": {skipped[0]}" if skipped else ""
        raise FileFormatError(f"{folder} holds no motion capture; known are {', '.join(KINDS)}{why}")
    return clips


def _free_name(path: Path, folder: Path, taken: Container[str]) -> str:
    """``clip_name`` with as many of the file's folders before it as make it the only one."""
    parts = [*path.relative_to(folder).parts[:-1], clip_name(path)]
    name = parts.pop()
    while name in taken and parts:
        name = f"{parts.pop()}_{name}"
    return name if name not in taken else f"{name}_{path.suffix[1:]}"


def clip_name(path: Path) -> str:
    """Name of a clip: DeepMimic's and AMP's prefixes go, so that names say what is done."""
    stem = path.name.removesuffix(".xz").rpartition(".")[0]
    return re.sub(r"^amp_humanoid_", "amp_", re.sub(r"^(sie_)?humanoid3d_", "", stem))


def _read(path: Path, kind: str) -> BodyMotion:
    if kind in ("txt", "json"):
        return read_deepmimic_body(path)
    if kind == "npz":
        return read_cmu_amp(path) if is_npz(path) and "rotation_xyzw" in npz_names(path) else BodyMotion.load(path)
    if kind in ("amc", "bvh", "pkl"):
        return read_captured(path)[0]
    raise unknown(path, ", ".join(KINDS))
