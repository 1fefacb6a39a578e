"""Where the joints of the mean SMPL and SMPL-X bodies are in rest pose: needed to read motions made for them without their files.

From the humanoids that ZhengyiLuo/PHC (``phc/data/assets/mjcf/smpl_humanoid.xml``) and SMPLOlympics (``smplx_humanoid.xml``) made
of the neutral bodies, the two sides averaged.
"""

import numpy as np
import torch

from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

_SMPL = {
    "pelvis": (0.0, -0.2233, 0.0282), "spine1": (0.0, 0.109, -0.0267), "spine2": (0.0, 0.1352, 0.0011),
    "spine3": (0.0, 0.0529, 0.0254), "neck": (0.0, 0.2139, -0.0429), "head": (0.0, 0.065, 0.0513),
    "hip": (0.0686, -0.091, -0.0056), "knee": (0.0363, -0.3789, -0.0067), "ankle": (-0.0147, -0.3982, -0.043),
    "foot": (0.0259, -0.052, 0.1213), "collar": (0.0803, 0.1203, -0.0364), "shoulder": (0.0935, 0.0316, -0.009),
    "elbow": (0.2567, -0.0131, -0.0245), "wrist": (0.2523, 0.0084, -0.0034), "hand": (0.0843, -0.0072, -0.0126),
}  # fmt: skip
_SMPLX = {
    "pelvis": (0.0, -0.3514, 0.012), "spine1": (0.0, 0.1099, -0.0276), "spine2": (0.0, 0.1319, -0.0059),
    "spine3": (0.0, 0.0522, 0.0284), "neck": (0.0, 0.1652, -0.0316), "head": (0.0, 0.1605, 0.0207),
    "hip": (0.0608, -0.0984, -0.0237), "knee": (0.0495, -0.3706, -0.0131), "ankle": (-0.0295, -0.4069, -0.0261),
    "foot": (0.0431, -0.0582, 0.1186), "collar": (0.0464, 0.0849, -0.0072), "shoulder": (0.1192, 0.0577, -0.0155),
    "elbow": (0.2541, -0.0722, -0.0425), "wrist": (0.252, 0.0232, -0.0025), "hand": (0.1019, -0.0087, 0.0194),
}  # fmt: skip


def _joints(offsets: dict[str, tuple[float, float, float]]) -> np.ndarray:
    """Places of the 24 joints from the offset of each against its parent, given for the left side. Shape (24, 3)."""
    places = np.zeros((24, 3))
    for joint, (name, parent) in enumerate(zip(SMPL_JOINTS, SMPL_PARENTS)):
        offset = np.array(offsets[name.removeprefix("left_").removeprefix("right_")])
        places[joint] = offset * [-1 if name.startswith("right_") else 1, 1, 1] + (places[parent] if parent >= 0 else 0)
    return places


REST_JOINTS = {"smpl": _joints(_SMPL), "smplx": _joints(_SMPLX)}
"""Rest joints of the mean bodies (y up, facing +z, left at +x). Shape (24, 3), metres."""

_BONES = {
    f"{side}_{joint}": f"{side}_{end}"
    for side in ("left", "right")
    for joint, end in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))
}
"""Bones of the limbs: their directions in rest pose differ from body to body by up to 20 degrees. Feet, hands and trunk are left
alone, because the skin around them is in the same attitude in all rest poses."""


def align_bones(poses: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Poses of another body whose limbs point where those of the source do.

    Args:
        poses: axis-angle relative to the parent joints. Shape (T, 24, 3).
        source: rest joints of the body that the poses were made for. Shape (24, 3).
        target: rest joints of the body that is to take them. Shape (24, 3).
    """
    turns = np.broadcast_to(np.eye(3), (24, 3, 3)).copy()
    for joint, end in ((SMPL_JOINTS.index(joint), SMPL_JOINTS.index(end)) for joint, end in _BONES.items()):
        turns[joint] = _shortest(target[end] - target[joint], source[end] - source[joint])
    local = rotvec_to_rotmat(torch.as_tensor(poses, dtype=torch.float64)).numpy()
    parents = [turns[parent] if parent >= 0 else np.eye(3) for parent in SMPL_PARENTS]
    return rotmat_to_rotvec(torch.as_tensor(np.swapaxes(parents, 1, 2) @ local @ turns)).numpy()


def _shortest(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Smallest rotation that turns one direction into another that is not opposite. Shape (3, 3)."""
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    x, y, z = np.cross(start, end)
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + skew + skew @ skew / (1 + start @ end)
