"""Clips of the 15-body humanoid of AMP (npz: CMU's motion as converted in IsaacGymEnvs) as motions of the body."""

from pathlib import Path

import torch

from sfv.errors import FileFormatError
from sfv.files import names_of, read_npz
from sfv.motion.body_motion import BodyMotion
from sfv.motion.fields import fields_of, frame_rate, numbers, texts, unit_quats
from sfv.motion.mocap.deepmimic import PARENTS, humanoid_to_body
from sfv.motion.rotations import normalize_quat, quat_to_rotmat
from sfv.recognise import is_npz, unknown

NODES = {
    "pelvis": "root", "torso": "chest", "head": "neck",
    **{f"{side}_{node}": f"{side}_{link}" for side in ("left", "right") for node, link in (
        ("upper_arm", "shoulder"), ("lower_arm", "elbow"), ("thigh", "hip"), ("shin", "knee"), ("foot", "ankle"))},
}  # fmt: skip
"""Link of DeepMimic's humanoid that each node is: the two skeletons have the same frames and the same lengths."""
_KEYS = {"rotation_xyzw": 3, "root_translation": 2, "node_names": 1, "fps": 0}


def read_cmu_amp(path: Path | str) -> BodyMotion:
    """Read a clip. Raises FileFormatError for an npz of another kind."""
    if not is_npz(path):
        raise unknown(path, "clips of AMP's humanoid (.npz)")
    data = read_npz(path)
    wrong = [key for key, dimensions in _KEYS.items() if key not in data or data[key].ndim != dimensions]
    if wrong:
        raise FileFormatError(f"{path} is no clip of AMP's humanoid: {', '.join(wrong)} missing or of another shape")
    with fields_of(path, "clip of AMP's humanoid"):
        nodes = texts(data["node_names"], "node_names")
        missing = [name for name in NODES if name not in nodes]
        if missing:
            raise FileFormatError(f"it holds the nodes {names_of(nodes)}; needed are {', '.join(NODES)}")
        hips = numbers(data["root_translation"], "root_translation", (None, 3))
        rotations = numbers(data["rotation_xyzw"], "rotation_xyzw", (len(hips), len(nodes), 4))
        if not len(hips):
            raise FileFormatError("it has no frames")
        wxyz = rotations[..., [3, 0, 1, 2]]
        columns = {node: slice(4 * index, 4 * index + 4) for index, node in enumerate(nodes) if node in NODES}
        wxyz = unit_quats(wxyz.reshape(len(hips), -1), columns).reshape(wxyz.shape)
        matrices = quat_to_rotmat(normalize_quat(torch.from_numpy(wxyz))).numpy()
        by_link = {link: matrices[:, nodes.index(node)] for node, link in NODES.items()}
        return humanoid_to_body({link: by_link[link] for link in PARENTS}, hips, frame_rate(data["fps"]))
