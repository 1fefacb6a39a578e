"""The regressor: mixer blocks over a window of landmarks, then HMR's iterative regression of the 85 numbers of each frame."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sfv.motion.rotations import rot6d_to_rotmat
from sfv.reconstruct.hmr.config import NetworkConfig
from sfv.reconstruct.hmr.features import DEPTH_FEATURES, FEATURES
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

POSE, BETAS, CAMERA = 24 * 6, 10, 3
THETA = POSE + BETAS + CAMERA
"""The 85 numbers, rotations as 6D: pose 144, shape 10, weak-perspective camera s, tx, ty."""
CERTAINTY = len(LANDMARK_NAMES)
"""Numbers more of a network that says how far each landmark is expected to be wrong."""
USUAL_ERROR = 0.05
"""Metres: the expected error that the iterations start from."""


@dataclass(frozen=True)
class Theta:
    """What the network says, in the upright axes of each frame (``features.Window``)."""

    rotations: Tensor
    """Joints against their parents, the pelvis against the frame's axes (x right, y down, z forward). Shape (B, T, 24, 3, 3)."""
    betas: Tensor
    """Shape (B, T, 10)."""
    camera: Tensor
    """s (sizes a metre), tx, ty (sizes from the hips as seen). Shape (B, T, 3)."""
    error: Tensor | None = None
    """Expected distance of each landmark about mid-hips from the truth. Shape (B, T, 19), metres; None: the network does not say."""


class Block(nn.Module):
    """Mixes frames, then features (Tolstikhin et al., MLP-Mixer, 2021), with ReLU: on a CPU GELU took a fifth of the time."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.norm_time, self.norm_features = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.time_in, self.time_out = (
            nn.Linear(config.window, 2 * config.window),
            nn.Linear(2 * config.window, config.window),
        )
        self.features_in, self.features_out = (
            nn.Linear(config.width, config.hidden),
            nn.Linear(config.hidden, config.width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Shape (B, T, width) -> the same."""
        mixed = self.time_out(torch.relu(self.time_in(self.norm_time(x).transpose(1, 2)))).transpose(1, 2)
        x = x + mixed
        return x + self.features_out(torch.relu(self.features_in(self.norm_features(x))))


class Regressor(nn.Module):
    """Landmarks of a window -> Theta of each frame, refined ``iterations`` times from the mean."""

    mean: Tensor

    def __init__(self, config: NetworkConfig, mean: Tensor | None = None) -> None:
        super().__init__()
        self.config = config
        self.features = FEATURES + (DEPTH_FEATURES if config.landmarks_3d else 0)
        theta = THETA + (CERTAINTY if config.certainty else 0)
        self.encode = nn.Linear(self.features, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.from_features, self.from_theta = (
            nn.Linear(config.width, config.width),
            nn.Linear(theta, config.width, bias=False),
        )
        self.middle, self.change = nn.Linear(config.width, config.width), nn.Linear(config.width, theta)
        nn.init.xavier_uniform_(self.change.weight, gain=0.01)  # HMR's: the first answers stay near the mean
        nn.init.zeros_(self.change.bias)
        start = torch.zeros(theta)
        start[: THETA if mean is None else len(mean)] = 0.0 if mean is None else mean
        self.register_buffer("mean", start)

    def forward(self, features: Tensor) -> list[Tensor]:
        """Theta (B, T, THETA or THETA + CERTAINTY) after each iteration.

        Features as ``features.prepare`` makes them, (B, T, ...), T = config.window; 3D landmarks that are not there count as not known.
        """
        missing = self.features - features.shape[-1]
        x = self.encode(torch.nn.functional.pad(features, (0, missing)) if missing else features)
        for block in self.blocks:
            x = block(x)
        seen = self.from_features(self.norm(x))
        theta, answers = self.mean.expand(*features.shape[:2], -1), []
        for _ in range(self.config.iterations):
            hidden = torch.relu(seen + self.from_theta(theta))
            theta = theta + self.change(torch.relu(self.middle(hidden)))
            answers.append(theta)
        return answers


def unpack(theta: Tensor) -> Theta:
    """Split the network's numbers. Shape (B, T, THETA) or (B, T, THETA + CERTAINTY)."""
    pose, betas, camera, rest = theta.float().split([POSE, BETAS, CAMERA, theta.shape[-1] - THETA], -1)
    error = USUAL_ERROR * rest.clamp(-4.0, 4.0).exp() if rest.shape[-1] else None
    return Theta(rot6d_to_rotmat(pose.unflatten(-1, (24, 6))), betas, camera, error)
