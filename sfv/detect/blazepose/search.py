"""The search for people of any size in one frame: the detector on overlapping tiles, every find confirmed by landmarks."""

from dataclasses import replace

import cv2
import numpy as np

from sfv.detect.blazepose.geometry import acceptable, pose_distance
from sfv.detect.blazepose.networks import BlazePose, Pose, suppress
from sfv.detect.blazepose.roi import Roi
from sfv.detect.config import DetectConfig, SearchConfig, TrackConfig

_COPY = 160
"""Longer side of the copy of the picture in which changes are looked for, pixels."""


class Search:
    """The search over a video: everywhere now and then, in between only where something changed since it was last searched."""

    def __init__(self, config: DetectConfig, fps: float) -> None:
        self._search, self._track = config.search, config.track
        self._turns_deg = config.track.turns_deg if config.mode == "rotations" else ()
        self._full_every = config.search.full * fps
        self._last_full: int | None = None
        self._known: np.ndarray | None = None

    def find(
        self, net: BlazePose, rgb: np.ndarray, frame: int, boxes: np.ndarray, everywhere: bool = False
    ) -> list[Pose]:
        """People in a frame, best first; those inside ``boxes`` (N, 4: left, top, right, bottom, pixels) need not be found."""
        regions = tiles(rgb.shape[1], rgb.shape[0], self._search)
        factor = _COPY / max(rgb.shape[:2])
        size = max(round(rgb.shape[1] * factor), 1), max(round(rgb.shape[0] * factor), 1)
        copy = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        full = everywhere or self._last_full is None or frame - self._last_full >= self._full_every
        if self._known is None or full:
            self._known, self._last_full = copy, frame
            return self._everywhere(net, rgb, regions)
        changed = np.abs(copy - self._known).max(-1) > self._search.change_level
        for left, top, right, bottom in (boxes * factor).round().astype(int).clip(0):
            changed[top : bottom + 1, left : right + 1] = False
        regions = [region for region in regions if changed[_cut(region, factor)].mean() > self._search.change_share]
        for region in regions:
            self._known[_cut(region, factor)] = copy[_cut(region, factor)]
        return find_people(net, rgb, self._search, self._track, regions)

    def _everywhere(self, net: BlazePose, rgb: np.ndarray, regions: list[Roi]) -> list[Pose]:
        """All tiles; where nobody is in them, turned by quarters (somebody who stands on the hands)."""
        for turn in (0.0, *self._turns_deg):
            turned = [replace(region, angle=np.radians(turn)) for region in regions]
            if found := find_people(net, rgb, self._search, self._track, turned):
                return found
        return []


def _cut(region: Roi, factor: float) -> tuple[slice, slice]:
    low = ((region.centre - region.side / 2) * factor).round().astype(int).clip(0)
    high = ((region.centre + region.side / 2) * factor).round().astype(int)
    return slice(low[1], high[1] + 1), slice(low[0], high[0] + 1)


def find_people(
    net: BlazePose, rgb: np.ndarray, search: SearchConfig, track: TrackConfig, regions: list[Roi] | None = None
) -> list[Pose]:
    """Everybody in the frame, best first, or in some of its ``tiles``. ``rgb`` of shape (H, W, 3), uint8."""
    if regions is None:
        regions = tiles(rgb.shape[1], rgb.shape[0], search)
    found = []
    for tile, people in zip(regions, net.detect_in(rgb, regions, search.min_score)):
        found += [person for person in people if person.roi.side < search.max_size * tile.side]
    first = net.landmarks_in(rgb, [(person.roi, False) for person in suppress(found)])
    # a second look, in the region that the landmarks name, is sharper
    share = search.promising
    again = [(p.roi, False) for p in first if p.peak >= share * track.min_peak and p.flag >= share * track.min_flag]
    poses = net.landmarks_in(rgb, again)
    return distinct([pose for pose in poses if acceptable(pose, track) and pose.quality >= track.give_up], track.same)


def distinct(poses: list[Pose], same: float) -> list[Pose]:
    """One pose of each body, the best, best first."""
    people: list[Pose] = []
    for pose in sorted(poses, key=lambda pose: -pose.quality):
        if all(pose_distance(pose.xy_px, other.xy_px) > same for other in people):
            people.append(pose)
    return people


def tiles(width: int, height: int, search: SearchConfig) -> list[Roi]:
    """The whole picture, then square tiles that cover it, large ones first."""
    whole = Roi(np.array([width / 2, height / 2]), max(width, height))
    sides = [share * min(width, height) for share in search.tiles]
    return [whole] + [
        Roi(np.array([x, y]), side)
        for side in sides
        for y in _middles(height, side, search.overlap)
        for x in _middles(width, side, search.overlap)
    ]


def _middles(length: int, side: float, overlap: float) -> np.ndarray:
    """Middles of tiles that cover ``length`` pixels in equal steps."""
    steps = max(int(np.ceil((length - side) / (side * (1 - overlap)))), 0)
    return np.linspace(side / 2, length - side / 2, steps + 1) if steps else np.array([length / 2])
