"""Batches of training data made on the fly: motion, shape, camera, then what a detector would have said."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from sfv.motion.rotations import rotmat_to_rot6d
from sfv.reconstruct.hmr.augment import Augmenter
from sfv.reconstruct.hmr.config import RegressorTrainConfig
from sfv.reconstruct.hmr.features import Window, prepare
from sfv.reconstruct.hmr.network import THETA
from sfv.reconstruct.hmr.smpl import JOINTS, SmplSkeleton
from sfv.reconstruct.hmr.training.depth_noise import lift
from sfv.reconstruct.hmr.training.noise import detect
from sfv.reconstruct.hmr.training.views import place, random_views
from sfv.reconstruct.model.skeleton import USUAL_OFFSETS
from sfv.reconstruct.observe.observations import TORSO

FACING = torch.tensor([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]])
"""Pelvis of somebody who stands upright and faces the camera, in the camera's axes."""
_MEAN_SCALE = 2.2
"""Window sizes a metre, about: where the iterations start."""
_MEAN_WINDOWS = 128  # whose mean pose that is


@dataclass(frozen=True)
class Batch:
    """B windows of T frames with their truth, in each frame's upright axes (``features.Window``)."""

    window: Window
    rotations: Tensor
    """Shape (B, T, 24, 3, 3)."""
    betas: Tensor
    """Shape (B, 10)."""
    points: Tensor
    """Joints and landmarks about the pelvis. Shape (B, T, 24 + 19, 3), metres."""
    image: Tensor
    """Landmarks in the picture, without error. Shape (B, T, 19, 2), sizes."""
    weight: Tensor
    """Weight of each frame, mean about one; 0 where there is no truth. Shape (B, T)."""


class Synthesis:
    """Makes batches."""

    def __init__(self, augmenter: Augmenter, skeleton: SmplSkeleton, config: RegressorTrainConfig) -> None:
        self.augmenter, self.skeleton, self.config = augmenter, skeleton, config
        self._usual = torch.tensor(USUAL_OFFSETS, device=augmenter.bank.quats.device)

    def batch(self, random: Generator) -> Batch:
        """One batch; the same generator state gives the same batch."""
        config, device = self.config, random.device
        count, frames = config.batch, config.network.window
        rotations, path = self.augmenter.draw(count, frames, config.network.fps, random)
        camera = random_views(count, config.view, random)
        rotations = torch.cat(((camera[:, None] @ rotations[:, :, 0])[:, :, None], rotations[:, :, 1:]), 2)
        pelvis = place(path, camera, config.view, random)
        betas = config.motion.betas_std * torch.randn(count, self.skeleton.num_betas, generator=random, device=device)
        defined = self._usual + config.noise.definition_m * torch.randn(count, 19, 3, generator=random, device=device)
        defined = defined * (torch.rand(count, 1, 1, generator=random, device=device) >= config.noise.clean)
        rest = self.skeleton.rest(betas)
        shown = torch.cat((rest[:, :JOINTS], rest[:, JOINTS:] + defined), 1)
        local = rotations.flatten(0, 1)
        joints, landmarks = self.skeleton.pose(local, _each(rest, frames))
        apparent = self.skeleton.pose(local, _each(shown, frames))[1].unflatten(0, (count, frames))
        torso = TORSO / pelvis[..., 2]
        xy, confidence = detect(project(apparent + pelvis[:, :, None]), torso, config.noise, random)
        size_error = config.view.size_noise * torch.randn(count, generator=random, device=device)
        world = None
        if config.network.landmarks_3d:
            world = lift(apparent, confidence, config.noise, random)
        window = prepare(xy, confidence, size_error, world)
        back = window.camera_rotation().transpose(2, 3)
        points = torch.cat((joints, landmarks), 1).unflatten(0, (count, frames))
        truth = project(landmarks.unflatten(0, (count, frames)) + pelvis[:, :, None])
        return Batch(
            window,
            torch.cat(((back @ rotations[:, :, 0])[:, :, None], rotations[:, :, 1:]), 2),
            betas,
            points @ back.transpose(2, 3),
            window.upright(truth),
            torch.ones(count, frames, device=device),
        )

    def mean_theta(self, random: Generator) -> Tensor:
        """Where the iterations start: the mean pose of the motions, upright and facing the camera. Shape (THETA,)."""
        rotations = self.augmenter.draw(_MEAN_WINDOWS, 2 * self.config.network.window, self.config.network.fps, random)[
            0
        ].flatten(0, 1)
        pose = rotmat_to_rot6d(rotations).mean(0)
        pose[0] = rotmat_to_rot6d(FACING.to(pose))
        mean = torch.zeros(THETA, device=pose.device)
        mean[: pose.numel()] = pose.flatten()
        mean[-3] = _MEAN_SCALE
        return mean


def project(points: Tensor) -> Tensor:
    """Tangents of points in the camera's axes; what is nearer than 10 cm is seen as if it were there. (..., 3) -> (..., 2)."""
    return points[..., :2] / points[..., 2:].clamp_min(0.1)


def _each(rest: Tensor, frames: int) -> Tensor:
    return rest[:, None].expand(-1, frames, -1, -1).flatten(0, 1)
