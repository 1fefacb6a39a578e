"""Sideways balance of a steady gait: over whole cycles the centre of mass lies above the feet, or it would fall over."""

from dataclasses import replace

import numpy as np
import torch

from sfv.motion.rotations import (
    continuous_quat,
    heading_quat,
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    quat_rotate_inverse,
    rotvec_to_quat,
)
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.targets.start import first_guess, world_points
from sfv.retarget.targets.targets import Targets


def lateral_imbalance(qpos: np.ndarray, contacts: np.ndarray, skeleton: Anatomy) -> float:
    """Mean distance of the centre of mass to the left of the standing feet, in the heading frame, metres.

    Each foot counts the same, so that a contact recovered too long does not pull. Shapes (T, nq), (T, 4). Zero where no
    foot ever stands.
    """
    poses = torch.from_numpy(qpos)
    xpos, xquat, points = world_points(skeleton, poses)
    model = skeleton.model
    inertial = torch.from_numpy(model.body_ipos.copy()).expand(len(qpos), -1, 3)
    centres = xpos + quat_rotate(xquat, inertial)
    mass = torch.from_numpy(model.body_mass / model.body_mass.sum())
    com = torch.einsum("b,tbi->ti", mass, centres)
    heading = heading_quat(poses[:, 3:7])
    offsets = []
    for foot in (slice(0, 2), slice(2, 4)):
        load = torch.from_numpy(contacts[:, foot])
        if float(load.sum()) > 0:
            kinds = skeleton.contact_points[foot]
            feet = torch.stack([points[:, ids].mean(1) for ids in kinds], 1)
            apart = quat_rotate_inverse(heading[:, None].expand(-1, 2, -1), com[:, None] - feet)[..., 1]
            offsets.append(float((load * apart).sum() / load.sum()))
    return float(np.mean(offsets)) if offsets else 0.0


def balance_sideways(targets: Targets, skeleton: Anatomy, rounds: int) -> Targets:
    """Lean the legs sideways, both by the same angle in all frames, until the mean imbalance is gone.

    The depth of the legs is what a single camera sees worst, and steady walking has no mean moment about its path, so the
    correction rests on mechanics rather than on the picture. Trunk, arms and the feet's own orientation stay.
    """
    for _ in range(rounds):
        offset = lateral_imbalance(first_guess(targets, skeleton), targets.contacts, skeleton)
        targets = lean_legs(targets, skeleton, np.arctan2(offset, skeleton.leg_length))
    return targets


def lean_legs(targets: Targets, skeleton: Anatomy, angle: float) -> Targets:
    """Turn thighs and shins about the heading by ``angle`` (positive moves the feet to the left)."""
    angles = np.zeros(len(skeleton.bodies))
    angles[_leg_rows(skeleton)] = angle
    sideways = np.array([0.0, skeleton.leg_length * np.sin(angle), 0.0])
    return replace(lean_bodies(targets, angles), ankles=targets.ankles + sideways)


def lean_bodies(targets: Targets, angles: np.ndarray) -> Targets:
    """Turn every body of the skeleton about the heading by its own angle (B,), in all frames; the others stay as they are."""
    heading = heading_quat(torch.from_numpy(targets.root))[:, None]
    axis = torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)
    lean = rotvec_to_quat(torch.from_numpy(angles)[:, None] * axis).expand(len(targets), -1, -1)
    heading = heading.expand_as(lean)
    turn = quat_multiply(quat_multiply(heading, lean), quat_conjugate(heading))
    world = quat_multiply(turn, torch.from_numpy(targets.world_bodies()))
    root = world[:, :1]
    bodies = quat_multiply(quat_conjugate(root).expand_as(world[:, 1:]), world[:, 1:])
    upright = quat_rotate_inverse(
        heading_quat(root).expand(-1, 2, -1), torch.from_numpy(targets.world_ankles() - targets.hips[:, None])
    )
    return replace(
        targets,
        root=continuous_quat(root[:, 0]).numpy(),
        bodies=continuous_quat(bodies).numpy(),
        ankles=upright.numpy(),
    )


def _leg_rows(skeleton: Anatomy) -> list[int]:
    """Rows of ``Skeleton.bodies`` from the hips to above the ankles."""
    parents = skeleton.model.body_parentid
    between: set[int] = set()
    for hip, ankle in zip(skeleton.hips.tolist(), skeleton.ankles.tolist()):
        body = int(parents[ankle])
        while body not in (0, hip):
            between.add(body)
            body = int(parents[body])
        between.add(hip)
    return [row for row, body in enumerate(skeleton.bodies.tolist()) if body in between]
