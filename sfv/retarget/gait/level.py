"""No lean on average: over whole cycles of a straight gait the trunk is upright and the sides are mirror images."""

from dataclasses import replace

import numpy as np
import torch

from sfv.motion.rotations import heading_quat, quat_rotate, quat_rotate_inverse
from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.gait.balance import lean_bodies
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.targets.targets import Targets

_STEEP = 0.5
"""A direction whose mean vertical part is smaller (an arm held out) says nothing about leaning."""


def mean_leans(targets: Targets, skeleton: Anatomy) -> np.ndarray:
    """Angle about the heading by which each body leans on average, shared with its mirror image. Shape (B,), radians.

    A limb's direction counts, or where a body has none the axis that is vertical in the T-pose. Positive leans move its lower end
    to the left. Zero where the direction is not steep.
    """
    up = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).expand(len(skeleton.bodies), 3)
    vertical = quat_rotate_inverse(torch.from_numpy(skeleton.t_pose), up).numpy()
    own = torch.from_numpy(np.where(np.isnan(skeleton.limb), -vertical, skeleton.limb))
    world = torch.from_numpy(targets.world_bodies())
    heading = heading_quat(torch.from_numpy(targets.root))[:, None].expand_as(world)
    mean = quat_rotate_inverse(heading, quat_rotate(world, own.expand(len(world), -1, 3))).mean(0).numpy()
    names = [SMPL_JOINTS[joint] for joint in skeleton.smpl]
    leans = np.zeros(len(names))
    for row, name in enumerate(names):
        other = name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_")
        twin = names.index(other) if other in names else row
        lateral, vertical_part = mean[[row, twin], 1].mean(), mean[[row, twin], 2].mean()
        if abs(vertical_part) > _STEEP:
            leans[row] = np.arctan(lateral / -vertical_part)
    return leans


def level(targets: Targets, skeleton: Anatomy) -> Targets:
    """Turn every body back by its mean lean, and move the ankles so that their mean is below the middle of the hips."""
    upright = lean_bodies(targets, -mean_leans(targets, skeleton))
    ankles = upright.ankles.copy()
    ankles[..., 1] -= ankles[..., 1].mean()
    return replace(upright, ankles=ankles)
