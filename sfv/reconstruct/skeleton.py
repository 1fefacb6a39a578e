"""SMPL's skeleton with the freedom that landmarks can see: hinged knees, elbows and toes, one bend for spine and one for neck.

A frame is described by DOFS numbers (``LAYOUT``): the pelvis's place and rotation, ball joints as rotation vectors, hinges as
angles. All of it maps exactly onto SMPL's 24 rotations, so nothing is lost when the fit is written as a BodyMotion.
Camera axes or world axes: the skeleton does not care; the pelvis carries everything.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sfv.body import Body
from sfv.motion.body_motion import SMPL_JOINTS, SMPL_PARENTS
from sfv.motion.rotations import rot6d_to_rotmat, rotvec_to_rotmat

BALLS = ("spine", "neck", "left_collar", "right_collar", "left_shoulder", "right_shoulder", "left_hip", "right_hip",
         "left_ankle", "right_ankle")  # fmt: skip
"""Ball joints; "spine" is shared by spine1, spine2 and spine3, "neck" by neck and head."""
HINGES = {
    "left_elbow": (0.0, -1.0, 0.0), "right_elbow": (0.0, 1.0, 0.0), "left_knee": (1.0, 0.0, 0.0),
    "right_knee": (1.0, 0.0, 0.0), "left_foot": (-1.0, 0.0, 0.0), "right_foot": (-1.0, 0.0, 0.0),
}  # fmt: skip
"""Hinge joints and the axis about which a positive angle bends them, in the T-pose; "foot" is the ball of the foot."""
LAYOUT: dict[str, slice] = {"trans": slice(0, 3), "root": slice(3, 9)}
for _index, _name in enumerate(BALLS):
    LAYOUT[_name] = slice(9 + 3 * _index, 12 + 3 * _index)
for _index, _name in enumerate(HINGES):
    LAYOUT[_name] = slice(9 + 3 * len(BALLS) + _index, 10 + 3 * len(BALLS) + _index)
DOFS = 9 + 3 * len(BALLS) + len(HINGES)
"""Numbers a frame: 3 pelvis position, 6 pelvis rotation (first two columns), 3 a ball, 1 a hinge."""

LANDMARKS = {
    "nose": ("head", "nose"), "left_ear": ("head", "left_ear"), "right_ear": ("head", "right_ear"),
    **{f"{side}_{part}": (f"{side}_{part}", "") for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
       for side in ("left", "right")},
    **{f"{side}_heel": (f"{side}_ankle", f"{side}_heel") for side in ("left", "right")},
    **{f"{side}_foot_index": (f"{side}_foot", f"{side}_toe_tip") for side in ("left", "right")},
}  # fmt: skip
"""The 19 landmarks of the fit: SMPL joint that carries it, and vertex of the skin ("" = the joint itself)."""
LANDMARK_NAMES = tuple(LANDMARKS)
MIRROR = tuple(
    LANDMARK_NAMES.index(name.replace("left", "#").replace("right", "left").replace("#", "right")) for name in LANDMARK_NAMES
)
"""Index of each landmark's partner on the other side."""

SOLE_POINTS = {
    f"{side}_{name}": (f"{side}_foot" if "toe" in name else f"{side}_ankle", f"{side}_{name}")
    for side in ("left", "right")
    for name in ("sole_heel", "sole_toe", "heel", "toe_tip", "big_toe", "small_toe")
}
"""Points of the feet that must not sink into the ground, as LANDMARKS; the first two of each side are those of contact."""
CONTACT_INDEX = tuple(list(SOLE_POINTS).index(f"{side}_sole_{end}") for side in ("left", "right") for end in ("heel", "toe"))
"""Rows of SOLE_POINTS that belong to BodyMotion's CONTACT_POINTS, in order."""

_LEVELS: list[list[int]] = []
for _joint in range(24):
    _depth, _up = 0, SMPL_PARENTS[_joint]
    while _up >= 0:
        _depth, _up = _depth + 1, SMPL_PARENTS[_up]
    _LEVELS += [[] for _ in range(_depth + 1 - len(_LEVELS))]
    _LEVELS[_depth].append(_joint)


@dataclass(frozen=True)
class Posed:
    """What the skeleton looks like in T frames."""

    joints: Tensor
    """Shape (T, 24, 3), metres."""
    landmarks: Tensor
    """Shape (T, 19, 3), metres."""
    soles: Tensor
    """Shape (T, 12, 3), metres."""


