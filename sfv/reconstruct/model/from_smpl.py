"""SMPL's 24 free rotations to the numbers of the fit, whose knees and elbows are hinges: regressors and motion capture to a start.

What a hinge cannot do is given to its neighbours so that the limbs stay where they are: the ball above turns about its own
bone until the bone below points where it did, and the ankle takes what is left, so that the foot keeps its attitude.
"""

from functools import cache

import torch
from torch import Tensor

from sfv.body import load_body
from sfv.motion.rotations import rotmat_to_rot6d, rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.reconstruct.model.limits import limits, usual_pose
from sfv.reconstruct.model.skeleton import BALLS, DOFS, HINGES, LAYOUT

POSE_NUMBERS = 3 * len(BALLS) + len(HINGES)
"""Numbers of a frame without the pelvis: 3 a ball, 1 a hinge, in LAYOUT's order."""
LIMBS = {
    hinge: (f"{side}_{above}", f"{side}_{end}")
    for side in ("left", "right")
    for hinge, above, end in ((f"{side}_elbow", "shoulder", "wrist"), (f"{side}_knee", "hip", "ankle"))
}
"""Hinge of each limb: the ball above it, the joint at the end of the bone below it."""
_LEAST_TWIST = 0.005
"""Weight against turning the upper bone, relative to the direction of the lower one: it rules only where a limb is straight."""
_BEYOND = 4.0
"""Cost of a hinge bent beyond its limits, per radian, in units of squared distance of unit directions."""


@cache
def _rest_joints() -> Tensor:
    """Joints of the open body's mean shape in rest pose. Shape (24, 3), metres."""
    body = load_body(name="open")
    return torch.as_tensor(body.joint_regressor @ body.v_template)


def skeleton_numbers(rotations: Tensor, rest_joints: Tensor | None = None) -> Tensor:
    """The fit's numbers of SMPL poses, without the pelvis. Exact for poses that the fit's skeleton can take.

    Args:
        rotations: rotation of each SMPL joint relative to its parent. Shape (T, 24, 3, 3).
        rest_joints: joints of the body in rest pose, for the directions of its bones; by default the open body's mean shape.
            Shape (24, 3), metres.

    Returns ``LAYOUT``'s numbers from the spine on. Shape (T, 36). Wrists and hands, which the fit keeps straight, are lost.
    """
    rest = (_rest_joints() if rest_joints is None else rest_joints).to(rotations)
    local: dict[str, Tensor] = dict(zip(SMPL_JOINTS, rotations.unbind(1)))
    angles: dict[str, Tensor] = {}
    for hinge, (above, end) in LIMBS.items():
        upper, lower = _bone(rest, hinge), _bone(rest, end)
        angle, twist = _bend(local[hinge], upper, lower, _axis(hinge, rotations), hinge)
        turn = rotvec_to_rotmat(twist[:, None] * upper)
        local[above] = local[above] @ turn
        if end.endswith("ankle"):
            bent = turn @ rotvec_to_rotmat(angle[:, None] * _axis(hinge, rotations))
            local[end] = bent.mT @ local[hinge] @ local[end]
        angles[hinge] = angle
    for side in ("left", "right"):
        axis = _axis(f"{side}_foot", rotations)
        angles[f"{side}_foot"] = _angle_about(local[f"{side}_foot"], axis)
    local["spine"] = local["spine1"] @ local["spine2"] @ local["spine3"]
    local["neck"] = local["neck"] @ local["head"]
    balls = torch.stack([_near_usual(rotmat_to_rotvec(local[name]), name) for name in BALLS], 1)
    return torch.cat((balls.flatten(1), torch.stack([angles[name] for name in HINGES], 1)), 1)


def skeleton_dofs(rotations: Tensor, pelvis: Tensor, rest_joints: Tensor | None = None) -> Tensor:
    """All numbers of a frame. Shapes (T, 24, 3, 3), pelvis joint's place (T, 3) in metres -> (T, DOFS)."""
    dofs = torch.cat((pelvis, rotmat_to_rot6d(rotations[:, 0]), skeleton_numbers(rotations, rest_joints)), 1)
    assert dofs.shape[1] == DOFS
    return dofs


