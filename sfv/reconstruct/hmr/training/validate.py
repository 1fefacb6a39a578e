"""How good the regressor is on clips that it never saw: their landmarks, projected by fixed cameras, against the truth."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from sfv.body import Body
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.config import NoiseConfig, RegressorTrainConfig
from sfv.reconstruct.hmr.infer import HmrEstimate, regress
from sfv.reconstruct.hmr.network import Regressor
from sfv.reconstruct.hmr.smpl import SmplSkeleton
from sfv.reconstruct.hmr.training.depth_noise import lift
from sfv.reconstruct.hmr.training.noise import detect
from sfv.reconstruct.hmr.training.synthesis import project
from sfv.reconstruct.hmr.training.views import place_at, view
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, USUAL_OFFSETS
from sfv.reconstruct.observe.observations import TORSO

POINTS = tuple(
    LANDMARK_NAMES.index(f"{side}_{part}")
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot_index")
    for side in ("left", "right")
)
"""The 14 points whose errors are reported; they are taken from the middle of the hips."""
_HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]
_YAWS_DEG, _PITCH_DEG, _METRES = (20.0, 110.0, 235.0), 8.0, 5.0
_FOCAL_PX, _IMAGE = 1000.0, (1280, 960)
_SEED = 11


@dataclass(frozen=True)
class Case:
    """One held-out clip from one side, as landmarks and as truth."""

    clip: str
    xy_px: np.ndarray
    """Shape (T, 19, 2)."""
    confidence: np.ndarray
    """Shape (T, 19)."""
    world: np.ndarray
    """3D landmarks of the detector, camera axes. Shape (T, 19, 3), metres; NaN without noise: exact ones would be the answer."""
    fps: float
    truth: np.ndarray
    """POINTS in the camera's axes about the hips. Shape (T, 14, 3), metres."""


def cases(clips: Mapping[str, BodyMotion], names: tuple[str, ...], body: Body, noise: NoiseConfig | None) -> list[Case]:
    """Every named clip that is there, from three sides; the landmarks are exact, at the body's own places, without ``noise``."""
    skeleton, random = SmplSkeleton(body), torch.Generator().manual_seed(_SEED)
    lifting = torch.Generator().manual_seed(_SEED)  # of its own: the 2D landmarks stay those of earlier measurements
    made = []
    for name in names:
        if name not in clips:
            continue
        clip = clips[name]
        poses = rotvec_to_rotmat(torch.as_tensor(clip.poses, dtype=torch.float32))
        rest = skeleton.rest(torch.zeros(skeleton.num_betas))
        shown = torch.cat((rest[:24], rest[24:] + (torch.tensor(USUAL_OFFSETS) if noise else 0.0)))
        for yaw in _YAWS_DEG:
            camera = view(*(torch.deg2rad(torch.tensor([angle])) for angle in (yaw, _PITCH_DEG, 0.0)))
            rotations = torch.cat(((camera[0] @ poses[:, 0])[:, None], poses[:, 1:]), 1)
            path = torch.as_tensor(clip.trans, dtype=torch.float32)[None]
            pelvis = place_at(path, camera, torch.tensor([[0.0, 0.0, _METRES]]))[0]
            truth = skeleton.pose(rotations, rest.expand(len(poses), -1, -1))[1]
            seen = skeleton.pose(rotations, shown.expand(len(poses), -1, -1))[1]
            xy, confidence = project(seen + pelvis[:, None])[None], torch.ones(1, len(poses), len(LANDMARK_NAMES))
            world = torch.full((len(poses), len(LANDMARK_NAMES), 3), torch.nan)
            if noise is not None:
                xy, confidence = detect(xy, TORSO / pelvis[None, :, 2], noise, random)
                world = lift(seen[None], confidence, noise, lifting)[0]
            centred = truth - truth[:, _HIPS].mean(1, keepdim=True)
            pixels = xy[0].numpy() * _FOCAL_PX + np.array(_IMAGE) / 2
            made.append(
                Case(name, pixels, confidence[0].numpy(), world.numpy(), clip.fps, centred[:, list(POINTS)].numpy())
            )
    return made


def errors(case: Case, estimate: HmrEstimate, body: Body) -> tuple[float, float]:
    """MPJPE about the hips and PA-MPJPE, millimetres."""
    skeleton = SmplSkeleton(body)
    rest = skeleton.rest(torch.as_tensor(estimate.betas)).expand(len(estimate.rotations), -1, -1)
    points = skeleton.pose(torch.as_tensor(estimate.rotations), rest)[1].numpy()
    points = (points - points[:, _HIPS].mean(1, keepdims=True))[:, list(POINTS)]
    plain = np.linalg.norm(points - case.truth, axis=-1).mean()
    return 1000 * float(plain), 1000 * float(np.linalg.norm(_aligned(points, case.truth) - case.truth, axis=-1).mean())


def measure(
    network: Regressor | None,
    clips: Mapping[str, BodyMotion],
    config: RegressorTrainConfig,
    body: Body,
    noise: NoiseConfig | None,
) -> dict[str, tuple[float, float]]:
    """MPJPE and PA-MPJPE of each held-out clip, mean over the sides it is seen from, millimetres."""
    found: dict[str, list[tuple[float, float]]] = {}
    for case in cases(clips, config.motion.held_out, body, noise):
        estimate = regress(
            case.xy_px, case.confidence, case.fps, _IMAGE, _FOCAL_PX, network=network, body=body, world=case.world
        )
        found.setdefault(case.clip, []).append(errors(case, estimate, body))
    return {
        name: (float(np.mean([a for a, _ in values])), float(np.mean([b for _, b in values])))
        for name, values in found.items()
    }


def mean_errors(
    network: Regressor, clips: Mapping[str, BodyMotion], config: RegressorTrainConfig, body: Body
) -> dict[str, float]:
    """Means over the held-out clips with noise, as columns of the log; nothing where none of the clips is there."""
    found = measure(copy.deepcopy(network).cpu().eval(), clips, config, body, config.noise)
    if not found:
        return {}
    plain, aligned = np.mean(list(found.values()), axis=0)
    return {"held_out_mpjpe_mm": float(plain), "held_out_pa_mpjpe_mm": float(aligned)}


def _aligned(points: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Procrustes with scale and without reflection, each frame by itself. Shape (T, K, 3)."""
    p, q = points - points.mean(1, keepdims=True), truth - truth.mean(1, keepdims=True)
    u, s, vt = np.linalg.svd(np.swapaxes(p, 1, 2) @ q)
    sign = np.sign(np.linalg.det(u @ vt))
    s[:, 2] *= sign
    u[:, :, 2] *= sign[:, None]
    scale = s.sum(1) / (p**2).sum((1, 2))
    return scale[:, None, None] * (p @ (u @ vt)) + truth.mean(1, keepdims=True)
