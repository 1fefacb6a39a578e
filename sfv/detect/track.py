"""Following people: candidates for the pose of everybody in every frame, gathered forwards and backwards."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from sfv.detect.blazepose import BlazePose, Pose
from sfv.detect.choice import change_cost, unary_cost
from sfv.detect.config import DetectConfig, TrackConfig
from sfv.detect.geometry import acceptable, pose_distance
from sfv.detect.roi import Roi
from sfv.detect.search import find_people
from sfv.video import Video

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
    """Candidates in one frame: from the region that the last pose names, from the detector around it, and mirrored."""
    expected, reach = track.last.roi.moved(track.velocity), config.max_step * np.sqrt(1 + track.lost)
    regions = [expected]
    for person in net.detect(rgb, Roi(expected.centre, expected.side * config.crop), config.min_score):
        if person.roi.near(expected, reach, config.max_growth):
            regions.append(person.roi)
            break
    poses = [net.landmarks(rgb, region) for region in regions]
    poses.append(net.landmarks(rgb, regions[-1], mirrored=True))
    if max(pose.quality for pose in poses) < config.retry_quality:
        poses += [net.landmarks(rgb, replace(regions[-1], side=regions[-1].side * size)) for size in config.retry_sizes]
    return [pose for pose in poses if acceptable(pose, config) and pose.roi.near(expected, reach, config.max_growth)]


def step(poses: list[Pose], frame: int, track: Track, config: TrackConfig) -> None:
    """Follow a person into the next frame (or the one before), where these are the candidates."""
    if not poses:
        track.lost += 1
        track.velocity *= 0.5
        return
    best = min(poses, key=lambda pose: unary_cost(pose, config) + change_cost(track.last.xy_px, pose.xy_px, config))
    moved = (best.roi.centre - track.last.roi.centre) / (1 + track.lost)
    track.velocity = 0.5 * (track.velocity + moved)
    track.candidates.setdefault(frame, []).extend(poses)
    track.last, track.lost = best, 0


def own(track: Track, poses: list[Pose], others: list[tuple[Track, list[Pose]]], config: TrackConfig) -> list[Pose]:
    """Candidates without those that are somebody else's: seen for her too, and nearer to her last pose."""

    def is_hers(pose: Pose, other: Track, found: list[Pose]) -> bool:
        if not any(pose_distance(pose.xy_px, theirs.xy_px) < config.same for theirs in found):
            return False
        return pose_distance(pose.xy_px, other.last.xy_px) < pose_distance(pose.xy_px, track.last.xy_px)

    return [pose for pose in poses if not any(is_hers(pose, other, found) for other, found in others)]


def follow_everybody(
    net: BlazePose, video: Video, config: DetectConfig, progress: Progress | None = None
) -> list[Track]:
    """All people of a video in one pass over its frames, of which the last ``look_back`` seconds are held in memory.

    Somebody new whom the search finds is first followed backwards through these, then forwards with the others.
    """
    settings = config.track
    frame_mb = 3 * video.size[0] * video.size[1] / 1e6
    held = min(settings.look_back * video.fps, settings.look_back_mb / frame_mb)
    memory: deque[tuple[int, np.ndarray]] = deque(maxlen=max(round(held), 1))
    every, patience = max(round(config.search.every * video.fps), 1), max(round(settings.max_lost * video.fps), 1)
    live: list[Track] = []
    ended: list[Track] = []
    for index, rgb in enumerate(video):
        seen = [(track, look(net, rgb, track, settings)) for track in live]
        mine = [own(track, poses, seen[:k] + seen[k + 1 :], settings) for k, (track, poses) in enumerate(seen)]
        for track, poses in zip(live, mine):
            step(poses, index, track, settings)
        if index % every == 0:
            for pose in find_people(net, rgb, config.search, settings):
                if not any(track.shows(pose, settings) for track in live):
                    live.append(_begin(net, index, rgb, pose, memory, patience, settings))
        ended += [track for track in live if track.lost > patience]
        live = [track for track in live if track.lost <= patience]
        memory.append((index, rgb))
        if progress:
            progress(index + 1, len(video))
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
        step(look(net, image, track, config), earlier, track, config)
        if track.lost > patience:
            break
    return Track(pose, track.candidates)
