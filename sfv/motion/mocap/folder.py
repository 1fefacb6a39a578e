"""A folder of motion capture in any of the known formats, read as a whole."""

import re
from pathlib import Path

from sfv.errors import FileFormatError
from sfv.files import read_npz
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.acclaim import read_acclaim
from sfv.motion.mocap.cmu_amp import read_cmu_amp
from sfv.motion.mocap.deepmimic import read_deepmimic_body

KINDS = ("DeepMimic .txt or .json", "AMP .npz", "Acclaim .amc beside its .asf", "AMASS or sfv .npz")


def read_mocap(folder: Path | str) -> dict[str, BodyMotion]:
    """Every clip below ``folder`` by name, in order of names; ``.xz`` is undone. See KINDS for what is read.

    A clip's name is its file's without prefix and suffix ("walk", "01_03", "amp_backflip"). Raises FileFormatError where the folder
    holds none or a file of these kinds is damaged.
    """
    folder = Path(folder)
    clips: dict[str, BodyMotion] = {}
    for path in sorted(folder.rglob("*")):
        kind = path.name.removesuffix(".xz").rpartition(".")[2].lower()
        if kind not in ("txt", "json", "npz", "amc") or not path.is_file():
            continue
        clips[clip_name(path)] = _read(path, kind)
    if not clips:
        raise FileFormatError(f"{folder} holds no motion capture; known are {', '.join(KINDS)}")
    return clips


def clip_name(path: Path) -> str:
    """Name of a clip: DeepMimic's and AMP's prefixes go, so that names say what is done."""
    stem = path.name.removesuffix(".xz").rpartition(".")[0]
    return re.sub(r"^amp_humanoid_", "amp_", re.sub(r"^(sie_)?humanoid3d_", "", stem))


def _read(path: Path, kind: str) -> BodyMotion:
    if kind in ("txt", "json"):
        return read_deepmimic_body(path)
    if kind == "npz":
        return read_cmu_amp(path) if "rotation_xyzw" in read_npz(path) else BodyMotion.load(path)
    subject = path.name.split("_")[0]
    skeletons = [path.with_name(f"{subject}.asf{end}") for end in ("", ".xz")]
    for skeleton in skeletons:
        if skeleton.is_file():
            return read_acclaim(path, skeleton)
    raise FileFormatError(f"{path} needs its skeleton {skeletons[0].name} beside it; put it there")
