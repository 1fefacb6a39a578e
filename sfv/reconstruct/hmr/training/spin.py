"""SPIN's loop (Kolotouros et al., ICCV 2019): the network starts the optimisation, the optimised bodies teach the network.

The user's own clips are few, so the discriminators stay as they were trained on motion capture: they hold the network to poses that
people take while it learns from bodies that may be wrong.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.augment import mirror_rotations
from sfv.reconstruct.hmr.config import NetworkConfig, SpinConfig
from sfv.reconstruct.hmr.discriminator import loss_of_regressor
from sfv.reconstruct.hmr.features import prepare, turn
from sfv.reconstruct.hmr.infer import landmarks_of, look_at
from sfv.reconstruct.hmr.smpl import SmplSkeleton
from sfv.reconstruct.hmr.training.loss import losses
from sfv.reconstruct.hmr.training.synthesis import Batch, project
from sfv.reconstruct.hmr.weights import Weights
from sfv.reconstruct.hmr.windows import Windows
from sfv.reconstruct.model.skeleton import MIRROR
from sfv.reconstruct.observe.observations import TORSO
from sfv.system.threads import one_torch_thread

_FLIP = (-1.0, 1.0, 1.0)


@dataclass(frozen=True)
class _Taught:
    """W windows of one clip, in the camera's axes."""

    xy: Tensor
    """Landmarks as detected. Shape (W, L, 19, 2), tangents."""
    seen: Tensor
    """Shape (W, L, 19)."""
    rotations: Tensor
    """Shape (W, L, 24, 3, 3)."""
    pelvis: Tensor
    """Shape (W, L, 3), metres."""
    betas: Tensor
    """Shape (W, 10)."""
    weight: Tensor
    """1 for frames that are learned from. Shape (W, L)."""


@one_torch_thread()
def spin(
    keypoints: Sequence[Keypoints], motions: Sequence[BodyMotion], weights: Weights, config: SpinConfig, body: Body
) -> Weights:
    """One round: a copy of ``weights`` that has learned from the optimised motions. Deterministic.

    Args:
        keypoints: landmarks of one person each (``Keypoints.select``).
        motions: what the fit made of them, with its camera; frames are matched by ``first_frame``.
        weights: networks to go on from.
        config: settings.
        body: the body model of the motions.

    Raises SfvError where there is nothing to learn from: no motion has a camera, or none overlaps its landmarks.
    """
    if len(keypoints) != len(motions) or not motions:
        raise SfvError(f"{len(keypoints)} sets of keypoints for {len(motions)} motions; give one motion for each")
    skeleton = SmplSkeleton(body)
    regressor = copy.deepcopy(weights.regressor).requires_grad_(True).train()
    prior = copy.deepcopy(weights.discriminators).requires_grad_(False)
    taught = _join([
        _teach(points, motion, skeleton, regressor.config, config) for points, motion in zip(keypoints, motions)
    ])  # fmt: skip
    if not taught.weight.any():
        raise SfvError(
            f"no frame of the motions is within {config.worst_torsos:g} torso lengths of its landmarks; nothing can be learned from them"
        )
    random = Generator().manual_seed(config.seed)
    optimizer = torch.optim.Adam(regressor.parameters(), lr=config.learning_rate)
    for step in range(config.steps):
        for group in optimizer.param_groups:
            group["lr"] = 0.5 * config.learning_rate * (1 + np.cos(np.pi * step / config.steps))
        batch = _batch(taught, skeleton, config, random)
        terms, said = losses(regressor(batch.window.features), batch, skeleton, config.loss)
        terms["adversarial"] = loss_of_regressor(prior(said.rotations.flatten(0, 1), said.betas.flatten(0, 1)))
        total = sum((getattr(config.loss, name) * term for name, term in terms.items()), torch.zeros(()))
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        optimizer.step()
    return Weights(regressor.requires_grad_(False).eval(), weights.discriminators)


