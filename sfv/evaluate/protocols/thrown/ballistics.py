"""Throwing: the velocity with which something free reaches a point at a time."""

import torch
from torch import Tensor


def launch_velocity(origin: Tensor, target: Tensor, seconds: Tensor, gravity: float, timestep: float) -> Tensor:
    """Velocity at ``origin`` that leads to ``target`` after ``seconds`` of free flight. Shapes (K, 3), (K, 3), (K,) -> (K, 3).

    ``gravity`` is the acceleration along z, m/s^2 (negative). MuJoCo's semi-implicit steps of ``timestep`` seconds change the
    velocity before they use it, so that half a step's fall is added: the flight then goes through the parabola's points.
    """
    velocity = (target - origin) / seconds[:, None]
    rise = -0.5 * gravity * (seconds + timestep)
    return velocity + torch.stack((torch.zeros_like(rise), torch.zeros_like(rise), rise), dim=1)
