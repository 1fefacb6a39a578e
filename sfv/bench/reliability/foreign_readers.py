"""Readers of other programs' motions and bodies, and small sound files that fuzzing begins with."""

import itertools
import lzma
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sfv.bench.reliability.fuzz import Reader
from sfv.bench.reliability.readers import FRAMES, call, loader, walk


def foreign_readers() -> list[Reader]:
    """Readers of other programs' files whose seeds are simple to write."""
    return [
        Reader("DeepMimic txt", _deepmimic, loader("sfv.motion.deepmimic", "read_deepmimic"), "text"),
        Reader("DeepMimic xz", _deepmimic_xz, loader("sfv.motion.deepmimic", "read_deepmimic")),
        Reader("AMP npz", _amp, loader("sfv.motion.mocap.cmu_amp", "read_cmu_amp"), "npz"),
        Reader("Acclaim asf", _acclaim("asf"), _acclaim_of, "text"),
        Reader("Acclaim amc", _acclaim("amc"), _acclaim_of, "text"),
        Reader("BVH", _bvh, loader("sfv.motion.mocap.captured", "read_captured"), "text"),
        Reader("MimicKit pkl", _mimickit, loader("sfv.motion.mocap.captured", "read_captured"), "pickle"),
        Reader("body model npz", _body_npz, loader("sfv.body.model", "load_body"), "npz"),
        Reader("body model pkl", _body_pickle, loader("sfv.body.model", "load_body"), "pickle"),
    ]


def _deepmimic(folder: Path) -> Path:
    content = walk().read_bytes()
    path = folder / "humanoid3d_walk.txt"
    path.write_bytes(lzma.decompress(content) if content[:6] == b"\xfd7zXZ\x00" else content)
    return path


def _deepmimic_xz(folder: Path) -> Path:
    path = folder / "humanoid3d_walk.txt.xz"
    path.write_bytes(lzma.compress(_deepmimic(folder).read_bytes()))
    return path


def _amp(folder: Path) -> Path:
    from sfv.motion.mocap.cmu_amp import NODES

    turn = np.zeros((FRAMES, len(NODES), 4), np.float32)
    turn[..., 3] = 1
    place = np.tile(np.array([0, 0, 0.9], np.float32), (FRAMES, 1))
    path = folder / "amp_humanoid_stand.npz"
    np.savez(path, rotation_xyzw=turn, root_translation=place, node_names=np.asarray(list(NODES)), fps=np.asarray(30.0))
    return path


_ASF_CHAINS = (
    "root lhipjoint lfemur ltibia lfoot ltoes", "root rhipjoint rfemur rtibia rfoot rtoes",
    "root lowerback upperback thorax lowerneck upperneck head", "thorax lclavicle lhumerus lradius lwrist lhand",
    "thorax rclavicle rhumerus rradius rwrist rhand",
)  # fmt: skip
_ASF_BONES = {bone: parent for chain in _ASF_CHAINS for parent, bone in itertools.pairwise(chain.split())}
"""The CMU skeleton: each bone's parent."""


