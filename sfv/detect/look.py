"""A closer look at where somebody should be: candidates for her pose, few where they are sure, many where they are not."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sfv.detect.blazepose import BlazePose, Pose
from sfv.detect.config import Mode, TrackConfig
from sfv.detect.geometry import acceptable, body_scale
from sfv.detect.landmarks import ARM_JOINTS, HIPS, LEG_JOINTS, SHOULDERS
from sfv.detect.roi import Roi

_JOINTS = np.concatenate([SHOULDERS, HIPS, ARM_JOINTS, LEG_JOINTS])


def look(
    net: BlazePose, rgb: np.ndarray, expected: Roi, reach: float, mode: Mode, config: TrackConfig, thorough: bool = True
) -> list[Pose]:
    """Acceptable poses near the region in which somebody is expected.

    The region itself first, seen directly and mirrored; then, where these do not agree or are poor, those that the detector
    names around it and slightly smaller and larger ones; then (mode "rotations") the region turned by quarters.
    ``reach``: share of the region's side that its centre may be off. ``thorough``: False for one direct look only.
    """

    def near(poses: Sequence[Pose]) -> list[Pose]:
        return [pose for pose in poses if acceptable(pose, config) and _near(pose, expected, reach, config)]

    if mode == "tracker" or not thorough:
        return near([net.landmarks(rgb, expected)])
    poses = near(net.landmarks_in(rgb, [(expected, False), (expected, True)]))
    if not sure(poses, config):
        poses += near(net.landmarks_in(rgb, _around(net, rgb, expected, reach, config)))
        if mode == "rotations" and not sure(poses, config):
            poses += near(net.landmarks_in(rgb, _turned(expected, config)))
    return poses


def _near(pose: Pose, expected: Roi, reach: float, config: TrackConfig) -> bool:
    """Whether a pose is where it should be; a good one may be farther off, for then the expectation is to blame."""
    slack = config.good_slack if pose.quality >= config.good_quality else 1.0
    return pose.roi.near(expected, slack * reach, slack * config.max_growth)


def sure(poses: Sequence[Pose], config: TrackConfig) -> bool:
    """Whether the best pose is good, and those nearly as good agree with it on the trunk and on what is seen of the limbs."""
    if len(poses) < 2:
        return False
    best = max(poses, key=lambda pose: pose.quality)
    if best.quality < config.sure_quality:
        return False
    for pose in poses:
        if pose is best or pose.quality < config.rival_quality * best.quality:
            continue
        apart = np.linalg.norm(pose.xy_px[_JOINTS] - best.xy_px[_JOINTS], axis=-1) / body_scale(best)
        weight = np.minimum(pose.confidence, best.confidence)[_JOINTS]
        if apart[:4].max() > config.sure_trunk or (weight * apart).sum() > config.sure_distance * weight.sum():
            return False
    return True


def _around(
    net: BlazePose, rgb: np.ndarray, expected: Roi, reach: float, config: TrackConfig
) -> list[tuple[Roi, bool]]:
    """The detector's region, direct and mirrored, and smaller and larger ones."""
    region = expected
    for person in net.detect(rgb, Roi(expected.centre, expected.side * config.crop), config.min_score):
        if person.roi.near(expected, config.good_slack * reach, config.good_slack * config.max_growth):
            region = person.roi
            break
    looks = [] if region is expected else [(region, False), (region, True)]
    return looks + [(replace(region, side=region.side * size), False) for size in config.retry_sizes]


def _turned(expected: Roi, config: TrackConfig) -> list[tuple[Roi, bool]]:
    return [(replace(expected, angle=expected.angle + np.radians(turn)), False) for turn in config.turns_deg]
