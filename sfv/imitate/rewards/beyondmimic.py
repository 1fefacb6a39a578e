"""BeyondMimic's tracking reward (Liao et al. 2025, HybridRobotics/whole_body_tracking), scaled to a sum of one.

With the root as anchor, B bodies, hats for the reference, each term exp(-error / std^2):

    anchor position   |p^ - p|^2 of the root in the world
    anchor rotation   angle(q^, q)^2 of the root
    body position     mean_b |x^_b - x_b|^2     in each one's own heading frame, heights above the ground
    body rotation     mean_b angle(q^_b, q_b)^2 in each one's own heading frame
    linear velocity   mean_b |v^_b - v_b|^2     in the world
    angular velocity  mean_b |w^_b - w_b|^2     in the world

The project turns the reference by the yaw of the relative root rotation instead of comparing two headings, which is the same
while both stand upright. Sums of squares over axes, means over bodies.
"""

import mujoco
import torch
from torch import Tensor

from sfv.imitate.config import BeyondMimicConfig
from sfv.imitate.observations.bodies import BodyStates
from sfv.imitate.state.tangent import joint_limits
from sfv.imitate.term_names import BEYONDMIMIC
from sfv.motion.rotations import quat_angle


def tracking_reward(
    root_pos: Tensor,
    root_quat: Tensor,
    bodies: BodyStates,
    reference_pos: Tensor,
    reference_quat: Tensor,
    reference: BodyStates,
    config: BeyondMimicConfig,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Weighted sum of the six terms, 1 on the reference itself, and the terms, unweighted, by name. Shapes (N, 3), (N, 4), ... -> (N,)."""
    c = config
    parts = (
        (c.anchor_position_weight, c.anchor_position_std, _square(root_pos - reference_pos)),
        (c.anchor_rotation_weight, c.anchor_rotation_std, quat_angle(root_quat, reference_quat) ** 2),
        (c.body_position_weight, c.body_position_std, _square(bodies.position - reference.position).mean(-1)),
        (c.body_rotation_weight, c.body_rotation_std, (quat_angle(bodies.rotation, reference.rotation) ** 2).mean(-1)),
        (c.linear_velocity_weight, c.linear_velocity_std, _square(bodies.linear - reference.linear).mean(-1)),
        (c.angular_velocity_weight, c.angular_velocity_std, _square(bodies.angular - reference.angular).mean(-1)),
    )
    terms = [torch.exp(-error / std**2) for _, std, error in parts]
    total = torch.stack([weight * term for (weight, _, _), term in zip(parts, terms)]).sum(0)
    return total, dict(zip(BEYONDMIMIC, terms))


def _square(difference: Tensor) -> Tensor:
    return (difference * difference).sum(-1)


class SoftLimits:
    """Ranges of hinges and slides, narrowed to a share about their middles."""

    def __init__(self, model: mujoco.MjModel, share: float, device: torch.device | None = None) -> None:
        low, high = (limits.to(device) for limits in joint_limits(model))
        self._columns = torch.isfinite(low).nonzero().squeeze(1)
        middle, half = 0.5 * (low + high)[self._columns], 0.5 * share * (high - low)[self._columns]
        self._low, self._high = middle - half, middle + half

    def excess(self, qpos: Tensor) -> Tensor:
        """Sum over joints of how far each is beyond its soft limits, radians. Shape (N, nq) -> (N,)."""
        angle = qpos[:, self._columns].to(self._low)
        return ((self._low - angle).clamp_min(0.0) + (angle - self._high).clamp_min(0.0)).sum(-1)