def _axis(hinge: str, like: Tensor) -> Tensor:
    return torch.tensor(HINGES[hinge], dtype=like.dtype)


def _bone(rest: Tensor, joint: str) -> Tensor:
    """Direction of the bone that ends in ``joint``. Shape (3,)."""
    index = SMPL_JOINTS.index(joint)
    return torch.nn.functional.normalize(rest[index] - rest[SMPL_PARENTS[index]], dim=0)


def _bend(rotation: Tensor, upper: Tensor, lower: Tensor, axis: Tensor, hinge: str) -> tuple[Tensor, Tensor]:
    """Angle of the hinge (T,), and turn of the bone above about itself (T,), that point the bone below where it did.

    The two angles that open the limb as ``rotation`` (T, 3, 3) does are compared: squared distance of directions, and how far
    the upper bone turns, and what lies beyond the hinge's limits.
    """
    goal = rotation @ lower  # (T, 3), in axes of the upper bone
    along, across = (upper @ axis) * (axis @ lower), torch.linalg.cross(axis, lower)
    cosine, sine = upper @ lower - along, upper @ across
    reach, phase = torch.hypot(cosine, sine), torch.atan2(sine, cosine)
    # upper . bent lower = along + reach * cos(angle - phase)
    opening = torch.acos(((goal @ upper - along) / reach).clamp(-1.0, 1.0))
    low, high = (limit[LAYOUT[hinge]].to(rotation) for limit in limits())
    best: tuple[Tensor, Tensor, Tensor] | None = None
    for signed in (phase + opening, phase - opening):
        angle = torch.remainder(signed + torch.pi, 2 * torch.pi) - torch.pi
        bent = rotvec_to_rotmat(angle[:, None] * axis) @ lower
        flat_bent, flat_goal = (value - (value @ upper)[:, None] * upper for value in (bent, goal))
        # the twist that carries one onto the other, drawn a little towards none
        even = (flat_bent * flat_goal).sum(-1) + _LEAST_TWIST
        odd = torch.linalg.cross(flat_bent, flat_goal) @ upper
        twist = torch.atan2(odd, even)
        turned = rotvec_to_rotmat(twist[:, None] * upper)
        missed = ((turned @ bent[..., None]).squeeze(-1) - goal).square().sum(-1)
        beyond = (low - angle).clamp_min(0) + (angle - high).clamp_min(0)
        cost = missed + 2 * _LEAST_TWIST * (1 - twist.cos()) + _BEYOND * beyond
        if best is None:
            best = angle, twist, cost
        else:
            better = cost < best[2]
            best = (
                torch.where(better, angle, best[0]),
                torch.where(better, twist, best[1]),
                torch.where(better, cost, best[2]),
            )
    assert best is not None
    return best[0], best[1]


def _angle_about(rotation: Tensor, axis: Tensor) -> Tensor:
    """Angle about ``axis`` (3,) that comes nearest to a rotation, by the trace. Shape (T, 3, 3) -> (T,)."""
    skew = torch.stack(
        (
            rotation[:, 2, 1] - rotation[:, 1, 2],
            rotation[:, 0, 2] - rotation[:, 2, 0],
            rotation[:, 1, 0] - rotation[:, 0, 1],
        ),
        -1,
    )
    trace = rotation.diagonal(dim1=-2, dim2=-1).sum(-1)
    along = torch.einsum("i,tij,j->t", axis, rotation, axis)
    return torch.atan2(skew @ axis, trace - along)


def _near_usual(vectors: Tensor, ball: str) -> Tensor:
    """The same rotations by the vector, of the two within a full turn, that is nearer to the joint's usual pose. (T, 3)."""
    mean, deviation = (values[LAYOUT[ball]].to(vectors) for values in usual_pose())
    angle = vectors.norm(dim=-1, keepdim=True)
    other = vectors * (1 - 2 * torch.pi / angle.clamp_min(1e-6))
    far = [((option - mean) / deviation).square().sum(-1, keepdim=True) for option in (vectors, other)]
    return torch.where((far[1] < far[0]) & (angle > 0.5 * torch.pi), other, vectors)
