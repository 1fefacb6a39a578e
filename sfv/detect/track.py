"""Following people: candidates for the pose of each frame, gathered forwards and backwards, one chosen over time."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from sfv.detect.blazepose import BlazePose, Pose
from sfv.detect.config import DetectConfig, TrackConfig
from sfv.detect.geometry import BODY, acceptable, pose_distance, torso_length
from sfv.detect.roi import Roi
from sfv.detect.search import find_people
from sfv.detect.viterbi import cheapest_path

Progress = Callable[[int, int], None]
"""Told after every frame: frames done, frames in all."""


@dataclass
class Track:
    """One person: candidate poses by frame, and where she is now."""

    last: Pose
    """The pose that is followed from, the one thought best in the last frame with candidates."""
    candidates: dict[int, list[Pose]] = field(default_factory=dict)
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))
    """Of the region, pixels a frame."""
    lost: int = 0
    """Frames since an acceptable pose was seen."""

    def shows(self, pose: Pose, config: TrackConfig) -> bool:
        """Whether a pose in the same frame is this person's."""
        return pose_distance(self.last.xy_px, pose.xy_px) < config.same


def look(net: BlazePose, rgb: np.ndarray, track: Track, config: TrackConfig) -> list[Pose]:
    """Candidates in one frame: from the region that the last pose names, and from the detector around it."""
    expected = track.last.roi.moved(track.velocity)
    regions = [expected]
    around = Roi(expected.centre, expected.side * config.crop)
    for person in net.detect(rgb, around, config.min_score):
        if person.roi.near(expected, config.max_step * (1 + track.lost), config.max_growth):
            regions.append(person.roi)
            break
    poses = [net.landmarks(rgb, region) for region in regions]
    if len(poses) > 1 and poses[1].peak >= 0.5 * config.min_peak:
        poses[1] = net.landmarks(rgb, poses[1].roi)
    reach = config.max_step * (1 + track.lost)
    return [pose for pose in poses if acceptable(pose, config) and pose.roi.near(expected, reach, config.max_growth)]


def step(net: BlazePose, rgb: np.ndarray, frame: int, track: Track, config: TrackConfig) -> None:
    """Follow a person into the next frame (or the one before)."""
    poses = look(net, rgb, track, config)
    if not poses:
        track.lost += 1
        track.velocity *= 0.5
        return
    best = min(poses, key=lambda pose: _unary(pose, config) + _change(track.last.xy_px, pose.xy_px, config))
    moved = (best.roi.centre - track.last.roi.centre) / (1 + track.lost)
    track.velocity = 0.5 * (track.velocity + moved)
    track.candidates.setdefault(frame, []).extend(poses)
    track.last, track.lost = best, 0


def _unary(pose: Pose, config: TrackConfig) -> float:
    return config.quality_weight * (1 - pose.quality)


def _change(a: np.ndarray, b: np.ndarray, config: TrackConfig, frames: int = 1) -> float:
    """Cost of going from one pose to another, shape (33, 2) each."""
    scale = config.step * max(float(torso_length(a)), 1.0) * frames
    return float(np.minimum(np.linalg.norm(a[BODY] - b[BODY], axis=-1) / scale, config.max_step_cost).mean())


def choose(track: Track, config: TrackConfig) -> dict[int, Pose]:
    """The smoothest good path through a person's candidates: one pose a frame."""
    frames = sorted(track.candidates)
    poses = [track.candidates[frame] for frame in frames]
    unary = [np.array([_unary(pose, config) for pose in step]) for step in poses]

    def pairwise(t: int) -> np.ndarray:
        gap = frames[t] - frames[t - 1]
        return np.array([[_change(a.xy_px, b.xy_px, config, gap) for b in poses[t]] for a in poses[t - 1]])

    return {frame: step[k] for frame, step, k in zip(frames, poses, cheapest_path(unary, pairwise))}


def follow_everybody(
    net: BlazePose,
    frames: Iterable[np.ndarray],
    fps: float,
    config: DetectConfig,
    progress: Progress | None = None,
    total: int = 0,
) -> list[Track]:
    """All people of a video in one pass over its frames; ``look_back`` seconds of them are held in memory.

    Somebody new whom the search finds is first followed backwards through these, then forwards with the others.
    """
    settings = config.track
    memory: deque[tuple[int, np.ndarray]] = deque(maxlen=max(round(settings.look_back * fps), 1))
    every, patience = max(round(config.search.every * fps), 1), max(round(settings.max_lost * fps), 1)
    live: list[Track] = []
    ended: list[Track] = []
    for index, rgb in enumerate(frames):
        for track in live:
            step(net, rgb, index, track, settings)
        if index % every == 0:
            for pose in find_people(net, rgb, config.search, settings):
                if not any(track.shows(pose, settings) for track in live):
                    live.append(_begin(net, index, rgb, pose, memory, patience, settings))
            # Two who have become one are sorted out at the end; following both is a waste.
            for k in reversed(range(1, len(live))):
                if any(other.shows(live[k].last, settings) for other in live[:k]):
                    ended.append(live.pop(k))
        ended += [track for track in live if track.lost > patience]
        live = [track for track in live if track.lost <= patience]
        memory.append((index, rgb))
        if progress:
            progress(index + 1, total)
    return ended + live


def _begin(
    net: BlazePose,
    index: int,
    rgb: np.ndarray,
    pose: Pose,
    memory: deque[tuple[int, np.ndarray]],
    patience: int,
    config: TrackConfig,
) -> Track:
    """A new person, followed backwards as far as memory reaches, ready to be followed forwards."""
    track = Track(pose, {index: [pose]})
    for earlier, image in reversed(memory):
        step(net, image, earlier, track, config)
        if track.lost > patience:
            break
    return Track(pose, track.candidates)
