"""Whole-clip optimisation: follow the targets, stand without sliding, stay above the ground, move smoothly, respect limits."""

import numpy as np
import torch
from torch import Tensor

from sfv.motion.cycle import heading_of, yaw_quat
from sfv.motion.ground import lift_residual
from sfv.motion.rotations import (
    continuous_quat,
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    quat_to_rotmat,
    quat_to_rotvec,
)
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import Flight
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.robot.apart import Apart
from sfv.retarget.robot.kinematics import hinge_limits
from sfv.retarget.targets.start import stance_weight, world_points
from sfv.retarget.targets.targets import Targets

_HISTORY = 20  # gradients that L-BFGS remembers
_PROBES, _NUDGE = 10, 1e-4  # random directions, and how far along them, for the curvature
_REFERENCE_HZ = 30.0  # the rate at which the weights of differences between frames are meant


def refine(guess: np.ndarray, targets: Targets, skeleton: Anatomy, config: RetargetConfig, cyclic: bool) -> np.ndarray:
    """Clip that minimises the sum of squared errors which ``RetargetConfig`` weighs. Shape (T, nq) -> (T, nq).

    The unknowns are tangent vectors of every frame, so quaternions stay unit; L-BFGS with a strong Wolfe line search, on
    unknowns scaled by the curvature of each degree of freedom (a tenth of the iterations it takes without). A
    cyclic clip has its last frame tied to the first one, and its differences go round the seam. What the optimisation
    leaves below the ground (under a millimetre) is lifted out exactly at the end.
    """
    count = len(guess) - 1 if cyclic else len(guess)
    base = torch.from_numpy(guess[:count])
    cost = _Cost(targets, skeleton, config, base, _Seam(targets) if cyclic else None)
    scale = _scales(cost, skeleton, base)
    steps = torch.zeros(count, skeleton.model.nv, dtype=torch.float64, requires_grad=True)
    iterations = config.flight_iterations if cost.flight.happens else config.iterations
    optimizer = torch.optim.LBFGS([steps], max_iter=iterations, history_size=_HISTORY, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = cost(skeleton.kinematics.integrate(base, steps * scale))
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        qpos = skeleton.kinematics.integrate(base, steps * scale)
        if cyclic:
            qpos = torch.cat((qpos, _Seam(targets).frames(qpos[:1])))
    return _finish(qpos.numpy(), skeleton, cyclic)


def _scales(cost: "_Cost", skeleton: Anatomy, base: Tensor) -> Tensor:
    """One over the root of each degree of freedom's mean curvature. Shape (nv,).

    The Hessian's diagonal is estimated by Hutchinson's method: mean of v * (H v) over random signs v, with H v from two gradients.
    """

    def gradient(delta: Tensor) -> Tensor:
        point = delta.requires_grad_(True)
        return torch.autograd.grad(cost(skeleton.kinematics.integrate(base, point)), point)[0]

    zero = torch.zeros(len(base), skeleton.model.nv, dtype=torch.float64)
    start, generator = gradient(zero.clone()), torch.Generator().manual_seed(0)
    diagonal = torch.zeros_like(zero)
    for _ in range(_PROBES):
        signs = torch.randint(0, 2, zero.shape, generator=generator).double() * 2 - 1
        diagonal += signs * (gradient(zero + _NUDGE * signs) - start) / (_NUDGE * _PROBES)
    return 1.0 / (diagonal.clamp_min(0).mean(0) + 1.0).sqrt()


class _Seam:
    """How one period of a closed cycle is moved onto the next."""

    def __init__(self, targets: Targets) -> None:
        self.origin = torch.from_numpy(targets.hips[0] * [1, 1, 0])
        self.step = torch.from_numpy((targets.hips[-1] - targets.hips[0]) * [1, 1, 0])
        self.turn = torch.from_numpy(yaw_quat(heading_of(targets.root[-1]) - heading_of(targets.root[0])))

    def points(self, points: Tensor) -> Tensor:
        """Positions one period later. Shape (..., 3)."""
        return quat_rotate(self.turn.expand(*points.shape[:-1], 4), points - self.origin) + self.origin + self.step

    def quats(self, quats: Tensor) -> Tensor:
        """World orientations one period later. Shape (..., 4)."""
        return quat_multiply(self.turn.expand_as(quats), quats)

    def frames(self, qpos: Tensor) -> Tensor:
        """Whole frames one period later. Shape (T, nq)."""
        return torch.cat((self.points(qpos[:, :3]), self.quats(qpos[:, 3:7]), qpos[:, 7:]), 1)


class _Cost:
    """The weighted sum of squares, as a function of qpos (count, nq); ``base`` is the guess, of the same shape."""

    def __init__(
        self, targets: Targets, skeleton: Anatomy, config: RetargetConfig, base: Tensor, seam: _Seam | None
    ) -> None:
        self.skeleton, self.config, self.seam = skeleton, config, seam
        count = len(base)
        self.bodies = quat_to_rotmat(torch.from_numpy(targets.world_bodies()[:count]))
        self.hips = torch.from_numpy(targets.hips[:count])
        self.ankles = torch.from_numpy((targets.world_ankles() - targets.hips[:, None])[:count])
        self.has_limb = torch.from_numpy(skeleton.limb_child >= 0)
        self.limb = torch.from_numpy(np.nan_to_num(skeleton.limb))
        self.radii = torch.from_numpy(skeleton.point_radii)
        stance = np.zeros((count, len(skeleton.points)))
        for kind, ids in enumerate(skeleton.contact_points):
            stance[:, ids] = np.maximum(stance[:, ids], targets.contacts[:count, kind : kind + 1])
        self.stance = torch.from_numpy(stance_weight(stance, config.contact_threshold))
        self.grounded, self.touch, self.hold = _grounded(targets, skeleton, count)
        self.standing = torch.from_numpy(1.0 - targets.airborne[:count, 0])
        self.flight = Flight(targets.airborne[:count, 0], targets.fps, config, cyclic=seam is not None)
        self.floor = torch.where(self.stance > 0, 0.0, config.clearance)
        self.columns, limits = hinge_limits(skeleton.model)
        self.lower, self.upper = torch.from_numpy(limits).unbind(1)
        self.rate = targets.fps / _REFERENCE_HZ
        self.joints = _joint_slices(skeleton)
        self.volumes = Apart(skeleton, base, config.link_clearance)

    def __call__(self, qpos: Tensor) -> Tensor:
        config, skeleton = self.config, self.skeleton
        xpos, xquat, points = world_points(skeleton, qpos)
        hips = skeleton.hips_at(xpos, xquat)
        loss = self._orientation(xquat[:, skeleton.bodies])
        loss = loss + config.root_weight * (self.standing * (hips - self.hips).square().sum(-1)).sum()
        loss = loss + config.ankle_weight * (xpos[:, skeleton.ankles] - hips[:, None] - self.ankles).square().sum()
        height = points[..., 2] - self.radii
        loss = loss + config.contact_weight * (self.stance * height.square()).sum()
        loss = loss + config.penetration_weight * (self.floor - height).clamp_min(0).square().sum()
        loss = loss + config.slide_weight * self._slide(points) + self._touch(points, height)
        loss = loss + config.collision_weight * self.volumes.overlap(xpos, xquat)
        com = skeleton.kinematics.centre_of_mass(xpos, xquat)
        if self.seam is not None:
            com = torch.cat((com, self.seam.points(com[:2])))
        loss = loss + config.flight_weight * self.flight(com) * self.rate**3
        angles = qpos[:, self.columns]
        beyond = (self.lower - angles).clamp_min(0) + (angles - self.upper).clamp_min(0)
        loss = loss + config.limit_weight * beyond.square().sum()
        return loss + self._roughness(qpos)

    def _orientation(self, xquat: Tensor) -> Tensor:
        """Limb directions, and whole orientations: strongly where a body has no limb, weakly (twist) where it has."""
        config = self.config
        error = quat_to_rotmat(xquat) - self.bodies
        limb = torch.einsum("tbij,bj->tbi", error, self.limb).square().sum()
        whole = 0.5 * error.square().sum((-1, -2))
        weight = torch.where(self.has_limb, config.orientation_weight, config.trunk_weight)
        return config.limb_weight * limb + (weight * whole).sum()

    def _slide(self, points: Tensor) -> Tensor:
        """Horizontal way of points that stand in both of two neighbouring frames."""
        ground, stance = points[..., :2], self.stance
        if self.seam is not None:
            ground = torch.cat((ground, self.seam.points(points[:1])[..., :2]))
            stance = torch.cat((stance, stance[:1]))
        both = torch.minimum(stance[1:], stance[:-1])
        return (both * (ground[1:] - ground[:-1]).square().sum(-1)).sum() * self.rate

    def _touch(self, points: Tensor, height: Tensor) -> Tensor:
        """Height of the lowest points of bodies that touch the ground, and the way of those that also hold it."""
        loss = height.new_zeros(())
        for column, own in enumerate(self.grounded):
            lowest, which = height[:, own].min(1)
            loss = loss + self.config.touch_weight * (self.touch[:, column] * lowest.square()).sum()
            ground, hold = points[:, own, :2], self.hold[:, column]
            if self.seam is not None:
                ground = torch.cat((ground, self.seam.points(points[:1, own])[..., :2]))
                hold = torch.cat((hold, hold[:1]))
            steps = ground[1:] - ground[:-1]
            way = steps.gather(1, which[: len(steps), None, None].expand(-1, 1, 2)).square().sum((-1, -2))
            loss = loss + self.config.slide_weight * self.rate * (torch.minimum(hold[1:], hold[:-1]) * way).sum()
        return loss

    def _roughness(self, qpos: Tensor) -> Tensor:
        """Second differences of the root's position and of every joint, with frames beyond the seam where there is one."""
        if self.seam is not None:
            qpos = torch.cat((qpos, self.seam.frames(qpos[:2])))
        root = (qpos[2:, :3] - 2 * qpos[1:-1, :3] + qpos[:-2, :3]).square().sum(-1)
        loss = self.config.root_smooth_weight * ((1.0 - self.flight.falling) * root).sum()
        steps = torch.cat([_steps(qpos[:, cut]) for cut, _ in self.joints], 1)
        loss = loss + self.config.smooth_weight * (steps[1:] - steps[:-1]).square().sum()
        # the sum over frames of squared second differences grows by this when the same motion is sampled more coarsely
        return loss * self.rate**3


def _steps(joint: Tensor) -> Tensor:
    """Change from each frame to the next: rotation vectors of quaternions (T, 4), differences of anything else (T, width)."""
    if joint.shape[1] != 4:
        return joint[1:] - joint[:-1]
    quats = joint
    return quat_to_rotvec(quat_multiply(quat_conjugate(quats[:-1]), quats[1:]))


def _joint_slices(skeleton: Anatomy) -> list[tuple[slice, int]]:
    """qpos columns of the root's orientation and of every joint, with their widths."""
    model = skeleton.model
    starts = [int(start) for start in model.jnt_qposadr[1:]]
    widths = np.diff([*starts, model.nq]).tolist()
    return [(slice(3, 7), 4), *((slice(start, start + width), width) for start, width in zip(starts, widths))]


def _grounded(targets: Targets, skeleton: Anatomy, count: int) -> tuple[list[Tensor], Tensor, Tensor]:
    """Points of the character that stand for the joints which ever touch the ground, and touch and hold of each group (T, G).

    A joint that the character lacks is stood for by the nearest one above it. Soles that stand are held by ``contacts``.
    """
    known = set(skeleton.point_joints.tolist())
    touch, hold = np.zeros((2, count, len(SMPL_JOINTS)))
    for joint in range(len(SMPL_JOINTS)):
        goal = joint
        while goal not in known and goal > 0:
            goal = SMPL_PARENTS[goal]
        touch[:, goal] = np.maximum(touch[:, goal], targets.touch[:count, joint])
        hold[:, goal] = np.maximum(hold[:, goal], targets.hold[:count, joint])
    hold[:, np.unique(skeleton.point_joints[np.concatenate(skeleton.contact_points)])] = 0.0
    used = [joint for joint in sorted(known) if touch[:, joint].any()]
    groups = [torch.from_numpy(np.flatnonzero(skeleton.point_joints == joint)) for joint in used]
    return groups, torch.from_numpy(touch[:, used]), torch.from_numpy(hold[:, used])


def _finish(qpos: np.ndarray, skeleton: Anatomy, cyclic: bool) -> np.ndarray:
    """Exact limits, unit and sign-continuous quaternions, and no geom below the ground."""
    columns, limits = hinge_limits(skeleton.model)
    out = qpos.copy()
    out[:, columns] = np.clip(out[:, columns], limits[:, 0], limits[:, 1])
    for cut, width in _joint_slices(skeleton):
        if width == 4:
            out[:, cut] = continuous_quat(torch.from_numpy(out[:, cut])).numpy()
            out[:, cut] /= np.linalg.norm(out[:, cut], axis=1, keepdims=True)
    return lift_residual(skeleton.model, out, cyclic)
