"""Action to servo targets: what the position actuators are asked for during the next control step."""

import math

import torch
from torch import Tensor

from sfv.imitate.state.layout import ModelLayout

_TINY = 1e-6  # rotation vectors shorter than this have no other representation worth trying


def nearest_rotvec(rotvec: Tensor, current: Tensor, dim: int = -1) -> Tensor:
    """Of the two rotation vectors of one rotation (v and the long way round) the one closer to ``current``.

    A servo on a ball joint compares rotation vectors by subtraction and MuJoCo measures them with norm <= pi, so near a
    half turn target and measurement could otherwise be a full turn apart. Shapes (..., 3, ...), components along ``dim``.
    """
    angle = (rotvec * rotvec).sum(dim, keepdim=True).sqrt().clamp_min(_TINY)
    # |v - 2 pi v/|v| - current| < |v - current| where ``current`` lies further back along v than this
    closer = (rotvec * current).sum(dim, keepdim=True) < angle * (angle - math.pi)
    return torch.where(closer & (angle > _TINY), rotvec * (1.0 - 2.0 * math.pi / angle), rotvec)


def servo_targets(action: Tensor, base: Tensor, qpos: Tensor, scale: float, skeleton: ModelLayout) -> Tensor:
    """ctrl = gear * (base pose, on the side of the current pose) + scale * action. All joint coordinates, radians.

    ``base`` is the next reference pose (residual targets) or zero (absolute targets), ``qpos`` the current pose. Shapes:
    action (N, nu), base (N, nv - 6), qpos (N, nq) -> (N, nu).
    """
    ball = skeleton.ball_columns
    wanted = base.index_select(1, ball).unflatten(1, (3, -1))
    near = base.index_copy(1, ball, nearest_rotvec(wanted, skeleton.ball_rotvecs(qpos), dim=1).flatten(1))
    return torch.addmm(action * (scale * skeleton.servo_range), near, skeleton.gear.T)
