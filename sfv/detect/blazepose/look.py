"""A closer look at where somebody should be: candidates for their pose, few where they are sure, many where they are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sfv.detect.blazepose.geometry import acceptable, body_scale
from sfv.detect.blazepose.networks import BlazePose, Pose
from sfv.detect.blazepose.roi import Roi
from sfv.detect.config import Mode, TrackConfig
from sfv.detect.landmarks import ARM_JOINTS, HIPS, LEG_JOINTS, SHOULDERS

_JOINTS = np.concatenate([SHOULDERS, HIPS, ARM_JOINTS, LEG_JOINTS])


@dataclass(frozen=True)
class Expectation:
    """Where somebody should be in a frame."""

    region: Roi
    reach: float
    """Share of the region's side that its centre may be off."""
    xy_px: np.ndarray | None = None
    """Their landmarks, if they go on as in the last two frames. Shape (33, 2), None where that is not known."""
    mirrored: bool = False
    """Whether the first look is mirrored: every other frame's is."""
    thorough: bool = True
    """False: one look must do."""


def look(
    net: BlazePose, rgb: np.ndarray, expected: Expectation, mode: Mode, config: TrackConfig
) -> tuple[list[Pose], bool]:
    """Acceptable poses near the region in which somebody is expected, and whether they can be relied on.

    The region itself first, direct or mirrored: where that shows what was expected, it will do. Else the other way round too;
    then, where the two do not agree or are poor, the region that the detector names, and slightly smaller and larger ones; then,
    where all are poor (mode "rotations"), the region turned by quarters.
    """

    def near(poses: Sequence[Pose]) -> list[Pose]:
        return [pose for pose in poses if acceptable(pose, config) and _near(pose, expected, config)]

    tracker = mode == "tracker"
    poses = near([net.landmarks(rgb, expected.region, mirrored=expected.mirrored and not tracker)])
    calm = bool(poses) and _calm(poses[0], expected, config)
    if tracker or calm or not expected.thorough:
        return poses, calm
    poses += near([net.landmarks(rgb, expected.region, mirrored=not expected.mirrored)])
    if not sure(poses, config):
        poses += near(net.landmarks_in(rgb, _around(net, rgb, expected, config)))
        if mode == "rotations" and max((pose.quality for pose in poses), default=0.0) < config.turn_quality:
            poses += near(net.landmarks_in(rgb, _turned(expected.region, config)))
    return poses, sure(poses, config)


def _calm(pose: Pose, expected: Expectation, config: TrackConfig) -> bool:
    """Whether a good pose is where the last two frames point."""
    if expected.xy_px is None or pose.quality < config.calm_quality:
        return False
    apart = np.linalg.norm(pose.xy_px[_JOINTS] - expected.xy_px[_JOINTS], axis=-1) / body_scale(pose)
    weight = pose.confidence[_JOINTS]
    return bool((weight * apart).sum() < config.calm_distance * weight.sum())


def _near(pose: Pose, expected: Expectation, config: TrackConfig) -> bool:
    """Whether a pose is where it should be; a good one may be farther off, for then the expectation is to blame."""
    slack = config.good_slack if pose.quality >= config.good_quality else 1.0
    return pose.roi.near(expected.region, slack * expected.reach, slack * config.max_growth)


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


def _around(net: BlazePose, rgb: np.ndarray, expected: Expectation, config: TrackConfig) -> list[tuple[Roi, bool]]:
    """The detector's region, direct and mirrored, and smaller and larger ones."""
    region = expected.region
    wide = Roi(region.centre, region.side * config.crop)
    for person in net.detect(rgb, wide, config.min_score):
        if person.roi.near(region, config.good_slack * expected.reach, config.good_slack * config.max_growth):
            region = person.roi
            break
    looks = [] if region is expected.region else [(region, False), (region, True)]
    return looks + [(replace(region, side=region.side * size), False) for size in config.retry_sizes]


def _turned(region: Roi, config: TrackConfig) -> list[tuple[Roi, bool]]:
    return [(replace(region, angle=region.angle + np.radians(turn)), False) for turn in config.turns_deg]
