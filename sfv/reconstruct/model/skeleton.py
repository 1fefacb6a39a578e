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
from sfv.body.landmarks import sole_outline
from sfv.motion.rotations import rot6d_to_rotmat, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

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

_ON_TRUNK = {"shoulder": "{side}_collar", "hip": "pelvis"}
LANDMARKS = {
    "nose": ("head", "nose"), "left_ear": ("head", "left_ear"), "right_ear": ("head", "right_ear"),
    **{f"{side}_{part}": (_ON_TRUNK.get(part, f"{side}_{part}").format(side=side), f"{side}_{part}")
       for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for side in ("left", "right")},
    **{f"{side}_heel": (f"{side}_ankle", f"{side}_heel") for side in ("left", "right")},
    **{f"{side}_foot_index": (f"{side}_foot", f"{side}_toe_tip") for side in ("left", "right")},
}  # fmt: skip
"""The 19 landmarks of the fit: SMPL joint that carries it, and the vertex of the skin or the joint where it lies.

Detectors put shoulders and hips onto the trunk, whatever the limb does, so that the trunk carries them."""
LANDMARK_NAMES = tuple(LANDMARKS)
_HABITS = {
    "nose": (0.0, 0.0, -0.015), "ear": (-0.03, -0.01, 0.045), "shoulder": (-0.019, 0.025, 0.01), "elbow": (0.0, 0.0, 0.01),
    "wrist": (0.017, 0.0, 0.0), "hip": (-0.022, 0.0, 0.018), "knee": (0.0, -0.007, 0.0), "ankle": (0.0, 0.033, 0.005),
    "heel": (0.0, 0.035, 0.015), "foot_index": (0.0, 0.02, -0.03),
}  # fmt: skip
"""Where BlazePose puts its landmarks against the joints and vertices of LANDMARKS, left side, rest frame, metres: between what fits
to films of people found in common and what films of the rendered open body say (2 to 3 cm of scatter)."""
MIRROR = tuple(
    LANDMARK_NAMES.index(name.replace("left", "#").replace("right", "left").replace("#", "right"))
    for name in LANDMARK_NAMES
)
"""Index of each landmark's partner on the other side."""

USUAL_OFFSETS = tuple(
    tuple(sign * value for sign, value in zip((-1 if "right" in name else 1, 1, 1), next(
        (habit for part, habit in _HABITS.items() if part in name), (0.0, 0.0, 0.0))))
    for name in LANDMARK_NAMES
)  # fmt: skip
"""The same for all landmarks. Shape (19, 3)."""

CONTACTS = tuple(
    (f"{side}_{joint}", f"{side}_sole_{end}")
    for side in ("left", "right")
    for end, joint in (("heel", "ankle"), ("toe", "foot"))
)
"""Joint and vertex of each of BodyMotion's CONTACT_POINTS: under the heel, under the ball of the foot."""

HANDS = ("left_hand", "right_hand")
"""Joints that may touch the ground too, as in a cartwheel."""
TOUCHING = len(CONTACTS) + len(HANDS)
"""How many points are judged for contact."""
TOUCHING_HEIGHTS = (0.0,) * 4 + (0.08,) * 2
"""Height of each of CONTACTS, then HANDS, when it touches the ground, metres: a rigid hand stands on its finger tips."""
TOUCHING_SOFTNESS = (1.0,) * 4 + (3.0,) * 2
"""How much less certain these heights are than a sole's."""

THICKNESS = {
    "pelvis": 0.09, "spine1": 0.09, "spine3": 0.1, "head": 0.13, "left_hip": 0.08, "right_hip": 0.08, "left_knee": 0.05,
    "right_knee": 0.05, "left_shoulder": 0.06, "right_shoulder": 0.06, "left_elbow": 0.04, "right_elbow": 0.04,
    "left_wrist": 0.025, "right_wrist": 0.025,
}  # fmt: skip
"""Joints that stay this far above the ground, metres: about the flesh around them on the open body."""

_LEVELS = ((0,), (1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12, 13, 14), (15, 16, 17), (18, 19), (20, 21), (22, 23))
"""SMPL's joints by distance from the pelvis, each level in the order of its parents."""
_RIGID_FROM = 7  # wrists and hands do not turn against the forearm
_ORDER = [joint for level in _LEVELS for joint in level]


SHARED = {"spine": ("spine1", "spine2", "spine3"), "neck": ("neck", "head")}
"""SMPL joints that share one bend in equal parts."""
_SOURCE = [1] * 24  # row of Skeleton._turns for each SMPL joint; row 1 is no rotation
_SOURCE[0] = 0
for _index, _name in enumerate((*BALLS, *HINGES)):
    for _joint in SHARED.get(_name, (_name,)):
        _SOURCE[SMPL_JOINTS.index(_joint)] = 2 + _index


