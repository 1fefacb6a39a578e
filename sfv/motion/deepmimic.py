"""Reader of DeepMimic's motion files (humanoid3d_*.txt): y-up JSON frames to a Clip of the z-up humanoid."""

import re
from pathlib import Path

import mujoco
import numpy as np
import torch

from sfv.budget import decode, parse_json, read_bytes, unpack
from sfv.character import load_character
from sfv.errors import FileFormatError, SfvError
from sfv.motion.clip import Clip
from sfv.motion.cycle import close_cycle
from sfv.motion.fields import fields_of, numbers
from sfv.motion.resample import sample_frames
from sfv.motion.rotations import continuous_quat
from sfv.motion.support import meet_ground
from sfv.recognise import unknown
from sfv.storage.safe_names import safe_name

JOINTS = (
    "chest", "neck", "right_hip", "right_knee", "right_ankle", "right_shoulder", "right_elbow",
    "left_hip", "left_knee", "left_ankle", "left_shoulder", "left_elbow",
)  # fmt: skip
"""Joints in the order of the file (xbpeng/DeepMimic, humanoid3d.txt); knees and elbows are hinges, the rest ball joints."""
WIDTHS = tuple(1 if joint.endswith(("knee", "elbow")) else 4 for joint in JOINTS)
NUMBERS = 8 + sum(WIDTHS)
"""Numbers in a frame: duration, root position, root quaternion wxyz, joints."""

CYCLIC = frozenset({"crawl", "jog", "run", "stealthy_walk", "walk", "zombie_walk"})
"""Which clips are cycles. The files' own "Loop" says "wrap" for a backflip too, so it cannot be asked."""

SLOW_HZ, FAST_HZ = 30.0, 60.0
"""Rates a clip is resampled to: the faster one for files recorded above 45 Hz."""


MAX_FRAMES = 100_000
"""Frames of one clip, in the file and resampled: half an hour. DeepMimic's last seconds."""
LONGEST_FRAME = 1.0
"""Seconds; motion with fewer pictures than that is none."""


def read_deepmimic(path: Path | str, character_name: str = "humanoid", cyclic: bool | None = None) -> Clip:
    """Read a DeepMimic clip, plain or .xz, for a character with DeepMimic's joints.

    Quaternions are normalised, y-up becomes z-up by (x, y, z) -> (x, -z, y), time becomes uniform, joints are ordered as in
    the character's model, cycles are closed, and a slow correction of height brings what carries the body to the ground
    (``meet_ground``). ``cyclic`` None asks the table ``CYCLIC`` by file name. Raises FileFormatError for a file that is no
    such clip, SfvError for a character with other joints.
    """
    path = Path(path)
    seconds, root, joints = _parse(path)
    character = load_character(character_name)
    model = character.model()
    qpos, names, widths = _in_model_order(root, joints, model, character_name)
    name = re.sub(r"^(sie_)?humanoid3d_", "", path.name.removesuffix(".xz").removesuffix(".txt").removesuffix(".json"))
    name = safe_name(name)
    cyclic = name in CYCLIC if cyclic is None else cyclic
    if cyclic:
        qpos = close_cycle(qpos, widths)
    fps = FAST_HZ if float(np.median(np.diff(seconds))) < 1.0 / 45.0 else SLOW_HZ
    qpos = _resample(qpos, seconds, fps, widths, cyclic)
    qpos = meet_ground(model, qpos, fps, cyclic)
    return Clip(qpos, fps, character.name, names, widths, cyclic, name, source=f"DeepMimic motion capture, {path.name}")


def _parse(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Times (T,), root (T, 7) and joints (T, 1 or 4), z-up with unit, sign-continuous quaternions."""
    what = "DeepMimic motion"
    raw = unpack(read_bytes(path), path)
    if not raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise unknown(path, _WANTED, content=raw)
    content = parse_json(decode(raw, path, what), path, what)
    if "Frames" not in content:
        raise unknown(path, _WANTED, content, content=raw)
    with fields_of(path, what):
        frames = numbers(np.asarray(content["Frames"], dtype=float), "Frames", (None, None))
    if frames.shape[1] != NUMBERS or not 2 <= len(frames) <= MAX_FRAMES:
        raise FileFormatError(
            f"{path} holds frames of shape {frames.shape}; 2 to {MAX_FRAMES} of {NUMBERS} finite numbers are needed"
        )
    if (frames[:-1, 0] <= 0).any():  # the last duration may be 0: nothing follows it
        raise FileFormatError(f"{path} has a frame that lasts {frames[:-1, 0].min()} s; durations must be positive")
    if (frames[:, 0] > LONGEST_FRAME).any() or frames[:-1, 0].sum() * FAST_HZ > MAX_FRAMES:
        raise FileFormatError(
            f"{path} has frames that last {frames[:, 0].max():g} s, {frames[:-1, 0].sum():g} s together; "
            f"up to {LONGEST_FRAME:g} s and {MAX_FRAMES / FAST_HZ:g} s are read: the unit is seconds"
        )
    seconds = np.concatenate([[0.0], np.cumsum(frames[:-1, 0])])
    root = np.concatenate([frames[:, 1:4] @ _Z_UP.T, _quat(frames[:, 4:8], path)], axis=1)
    parts = np.split(frames[:, 8:], np.cumsum(WIDTHS)[:-1], axis=1)
    return (
        seconds,
        root,
        {joint: _quat(part, path) if part.shape[1] == 4 else part for joint, part in zip(JOINTS, parts)},
    )


_WANTED = f'DeepMimic motions (JSON with "Frames" of {NUMBERS} numbers; .txt or .json, also .xz), clip.npz and motion.npz of sfv'
_Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def _quat(values: np.ndarray, path: Path) -> np.ndarray:
    """File quaternions (T, 4) to unit, sign-continuous ones in z-up axes; the hinges' axis z becomes -y by the same map."""
    norm = np.linalg.norm(values, axis=1, keepdims=True)
    if (norm < 0.5).any():
        raise FileFormatError(f"{path} holds a quaternion of length {norm.min():.2f}; it should be one")
    turned = np.concatenate([values[:, :1], values[:, 1:] @ _Z_UP.T], axis=1) / norm
    return continuous_quat(torch.from_numpy(turned)).numpy()


def _in_model_order(
    root: np.ndarray, joints: dict[str, np.ndarray], model: mujoco.MjModel, character: str
) -> tuple[np.ndarray, tuple[str, ...], tuple[int, ...]]:
    names = tuple(model.joint(i).name for i in range(1, model.njnt))
    widths = tuple(4 if model.jnt_type[i] == mujoco.mjtJoint.mjJNT_BALL else 1 for i in range(1, model.njnt))
    known = dict(zip(JOINTS, WIDTHS))
    if dict(zip(names, widths)) != known:
        raise SfvError(
            f"character '{character}' does not have the joints of DeepMimic's humanoid ({', '.join(JOINTS)}); "
            "read the clip with --character humanoid"
        )
    return np.concatenate([root, *(joints[name] for name in names)], axis=1), names, widths


def _resample(qpos: np.ndarray, seconds: np.ndarray, fps: float, widths: tuple[int, ...], cyclic: bool) -> np.ndarray:
    """Uniform frames at ``fps``; a cycle is stretched to whole frames (by less than half a frame), others are cut there."""
    steps = round(seconds[-1] * fps) if cyclic else int(seconds[-1] * fps + 1e-3)
    times = np.linspace(0.0, seconds[-1], steps + 1) if cyclic else np.minimum(np.arange(steps + 1) / fps, seconds[-1])
    return sample_frames(qpos, widths, np.interp(times, seconds, np.arange(len(seconds))))
