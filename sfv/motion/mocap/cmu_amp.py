"""Clips of the 15-body humanoid of AMP (npz: CMU's motion as converted in IsaacGymEnvs) as motions of the body."""

from pathlib import Path

import torch

from sfv.errors import FileFormatError
from sfv.files import read_npz
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.deepmimic import PARENTS, humanoid_to_body
from sfv.motion.rotations import normalize_quat, quat_to_rotmat

NODES = {
    "pelvis": "root", "torso": "chest", "head": "neck",
    **{f"{side}_{node}": f"{side}_{link}" for side in ("left", "right") for node, link in (
        ("upper_arm", "shoulder"), ("lower_arm", "elbow"), ("thigh", "hip"), ("shin", "knee"), ("foot", "ankle"))},
}  # fmt: skip
"""Link of DeepMimic's humanoid that each node is: the two skeletons have the same frames and the same lengths."""
_KEYS = {"rotation_xyzw": 3, "root_translation": 2, "node_names": 1, "fps": 0}


def read_cmu_amp(path: Path | str) -> BodyMotion:
    """Read a clip. Raises FileFormatError for an npz of another kind."""
    data = read_npz(path)
    wrong = [key for key, dimensions in _KEYS.items() if key not in data or data[key].ndim != dimensions]
    if wrong:
        raise FileFormatError(f"{path} is no clip of AMP's humanoid: {', '.join(wrong)} missing or of another shape")
    nodes = [str(name) for name in data["node_names"]]
    rotations, hips = data["rotation_xyzw"].astype(float), data["root_translation"].astype(float)
    missing = [name for name in NODES if name not in nodes]
    if missing or rotations.shape != (len(hips), len(nodes), 4):
        raise FileFormatError(
            f"{path} holds rotations of shape {rotations.shape} and nodes {', '.join(nodes)}; needed are {', '.join(NODES)}"
        )
    wxyz = normalize_quat(torch.from_numpy(rotations[..., [3, 0, 1, 2]]))
    matrices = quat_to_rotmat(wxyz).numpy()
    by_link = {link: matrices[:, nodes.index(node)] for node, link in NODES.items()}
    return humanoid_to_body({link: by_link[link] for link in PARENTS}, hips, float(data["fps"]))