def _teach(
    keypoints: Keypoints, motion: BodyMotion, skeleton: SmplSkeleton, network: NetworkConfig, config: SpinConfig
) -> _Taught:
    camera = motion.camera
    if camera is None:
        raise SfvError("a motion without its camera cannot teach the regressor; reconstruct it from keypoints again")
    xy_px, confidence = landmarks_of(keypoints)
    first = max(keypoints.first_frame, motion.first_frame)
    last = min(keypoints.first_frame + len(xy_px), motion.first_frame + len(motion))
    if last - first < 1 or abs(keypoints.fps - motion.fps) > 1e-3 * motion.fps:
        raise SfvError(
            f"the keypoints (from frame {keypoints.first_frame}, {keypoints.fps:g} fps) and the motion (from frame "
            f"{motion.first_frame}, {motion.fps:g} fps) do not show the same frames; give the files of one reconstruction"
        )
    own = slice(first - keypoints.first_frame, last - keypoints.first_frame)
    cut = motion.slice(first - motion.first_frame, last - motion.first_frame)
    tangents = (xy_px[own] - camera.centre_px) / camera.focal_px
    usable = np.isfinite(tangents).all(-1) & (confidence[own] > 0)
    xy, seen = _tensor(np.where(usable[..., None], tangents, 0.0)), _tensor(np.where(usable, confidence[own], 0.0))
    local = rotvec_to_rotmat(_tensor(cut.poses))
    rotations = torch.cat(((_tensor(camera.rotation) @ local[:, 0])[:, None], local[:, 1:]), 1)
    betas = torch.zeros(skeleton.num_betas)
    betas[: min(len(cut.betas), len(betas))] = _tensor(cut.betas[: len(betas)])
    rest = skeleton.rest(betas)
    pelvis = _tensor(camera.to_camera(cut.trans + rest[0].numpy()))
    landmarks = skeleton.pose(rotations, rest.expand(len(rotations), -1, -1))[1]
    error = ((project(landmarks + pelvis[:, None]) - xy).norm(dim=-1) * seen).sum(1) / seen.sum(1).clamp_min(1e-6)
    good = (seen.sum(1) > 0) & (error * pelvis[:, 2] / TORSO < config.worst_torsos) & (pelvis[:, 2] > 0)
    windows = Windows.plan(len(xy), motion.fps, network)
    rows, inside = torch.as_tensor(windows.rows), torch.as_tensor(windows.inside)
    return _Taught(
        xy[rows],
        seen[rows] * inside[..., None],
        rotations[rows],
        pelvis[rows],
        betas.expand(len(rows), -1),
        good[rows] * inside,
    )


def _join(parts: list[_Taught]) -> _Taught:
    return _Taught(*(torch.cat([getattr(part, name) for part in parts]) for name in _Taught.__dataclass_fields__))


def _batch(taught: _Taught, skeleton: SmplSkeleton, config: SpinConfig, random: Generator) -> Batch:
    """Windows drawn at random, mirrored, turned and jittered."""
    count = config.batch
    rows = torch.randint(len(taught.xy), (count,), generator=random)
    flip = torch.rand(count, generator=random) < 0.5
    roll = 2 * torch.pi * torch.rand(count, generator=random) * (torch.rand(count, generator=random) < config.any_roll)
    across, sign = list(MIRROR), torch.tensor(_FLIP)
    xy, seen = taught.xy[rows], taught.seen[rows]
    xy = torch.where(flip[:, None, None, None], (xy * sign[:2])[:, :, across], xy)
    seen = torch.where(flip[:, None, None], seen[:, :, across], seen)
    rotations = taught.rotations[rows]
    rotations = torch.where(flip[:, None, None, None, None], mirror_rotations(rotations), rotations)
    pelvis = torch.where(flip[:, None, None], taught.pelvis[rows] * sign, taught.pelvis[rows])
    xy, axes = look_at(xy, seen)
    straight = axes.transpose(1, 2)
    c, s, zero, one = roll.cos(), roll.sin(), torch.zeros(count), torch.ones(count)
    straight = torch.stack((c, -s, zero, s, c, zero, zero, zero, one), -1).reshape(count, 3, 3) @ straight
    xy = turn(xy, roll[:, None, None])
    spread = (taught.pelvis[rows][..., 2:].clamp_min(0.1).reciprocal() * TORSO)[:, :, None]
    window = prepare(xy + config.jitter * spread * torch.randn(xy.shape, generator=random), seen)
    back = window.camera_rotation().transpose(2, 3)
    turned = torch.cat(((straight[:, None] @ rotations[:, :, 0])[:, :, None], rotations[:, :, 1:]), 2)
    betas = taught.betas[rows]
    shape = turned.shape[:2]
    rest = skeleton.rest(betas)[:, None].expand(-1, shape[1], -1, -1).flatten(0, 1)
    joints, landmarks = skeleton.pose(turned.flatten(0, 1), rest)
    place = (straight[:, None] @ pelvis[..., None]).squeeze(-1)
    points = torch.cat((joints, landmarks), 1).unflatten(0, shape)
    return Batch(
        window,
        torch.cat(((back @ turned[:, :, 0])[:, :, None], turned[:, :, 1:]), 2),
        betas,
        points @ back.transpose(2, 3),
        window.upright(project(landmarks.unflatten(0, shape) + place[:, :, None])),
        taught.weight[rows],
    )


def _tensor(values: np.ndarray) -> Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)
