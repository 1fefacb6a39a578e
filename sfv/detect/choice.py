"""Which of several candidate poses is right in each frame: the smoothest good path through all of them."""

from dataclasses import replace

import numpy as np

from sfv.detect.blazepose import Pose
from sfv.detect.config import TrackConfig
from sfv.detect.geometry import torso_length
from sfv.detect.landmarks import BODY
from sfv.detect.viterbi import cheapest_path


def unary_cost(pose: Pose, config: TrackConfig) -> float:
    """Cost of a pose by itself: poor quality."""
    return config.quality_weight * (1 - pose.quality)


def change_cost(a: np.ndarray, b: np.ndarray, config: TrackConfig, frames: int = 1) -> float:
    """Cost of going from one pose to another, shape (33, 2) each."""
    scale = config.step * max(float(torso_length(a)), 1.0) * frames
    return float(np.minimum(np.linalg.norm(a[BODY] - b[BODY], axis=-1) / scale, config.max_step_cost).mean())


def choose(candidates: dict[int, list[Pose]], config: TrackConfig) -> dict[int, Pose]:
    """The smoothest good path through a person's candidates: one pose a frame, averaged with those that agree with it."""
    frames = sorted(candidates)
    poses = [candidates[frame] for frame in frames]
    unary = [np.array([unary_cost(pose, config) for pose in step]) for step in poses]

    def pairwise(t: int) -> np.ndarray:
        gap = frames[t] - frames[t - 1]
        return np.array([[change_cost(a.xy_px, b.xy_px, config, gap) for b in poses[t]] for a in poses[t - 1]])

    path = cheapest_path(unary, pairwise)
    return {frame: blend(step[k], step, config.blend) for frame, step, k in zip(frames, poses, path)}


def blend(chosen: Pose, candidates: list[Pose], distance: float) -> Pose:
    """The chosen pose with each landmark averaged over the candidates that have it within ``distance`` torso lengths."""
    scale = max(float(torso_length(chosen.xy_px)), 1.0)
    apart = np.linalg.norm(np.stack([pose.xy_px for pose in candidates]) - chosen.xy_px, axis=-1)  # (n, 33)
    near = apart <= distance * scale

    def mean(values: list[np.ndarray]) -> np.ndarray:
        stacked = np.stack(values)
        weight = near.reshape(near.shape + (1,) * (stacked.ndim - 2))
        return (stacked * weight).sum(0) / weight.sum(0)

    return replace(
        chosen, xy_px=mean([pose.xy_px for pose in candidates]), world_c=mean([pose.world_c for pose in candidates])
    )
