"""From tracks to people: the same person found twice is one, two that end up on one body are told apart, ghosts go."""

from itertools import pairwise

import numpy as np

from sfv.detect.blazepose.geometry import pose_distance
from sfv.detect.blazepose.networks import Pose
from sfv.detect.config import ChoiceConfig, TrackConfig
from sfv.detect.landmarks import BODY
from sfv.detect.tracking.choice import choose
from sfv.detect.tracking.track import Track

PosePath = dict[int, Pose]
"""The pose of one person by frame."""


def people(
    tracks: list[Track], frames: int, fps: float, size: tuple[int, int], config: TrackConfig, choice: ChoiceConfig
) -> list[PosePath]:
    """One path for every person in a video of ``frames`` pictures of (width, height), most evidence (sum of quality) first."""
    merged = merge(tracks, config, choice)
    paths = separate([choose(track.candidates, choice) for track in merged], fps, config)
    least = min(config.min_length * fps, frames)
    paths = [trim(path, fps, size, config) for path in paths]
    kept = [path for path in paths if len(path) >= least and median_quality(path) >= config.min_quality]
    return sorted(kept, key=lambda path: -sum(pose.quality for pose in path.values()))


def median_quality(path: PosePath) -> float:
    """Median over frames of ``Pose.quality``."""
    return float(np.median([pose.quality for pose in path.values()])) if path else 0.0


def trim(path: PosePath, fps: float, size: tuple[int, int], config: TrackConfig) -> PosePath:
    """A path without the frames at its beginning and end where too little of the person is in view."""
    touching = [frame for frame in sorted(path) if _at_edge(path[frame].xy_px[BODY], size, config.edge)]
    outside = set(touching)
    for before, after in pairwise(touching):
        if after - before <= config.edge_gap * fps:
            outside.update(range(before, after))
    if 2 * len(outside) > len(path):
        outside.clear()
    good = [frame for frame, pose in path.items() if pose.quality >= config.min_end_quality and frame not in outside]
    return {frame: pose for frame, pose in path.items() if good and min(good) <= frame <= max(good)}


def _at_edge(limbs: np.ndarray, size: tuple[int, int], edge: float) -> bool:
    """Whether limbs of shape (N, 2) reach the left or right edge (feet near the lower edge are in view all the same)."""
    margin = edge * np.ptp(limbs[:, 1])
    return bool(limbs[:, 0].min() < margin or limbs[:, 0].max() > size[0] - margin)


def merge(tracks: list[Track], config: TrackConfig, choice: ChoiceConfig) -> list[Track]:
    """Join tracks that show the same person in most of the frames that they share; their candidates are pooled."""
    merged: list[tuple[Track, PosePath]] = []
    for track in sorted(tracks, key=lambda track: -len(track.candidates)):
        path = choose(track.candidates, choice)
        for other, longer in merged:
            shared = path.keys() & longer.keys()
            if shared and len(_same(path, longer, config)) >= config.same_share * len(shared):
                for frame, poses in track.candidates.items():
                    other.candidates.setdefault(frame, []).extend(poses)
                break
        else:
            merged.append((track, path))
    return [track for track, _ in merged]


def _same(a: PosePath, b: PosePath, config: TrackConfig) -> list[int]:
    """Frames in which two paths lie on one body."""
    return [
        frame for frame in sorted(a.keys() & b.keys()) if pose_distance(a[frame].xy_px, b[frame].xy_px) < config.same
    ]


def separate(paths: list[PosePath], fps: float, config: TrackConfig) -> list[PosePath]:
    """Where two paths lie on one body for long, take these frames from the one that jumped there."""
    paths = [dict(path) for path in paths]
    for i, a in enumerate(paths):
        for b in paths[:i]:
            for run in _runs(_same(a, b, config)):
                if len(run) > config.max_lost * fps:
                    loser = a if _jump(a, run[0]) >= _jump(b, run[0]) else b
                    for frame in run:
                        del loser[frame]
    return paths


def _runs(frames: list[int]) -> list[list[int]]:
    """Consecutive frames, grouped."""
    breaks = [k for k in range(1, len(frames)) if frames[k] != frames[k - 1] + 1]
    return [list(run) for run in np.split(np.array(frames), breaks) if len(run)]


def _jump(path: PosePath, frame: int) -> float:
    """How far a path's pose moved into a frame, torso lengths; infinite where the path begins there."""
    before = [earlier for earlier in path if earlier < frame]
    return pose_distance(path[max(before)].xy_px, path[frame].xy_px) if before else np.inf
