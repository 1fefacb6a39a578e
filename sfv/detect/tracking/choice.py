"""Which of several candidate poses is right in each frame, part by part: the smoothest path through what has most support.

A network that sees a body upside down often has the trunk right and the legs wrong in one crop, and the other way round in
the next. Candidates are therefore pooled for trunk, arms and legs apart, those that agree make one hypothesis, and the path
over the clip that needs least acceleration is chosen (Viterbi of second order).
"""

from dataclasses import dataclass, replace

import numpy as np

from sfv.detect.blazepose.geometry import body_scale
from sfv.detect.blazepose.networks import Pose
from sfv.detect.config import ChoiceConfig, TrackConfig
from sfv.detect.landmarks import ARM_JOINTS, ARMS, BODY, HIPS, LEG_JOINTS, LEGS, NUM, SHOULDERS
from sfv.detect.tracking.viterbi import smoothest_path

_TORSO_JOINTS = np.concatenate([SHOULDERS, HIPS])
_TORSO = np.setdiff1d(np.arange(NUM), np.concatenate([ARMS, LEGS]))
PARTS = ((_TORSO, _TORSO_JOINTS), (ARMS, ARM_JOINTS), (LEGS, LEG_JOINTS))
"""Trunk with face, both arms, both legs: their landmarks, and those of them that candidates are compared by."""

_SCALE_REACH = 15
"""Frames on either side over which the body's size is taken to be the same."""
_LEAST_WEIGHT = 1e-4
"""Of the worst candidate, so that weights can be divided by."""


def unary_cost(pose: Pose, config: TrackConfig) -> float:
    """Cost of a pose by itself: poor quality."""
    return config.quality_weight * (1 - pose.quality)


def change_cost(a: Pose, b: Pose, config: TrackConfig, frames: int = 1) -> float:
    """Cost of going from one pose to another."""
    scale = config.step * body_scale(a) * frames
    apart = np.linalg.norm(a.xy_px[BODY] - b.xy_px[BODY], axis=-1)
    return float(np.minimum(apart / scale, config.max_step_cost).mean())


@dataclass(frozen=True)
class _Hypothesis:
    """Candidates of one part of the body that agree."""

    joints: np.ndarray
    """Mean of the landmarks compared, body scales. Shape (J, 2)."""
    members: np.ndarray
    """Which candidates. Shape (n,), bool."""
    support: float
    """Their share of all candidates' weight."""


def choose(candidates: dict[int, list[Pose]], config: ChoiceConfig) -> dict[int, Pose]:
    """The smoothest well-supported path through a person's candidates, one pose a frame."""
    frames = sorted(candidates)
    if not frames:
        return {}
    poses = [candidates[frame] for frame in frames]
    scale = _scales(poses)
    weights = [_weights(step, config) for step in poses]
    picked = []
    for part, (_, joints) in enumerate(PARTS):
        found = [
            _hypotheses(np.stack([pose.xy_px[joints] for pose in step]) / size, weight[:, part], config)
            for step, size, weight in zip(poses, scale, weights)
        ]
        unary = [config.support_weight * (1 - np.sqrt([h.support for h in step])) for step in found]
        path = smoothest_path(
            unary, [np.stack([h.joints for h in step]) for step in found], frames, config.bend, config.max_cost
        )
        picked.append([step[k] for step, k in zip(found, path)])
    path = {
        frame: _combine(poses[t], [part[t] for part in picked], weights[t], float(scale[t]), config)
        for t, frame in enumerate(frames)
    }
    return path | {frame: _averaged(path, frame, config) for frame, step in zip(frames, poses) if len(step) == 1}


def _averaged(path: dict[int, Pose], frame: int, config: ChoiceConfig) -> Pose:
    """A pose of which there is one candidate only, averaged with its neighbours in time (1, 2, 1).

    One was thought enough because the body goes on evenly there, so hardly any motion is lost; and every other frame was seen
    mirrored, so what the network does differently then cancels out. Landmarks that do not go on evenly are left alone (a
    neighbour may have left and right exchanged).
    """
    pose, before, after = path[frame], path.get(frame - 1), path.get(frame + 1)
    if before is None or after is None:
        return pose
    xy, world = 0.5 * (before.xy_px + after.xy_px), 0.5 * (before.world_c + after.world_c)
    even = np.linalg.norm(xy - pose.xy_px, axis=-1, keepdims=True) < config.blend * body_scale(pose)
    share = np.where(even, 0.5, 0.0)
    return replace(
        pose,
        xy_px=pose.xy_px + share * (xy - pose.xy_px),
        world_c=pose.world_c + share * (world - pose.world_c),
    )


