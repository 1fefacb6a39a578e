"""The search for people of any size in one frame: the detector on overlapping tiles, every find confirmed by landmarks."""

import numpy as np

from sfv.detect.blazepose import BlazePose, Pose, suppress
from sfv.detect.config import SearchConfig, TrackConfig
from sfv.detect.geometry import acceptable, pose_distance
from sfv.detect.roi import Roi


def find_people(net: BlazePose, rgb: np.ndarray, search: SearchConfig, track: TrackConfig) -> list[Pose]:
    """Everybody in the frame, best first. ``rgb`` of shape (H, W, 3), uint8."""
    height, width = rgb.shape[:2]
    found = []
    for tile in tiles(width, height, search):
        limit = search.max_size * tile.side
        found += [person for person in net.detect(rgb, tile, search.min_score) if person.roi.side < limit]
    poses: list[Pose] = []
    for person in suppress(found):
        pose = net.landmarks(rgb, person.roi)
        if pose.peak >= 0.5 * track.min_peak:  # a second look, in the region that the landmarks name, is sharper
            pose = net.landmarks(rgb, pose.roi)
        if acceptable(pose, track):
            poses.append(pose)
    people: list[Pose] = []
    for pose in sorted(poses, key=lambda pose: -pose.quality):
        if all(pose_distance(pose.xy_px, other.xy_px) > track.same for other in people):
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