class Skeleton:
    """The joints of one body model, differentiable in pose and shape."""

    def __init__(self, body: Body) -> None:
        vertices = body.landmark_vertices
        self._joints = _linear(body, body.joint_regressor)
        self._landmarks, self._landmark_joint = _points(body, vertices, LANDMARKS)
        self._soles, self._sole_joint = _points(body, vertices, SOLE_POINTS)
        self._axes = torch.tensor(list(HINGES.values()))
        self.num_betas = body.num_betas
        self.pelvis = body.rest_joints(np.zeros(body.num_betas))[0]

    def rest(self, betas: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rest joints (24, 3), landmarks (19, 3) and sole points (12, 3) of a shape."""
        return tuple(mean + shapes @ betas for mean, shapes in (self._joints, self._landmarks, self._soles))  # pyright: ignore[reportReturnType]

    def pose(self, dofs: Tensor, betas: Tensor, offsets: Tensor | None = None) -> Posed:
        """Pose the skeleton.

        Args:
            dofs: numbers of each frame as in LAYOUT. Shape (T, DOFS).
            betas: shape. Shape (B,).
            offsets: displacement of each landmark in the rest frame of its joint, where a detector places it elsewhere than
                the body model. Shape (19, 3), metres.
        """
        rest, landmarks, soles = self.rest(betas)
        if offsets is not None:
            landmarks = landmarks + offsets
        local = self.local_rotations(dofs)
        rotations: list[Tensor] = [local[:, 0]] * 24
        positions: list[Tensor] = [dofs[:, LAYOUT["trans"]]] * 24
        for level in _LEVELS[1:]:
            parents = [SMPL_PARENTS[joint] for joint in level]
            above = torch.stack([rotations[parent] for parent in parents], 1)
            bones = rest[level] - rest[parents]
            place = torch.stack([positions[parent] for parent in parents], 1) + (above @ bones[..., None]).squeeze(-1)
            turned = above @ local[:, level]
            for row, joint in enumerate(level):
                rotations[joint], positions[joint] = turned[:, row], place[:, row]
        all_rotations, all_positions = torch.stack(rotations, 1), torch.stack(positions, 1)

        def carried(points: Tensor, joint: list[int]) -> Tensor:
            arm = (points - rest[joint])[..., None]
            return all_positions[:, joint] + (all_rotations[:, joint] @ arm).squeeze(-1)

        return Posed(all_positions, carried(landmarks, self._landmark_joint), carried(soles, self._sole_joint))

    def local_rotations(self, dofs: Tensor) -> Tensor:
        """Rotation of each SMPL joint relative to its parent. Shape (T, DOFS) -> (T, 24, 3, 3)."""
        local = [torch.eye(3).expand(len(dofs), 3, 3)] * 24
        vectors = dofs[:, 9 : 9 + 3 * len(BALLS)].unflatten(1, (len(BALLS), 3))
        share = torch.ones(len(BALLS), 1)
        share[BALLS.index("spine")], share[BALLS.index("neck")] = 1 / 3, 1 / 2
        bends = dofs[:, 9 + 3 * len(BALLS) :, None] * self._axes
        turns = rotvec_to_rotmat(torch.cat((vectors * share, bends), 1))
        for row, name in enumerate((*BALLS, *HINGES)):
            for joint in {"spine": ("spine1", "spine2", "spine3"), "neck": ("neck", "head")}.get(name, (name,)):
                local[SMPL_JOINTS.index(joint)] = turns[:, row]
        local[0] = rot6d_to_rotmat(dofs[:, LAYOUT["root"]])
        return torch.stack(local, 1)


def _linear(body: Body, select: np.ndarray) -> tuple[Tensor, Tensor]:
    """Mean (N, 3) and shape directions (N, 3, B) of points that are linear in the vertices. ``select``: (N, V)."""
    shapes = np.einsum("nv,vcb->ncb", select, body.shapedirs)
    return torch.as_tensor(select @ body.v_template, dtype=torch.float32), torch.as_tensor(shapes, dtype=torch.float32)


def _points(body: Body, vertices: dict[str, int], table: dict[str, tuple[str, str]]) -> tuple[tuple[Tensor, Tensor], list[int]]:
    joints = [SMPL_JOINTS.index(joint) for joint, _ in table.values()]
    select = np.stack([
        np.eye(len(body.v_template))[vertices[vertex]] if vertex else body.joint_regressor[joint]
        for joint, (_, vertex) in zip(joints, table.values())
    ])  # fmt: skip
    return _linear(body, select), joints
