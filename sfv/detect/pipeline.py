"""The BlazePose detector of a whole video: follow everybody, choose poses over time, put left and right back."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from sfv.detect.blazepose.geometry import body_scale, inside
from sfv.detect.blazepose.networks import BlazePose
from sfv.detect.config import DetectConfig
from sfv.detect.film import open_film
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.detect.landmarks import BODY, NUM
from sfv.detect.sides import Sides, find_swaps
from sfv.detect.tracking import people as persons
from sfv.detect.tracking.evidence import steadiness
from sfv.detect.tracking.track import Progress, follow_everybody
from sfv.video import Video

_SIDES = Sides.of(BLAZEPOSE_NAMES)


def detect_blazepose(video_path: Path, config: DetectConfig, progress: Progress | None = None) -> Keypoints:
    """Keypoints of everybody in the video, who is seen most first (sum over frames of the poses' quality)."""
    video = open_film(video_path, config)
    tracks, background = follow_everybody(BlazePose(config.threads), video, config, progress)
    paths = persons.people(tracks, len(video), video.fps, video.size, config.track, config.choice)
    return replace(assemble(paths, video, config), background_px=background.speeds(), cuts=tuple(background.cuts))


def assemble(paths: list[persons.PosePath], video: Video, config: DetectConfig) -> Keypoints:
    """Arrays of all people. Landmarks outside the picture have confidence 0: the network only guesses them."""
    shape = (len(paths), len(video), NUM)
    xy, world, confidence = np.full((*shape, 2), np.nan), np.full((*shape, 3), np.nan), np.zeros(shape)
    for person, path in enumerate(paths):
        frames = [
            frame for frame in sorted(path) if _in_picture(path[frame].xy_px, video.size) >= config.track.min_inside
        ]
        if not frames:
            continue
        seen = np.stack([path[frame].xy_px for frame in frames])
        certain = np.stack([path[frame].confidence for frame in frames])
        for frame, state in zip(frames, find_swaps(seen, np.array(frames), _SIDES, config.swaps, certain)):
            pose, source = path[frame], _SIDES.source[state]
            xy[person, frame] = pose.xy_px[source]
            confidence[person, frame] = np.where(inside(pose.xy_px, video.size), pose.confidence, 0)[source]
            if state == 0:  # the 3D landmarks of a body seen the wrong way round are wrong in depth
                world[person, frame] = pose.world_c
        scales = np.array([body_scale(path[frame]) for frame in frames])
        confidence[person, frames] *= steadiness(xy[person, frames], np.array(frames), scales, config.choice)
    return Keypoints(
        xy,
        confidence,
        world,
        video.fps,
        video.size,
        video=str(video.path),
        first_frame=video.first_frame,
        film=video.film,
        sides_checked=True,
    )


def _in_picture(xy_px: np.ndarray, size: tuple[int, int]) -> float:
    return float(inside(xy_px[BODY], size).mean())
