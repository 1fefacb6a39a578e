"""Priors of the numbers that the whole clip shares: the body and the camera."""

import torch
from torch import Tensor

from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.terms.term import ClipState, Term
from sfv.reconstruct.fit.unknowns import OFFSETS, Unknowns, ground_normal


class UsualBody(Term):
    """Betas are standard normal, landmarks lie and lean about as usual, the focal length is about as assumed."""

    def __init__(self, weight: float, config: ReconstructConfig) -> None:
        """The term counts ``weight``."""
        self._weight, self._config = weight, config
        self._lean = torch.tensor([-config.landmark_tilt, 0.0, 0.0], dtype=torch.float64)

    def energy(self, state: ClipState) -> Tensor:
        config, unknowns = self._config, state.unknowns
        return (0.5 * self._weight) * (
            (unknowns.betas / config.betas_sigma).square().sum()
            + 0.5
            * (unknowns.change / config.offset_sigma).square().sum()  # each number moves a landmark of either side
            + ((unknowns.lean - self._lean) / config.landmark_tilt_sigma).square().sum()
            + (unknowns.shared[unknowns.layout.focal] / config.focal_sigma).square()
        )

    def add_shared(self, unknowns: Unknowns, corner: Tensor, gradient: Tensor) -> None:
        layout, config = unknowns.layout, self._config
        for where, value, sigma in (
            (layout.betas, unknowns.betas, config.betas_sigma),
            (layout.lean, unknowns.lean - self._lean, config.landmark_tilt_sigma),
        ):
            torch.diagonal(corner)[where] += self._weight / sigma**2
            gradient[where] += self._weight * value / sigma**2
        flat, stiff = OFFSETS.flatten(0, 1), 0.5 * self._weight / config.offset_sigma**2
        corner[layout.offsets, layout.offsets] += stiff * flat.T @ flat
        gradient[layout.offsets] += stiff * flat.T @ unknowns.change.flatten()
        corner[layout.focal, layout.focal] += self._weight / config.focal_sigma**2
        gradient[layout.focal] += self._weight * unknowns.shared[layout.focal] / config.focal_sigma**2


class UsualCamera(Term):
    """The camera is held about level, as high as people hold cameras."""

    def __init__(self, weight: float, config: ReconstructConfig) -> None:
        """The term counts ``weight``."""
        self._weight, self._config = weight, config

    def energy(self, state: ClipState) -> Tensor:
        ground, config = state.unknowns.ground, self._config
        held = 2.0 * (1.0 + ground.up[1])  # squared distance of the ground's normal from the image's up, (0, -1, 0)
        raised = (-ground.height - config.camera_height) / config.camera_height_sigma
        return (0.5 * self._weight) * (held / config.up_sigma**2 + raised.square())

    def add_shared(self, unknowns: Unknowns, corner: Tensor, gradient: Tensor) -> None:
        layout, config = unknowns.layout, self._config
        tilt, height = unknowns.shared[layout.tilt], unknowns.shared[layout.height]
        slope = torch.func.jacfwd(ground_normal)(tilt) / config.up_sigma
        away = (ground_normal(tilt) - torch.tensor([0.0, -1.0, 0.0], dtype=torch.float64)) / config.up_sigma
        corner[layout.tilt, layout.tilt] += self._weight * slope.T @ slope
        gradient[layout.tilt] += self._weight * slope.T @ away
        corner[layout.height, layout.height] += self._weight / config.camera_height_sigma**2
        gradient[layout.height] += self._weight * (height + config.camera_height) / config.camera_height_sigma**2