def _scales(poses: list[list[Pose]]) -> np.ndarray:
    """Body scale of each frame, pixels: the largest of its candidates', of which the median over its neighbours. Shape (T,)."""
    largest = np.array([max(body_scale(pose) for pose in step) for step in poses])
    near = (slice(max(t - _SCALE_REACH, 0), t + _SCALE_REACH + 1) for t in range(len(largest)))
    return np.array([np.median(largest[frames]) for frames in near])


def _weights(step: list[Pose], config: ChoiceConfig) -> np.ndarray:
    """How much each candidate counts for each of PARTS. Shape (n, 3)."""
    seen = np.stack([[pose.confidence[joints].mean() for _, joints in PARTS] for pose in step])
    quality = np.array([[pose.quality] for pose in step])
    return (seen * quality) ** config.power + _LEAST_WEIGHT


def _hypotheses(xy: np.ndarray, weight: np.ndarray, config: ChoiceConfig) -> list[_Hypothesis]:
    """Groups of candidates (n, J, 2) within ``config.radius`` of the one with most support, then of the rest, and so on."""
    if len(xy) == 1:
        return [_Hypothesis(xy[0], np.ones(1, bool), 1.0)]
    near = np.linalg.norm(xy[:, None] - xy[None], axis=-1).max(-1) < config.radius
    left, found, total = np.ones(len(xy), bool), [], weight.sum()
    while left.any() and len(found) < config.max_hypotheses:
        support = np.where(left, (near * weight * left).sum(1), -1)
        members = near[support.argmax()] & left
        share = weight[members] / weight[members].sum()
        mean = np.einsum("n,njc->jc", share, xy[members])
        found.append(_Hypothesis(mean, members, float(weight[members].sum() / total)))
        left &= ~members
    return found


def _combine(
    step: list[Pose], parts: list[_Hypothesis], weights: np.ndarray, scale: float, config: ChoiceConfig
) -> Pose:
    """The pose of the chosen hypotheses; each landmark is the mean of the members that agree on it.

    Visibility is lowered where other candidates, as good by themselves, put the landmark elsewhere: nobody knows then.
    """
    xy, world, visibility, peaks = np.empty((NUM, 2)), np.empty((NUM, 3)), np.empty(NUM), np.empty(NUM)
    all_xy = np.stack([pose.xy_px for pose in step])
    all_world = np.stack([pose.world_c for pose in step])
    all_visibility, all_peaks = np.stack([pose.visibility for pose in step]), np.stack([pose.peaks for pose in step])
    trunk = parts[0]
    shoulders = _mean(all_world, trunk.members, weights[:, 0])[SHOULDERS].mean(0)
    for index, ((landmarks, _), part) in enumerate(zip(PARTS, parts)):
        weight = weights[:, index]
        best = int(np.where(part.members, weight, -1).argmax())
        apart = np.linalg.norm(all_xy[:, landmarks] - all_xy[best, landmarks], axis=-1) / scale
        share = np.where(part.members[:, None] & (apart < config.blend), weight[:, None], 0)
        share /= share.sum(0)
        xy[landmarks] = np.einsum("nk,nkc->kc", share, all_xy[:, landmarks])
        away = np.linalg.norm(all_xy[:, landmarks] - xy[landmarks], axis=-1) / scale
        agreement = (weight[:, None] * (away < config.radius)).sum(0) / weight.sum()
        visibility[landmarks] = (share * all_visibility[:, landmarks]).sum(0) * agreement
        peaks[landmarks] = (share * all_peaks[:, landmarks]).sum(0)
        world[landmarks] = np.einsum("nk,nkc->kc", share, all_world[:, landmarks])
        if index == 1:  # arms hang on the shoulders of the chosen trunk
            world[landmarks] += shoulders - _mean(all_world, part.members, weight)[SHOULDERS].mean(0)
    lead = step[int(np.where(trunk.members, weights[:, 0], -1).argmax())]
    return replace(lead, xy_px=xy, world_c=world, visibility=visibility, peaks=peaks)


def _mean(values: np.ndarray, members: np.ndarray, weight: np.ndarray) -> np.ndarray:
    share = np.where(members, weight, 0)
    return np.einsum("n,nkc->kc", share / share.sum(), values)