def _parent_rows(level: int) -> list[int]:
    """Rows of the level above that carry the joints of ``level``."""
    return [_LEVELS[level - 1].index(SMPL_PARENTS[joint]) for joint in _LEVELS[level]]


def _carriers(level: int, above: Tensor) -> Tensor:
    """The parents' values for the joints of ``level``: a plain slice where that will do, because its gradient is cheap."""
    rows = _parent_rows(level)
    if rows == list(range(rows[0], rows[0] + len(rows))):
        return above[:, rows[0] : rows[0] + len(rows)]
    return above[:, rows]


@dataclass(frozen=True)
class Posed:
    """What the skeleton looks like in T frames."""

    joints: Tensor
    """Shape (T, 24, 3), metres."""
    landmarks: Tensor
    """Shape (T, 19, 3), metres."""
    contacts: Tensor
    """CONTACTS, then HANDS. Shape (T, 6, 3), metres."""
    soles: Tensor
    """The outline of both soles. Shape (T, S, 3), metres."""


class Skeleton:
    """The joints of one body model, differentiable in pose and shape."""

    def __init__(self, body: Body) -> None:
        vertices = body.landmark_vertices
        self._joints = _linear(body, body.joint_regressor)
        self._landmarks = _linear(body, landmark_selector(body))
        landmark_joints = [SMPL_JOINTS.index(joint) for joint, _ in LANDMARKS.values()]
        outline = sole_outline(body.v_template, body.skin_weights)
        soles = [(SMPL_JOINTS[body.skin_weights[index].argmax()], index) for side in outline.values() for index in side]
        feet = [(joint, vertices[name]) for joint, name in CONTACTS]
        hands = [(joint, None) for joint in HANDS]
        self._feet, foot_joints = _points(body, [*feet, *hands, *soles])
        self._carrier = [*landmark_joints, *foot_joints]
        self._axes = torch.tensor(list(HINGES.values()))
        self._share = torch.tensor([[1 / len(SHARED.get(name, ("",)))] for name in BALLS])
        self.num_betas = body.num_betas
        self._behind = torch.tensor(
            [[joint in _with_ancestors(carrier) for carrier in (*range(24), *self._carrier)] for joint in range(24)]
        )

    def rest(self, betas: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rest joints (24, 3), landmarks (19, 3) and points that touch the ground (4 + 2 + S, 3) of a shape."""
        joints, landmarks, feet = (
            mean.to(betas) + shapes.to(betas) @ betas for mean, shapes in (self._joints, self._landmarks, self._feet)
        )
        return joints, landmarks, feet

    def size_gain(self, betas: Tensor) -> Tensor:
        """The mean body's bones over this shape's, all together. Shape (B,) -> ()."""

        def bones(joints: Tensor) -> Tensor:
            return (joints[1:] - joints[list(SMPL_PARENTS[1:])]).norm(dim=-1).sum()

        return bones(self._joints[0].to(betas)) / bones(self.rest(betas)[0])

    def pose(self, dofs: Tensor, betas: Tensor, offsets: Tensor | None = None) -> Posed:
        """Pose the skeleton.

        Args:
            dofs: numbers of each frame as in LAYOUT. Shape (T, DOFS).
            betas: shape. Shape (B,).
            offsets: displacement of each landmark in the rest frame of its joint, where a detector places it elsewhere than
                the body model. Shape (19, 3), metres.
        """
        return self.points(*self.chain(dofs, betas), betas, offsets)

    def chain(self, dofs: Tensor, betas: Tensor) -> tuple[Tensor, Tensor]:
        """Rotation (T, 24, 3, 3) and place (T, 24, 3) of every joint."""
        rest = self.rest(betas)[0]
        local = self._turns(dofs)[:, [_SOURCE[joint] for joint in _ORDER]].split([len(level) for level in _LEVELS], 1)
        rotations, positions = [local[0]], [dofs[:, None, LAYOUT["trans"]]]
        for depth, level in enumerate(_LEVELS[1:], start=1):
            above = _carriers(depth, rotations[-1])
            bones = rest[list(level)] - rest[[SMPL_PARENTS[joint] for joint in level]]
            positions.append(_carriers(depth, positions[-1]) + (above @ bones[..., None]).squeeze(-1))
            rotations.append(above @ local[depth] if depth < _RIGID_FROM else above)
        back = [_ORDER.index(joint) for joint in range(24)]
        return torch.cat(rotations, 1)[:, back], torch.cat(positions, 1)[:, back]

    def points(self, turned: Tensor, placed: Tensor, betas: Tensor, offsets: Tensor | None = None) -> Posed:
        """All points of a skeleton whose joints are ``turned`` (T, 24, 3, 3) and ``placed`` (T, 24, 3)."""
        rest, landmarks, feet = self.rest(betas)
        if offsets is not None:
            landmarks = landmarks + offsets
        arms = torch.cat((landmarks, feet)) - rest[self._carrier]
        points = placed[:, self._carrier] + (turned[:, self._carrier] @ arms[..., None]).squeeze(-1)
        split = [len(landmarks), TOUCHING, len(feet) - TOUCHING]
        return Posed(placed, *points.split(split, 1))

    def by_betas(self, turned: Tensor) -> Tensor:
        """Derivative of all points (joints, landmarks, contacts, soles) by shape. Shape (T, N, 3, B)."""
        joints, landmarks, feet = (shapes.to(turned) for _, shapes in (self._joints, self._landmarks, self._feet))
        placed = [turned.new_zeros(len(turned), 3, self.num_betas)]
        for joint in range(1, 24):
            parent = SMPL_PARENTS[joint]
            placed.append(placed[parent] + turned[:, parent] @ (joints[joint] - joints[parent]))
        places = torch.stack(placed, 1)
        arms = torch.cat((landmarks, feet)) - joints[self._carrier]
        return torch.cat((places, places[:, self._carrier] + turned[:, self._carrier] @ arms), 1)

    def landmark_carriers(self) -> list[int]:
        """Joint that carries each of the 19 landmarks."""
        return self._carrier[: len(LANDMARKS)]

    def descends(self, joints: Tensor) -> Tensor:
        """Which of all points (joints, landmarks, contacts, soles) a rotation of each joint moves. Shape (M,) -> (M, N), bool."""
        return self._behind[joints]

    def local_rotations(self, dofs: Tensor) -> Tensor:
        """Rotation of each SMPL joint relative to its parent. Shape (T, DOFS) -> (T, 24, 3, 3)."""
        return self._turns(dofs)[:, [_SOURCE[joint] for joint in range(24)]]

    def _turns(self, dofs: Tensor) -> Tensor:
        """The distinct rotations of a frame: pelvis, none, BALLS, HINGES. Shape (T, 2 + 10 + 6, 3, 3)."""
        vectors = dofs[:, 9 : 9 + 3 * len(BALLS)].unflatten(1, (len(BALLS), 3)) * self._share.to(dofs)
        bends = dofs[:, 9 + 3 * len(BALLS) :, None] * self._axes.to(dofs)
        pelvis = rot6d_to_rotmat(dofs[:, LAYOUT["root"]])[:, None]
        none = torch.eye(3).to(dofs).expand(len(dofs), 1, 3, 3)
        return torch.cat((pelvis, none, rotvec_to_rotmat(torch.cat((vectors, bends), 1))), 1)


def _with_ancestors(joint: int) -> list[int]:
    """A joint and all between it and the pelvis."""
    found = [joint]
    while SMPL_PARENTS[found[-1]] >= 0:
        found.append(SMPL_PARENTS[found[-1]])
    return found


def landmark_selector(body: Body) -> np.ndarray:
    """The 19 landmarks of the rest mesh as weighted sums of its vertices. Shape (19, V)."""
    unit, vertices = np.eye(len(body.v_template)), body.landmark_vertices
    return np.stack([
        unit[vertices[name]] if name in vertices else body.joint_regressor[SMPL_JOINTS.index(name)]
        for _, name in LANDMARKS.values()
    ])  # fmt: skip


def _linear(body: Body, select: np.ndarray) -> tuple[Tensor, Tensor]:
    """Mean (N, 3) and shape directions (N, 3, B) of points that are linear in the vertices. ``select``: (N, V)."""
    shapes = np.einsum("nv,vcb->ncb", select, body.shapedirs)
    return torch.as_tensor(select @ body.v_template, dtype=torch.float32), torch.as_tensor(shapes, dtype=torch.float32)


def _points(body: Body, points: list[tuple[str, int | None]]) -> tuple[tuple[Tensor, Tensor], list[int]]:
    """Points given by the joint that carries them and a vertex, or None for the joint itself."""
    joints = [SMPL_JOINTS.index(joint) for joint, _ in points]
    unit = np.eye(len(body.v_template))
    select = [
        body.joint_regressor[joint] if vertex is None else unit[vertex] for joint, (_, vertex) in zip(joints, points)
    ]
    return _linear(body, np.stack(select)), joints