def _acclaim(which: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        bones = "".join(
            f" begin\n  id {number}\n  name {name}\n  direction 0 {-1 if 'f' in name else 1} 0.1\n  length 2\n  axis 0 0 0 XYZ\n"
            "  dof rx ry rz\n  limits (-90 90)\n  (-90 90)\n  (-90 90)\n end\n"
            for number, name in enumerate(_ASF_BONES, 1)
        )
        tree = "".join(f"  {parent} {name}\n" for name, parent in _ASF_BONES.items())
        (folder / "07.asf").write_text(
            ":version 1.10\n:name own\n:units\n mass 1.0\n length 0.45\n angle deg\n:root\n order TX TY TZ RX RY RZ\n"
            f" axis XYZ\n position 0 0 0\n orientation 0 0 0\n:bonedata\n{bones}:hierarchy\n begin\n{tree} end\n"
        )
        frame = "root 0 17 0 0 0 0\n" + "".join(f"{name} 1 2 3\n" for name in _ASF_BONES)
        (folder / "07_01.amc").write_text(
            ":FULLY-SPECIFIED\n:DEGREES\n" + "".join(f"{n}\n{frame}" for n in range(1, FRAMES))
        )
        return folder / ("07.asf" if which == "asf" else "07_01.amc")

    return make


def _acclaim_of(path: Path) -> Any:
    return call("sfv.motion.mocap.acclaim", "read_acclaim", path.parent / "07_01.amc", path.parent / "07.asf")


_BVH = {
    "Hips": ("", "0 90 0"), "LeftUpLeg": ("Hips", "9 -8 0"), "LeftLeg": ("LeftUpLeg", "0 -40 0"), "LeftFoot": ("LeftLeg", "0 -40 0"),
    "LeftToe": ("LeftFoot", "0 -6 14"), "RightUpLeg": ("Hips", "-9 -8 0"), "RightLeg": ("RightUpLeg", "0 -40 0"),
    "RightFoot": ("RightLeg", "0 -40 0"), "RightToe": ("RightFoot", "0 -6 14"), "Spine": ("Hips", "0 12 0"),
    "Chest": ("Spine", "0 20 0"), "Head": ("Chest", "0 30 0"), "LeftArm": ("Chest", "17 18 0"), "LeftForeArm": ("LeftArm", "28 0 0"),
    "LeftHand": ("LeftForeArm", "26 0 0"), "RightArm": ("Chest", "-17 18 0"), "RightForeArm": ("RightArm", "-28 0 0"),
    "RightHand": ("RightForeArm", "-26 0 0"),
}  # fmt: skip
"""Parent and offset of each joint of a made-up person, centimetres."""


def _bvh(folder: Path) -> Path:
    def joint(name: str) -> str:
        parent, offset = _BVH[name]
        inner = "".join(joint(child) for child, (above, _) in _BVH.items() if above == name)
        place, head = ("", "JOINT") if parent else ("Xposition Yposition Zposition ", "ROOT")
        end = "" if inner else "End Site\n{\nOFFSET 0 0 0\n}\n"
        channels = f"CHANNELS {3 if parent else 6} {place}Zrotation Xrotation Yrotation"
        return f"{head} {name}\n{{\nOFFSET {offset}\n{channels}\n{inner}{end}}}\n"

    rows = "".join("0 90 0 " + f"{n} 2 3 " * len(_BVH) + "\n" for n in range(FRAMES))
    (folder / "a.bvh").write_text(f"HIERARCHY\n{joint('Hips')}MOTION\nFrames: {FRAMES}\nFrame Time: 0.0333333\n{rows}")
    return folder / "a.bvh"


def _mimickit(folder: Path) -> Path:
    frames = np.zeros((FRAMES, 34))
    frames[:, 2], frames[:, 6:] = 0.9, np.linspace(0, 0.5, FRAMES)[:, None]
    (folder / "a.pkl").write_bytes(pickle.dumps({"loop_mode": 0, "fps": 30, "frames": frames.tolist()}))
    return folder / "a.pkl"


def _body_arrays() -> dict[str, np.ndarray]:
    from sfv.body.model import OPEN_BODY

    with np.load(OPEN_BODY) as data:
        return {name: data[name] for name in data.files if name not in ("source", "body_name")}


def _body_npz(folder: Path) -> Path:
    np.savez_compressed(folder / "SMPL_NEUTRAL.npz", allow_pickle=False, **_body_arrays())
    return folder / "SMPL_NEUTRAL.npz"


def _body_pickle(folder: Path) -> Path:
    import pickle

    import scipy.sparse

    arrays = _body_arrays()
    content = arrays | {"J_regressor": scipy.sparse.csc_matrix(arrays["J_regressor"])}
    (folder / "SMPL_NEUTRAL.pkl").write_bytes(pickle.dumps(content, 2))
    return folder / "SMPL_NEUTRAL.pkl"
