"""HMR's adversarial prior: discriminators of each joint's rotation, of the whole pose and of the shape (LSGAN)."""

import torch
from torch import Tensor, nn

from sfv.reconstruct.hmr.network import BETAS

JOINTS = 23
"""Joints but the pelvis: the prior does not care how somebody is turned."""
_JOINT, _POSE, _SHAPE = 32, 96, 10


class Discriminators(nn.Module):
    """25 answers for each body: near 1 for poses and shapes from motion capture, near 0 for others."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Sequential(
            nn.Linear(9, _JOINT), nn.LeakyReLU(0.1), nn.Linear(_JOINT, _JOINT), nn.LeakyReLU(0.1)
        )
        self.joint_weight = nn.Parameter(torch.randn(JOINTS, _JOINT) / _JOINT**0.5)
        self.joint_bias = nn.Parameter(torch.zeros(JOINTS))
        self.pose = nn.Sequential(
            nn.Linear(JOINTS * _JOINT, _POSE),
            nn.LeakyReLU(0.1),
            nn.Linear(_POSE, _POSE),
            nn.LeakyReLU(0.1),
            nn.Linear(_POSE, 1),
        )
        self.shape = nn.Sequential(nn.Linear(BETAS, _SHAPE), nn.LeakyReLU(0.1), nn.Linear(_SHAPE, 1))

    def forward(self, rotations: Tensor, betas: Tensor) -> Tensor:
        """Shapes (N, 24, 3, 3), (N, 10) -> (N, 25): joints, whole pose, shape."""
        embedded = self.embed(rotations[:, 1:].flatten(2))
        joints = (embedded * self.joint_weight).sum(-1) + self.joint_bias
        return torch.cat((joints, self.pose(embedded.flatten(1)), self.shape(betas)), 1)


def loss_of_regressor(answers: Tensor) -> Tensor:
    """How far predicted bodies are from being taken for real ones: sum over the discriminators of (D - 1)^2."""
    return ((answers - 1) ** 2).sum(1).mean()


def loss_of_discriminators(real: Tensor, predicted: Tensor) -> Tensor:
    """Sum over the discriminators of (D(real) - 1)^2 + D(predicted)^2."""
    return ((real - 1) ** 2).sum(1).mean() + (predicted**2).sum(1).mean()
