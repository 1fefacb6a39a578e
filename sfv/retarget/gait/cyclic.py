"""Gaits: does the motion repeat itself, with which period, and what does its average cycle look like."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from sfv.errors import SfvError
from sfv.motion.cycle import STRAIGHT_RAD, close_cycle, heading_of, yawed
from sfv.motion.resample import ball_columns, sample_frames
from sfv.motion.rotations import heading_quat, quat_rotate_inverse, quat_to_rotmat
from sfv.retarget.config import RetargetConfig
from sfv.retarget.targets.targets import Targets

_VELOCITY_SECONDS = 0.15
"""Weight of velocity against pose in the likeness of two frames: a quarter of a typical step."""
_SMOOTH_SECONDS = 0.05
"""Width of the Gaussian over the features: the recovery's jitter would count as unlikeness, through velocity above all."""
_OVERLAP = 0.25
"""A period is only believed where at least this share of it can be compared with the next one."""
_SLACK = 0.15
"""A cycle may be this much longer or shorter than the mean one."""
_NEARLY_AS_GOOD = 0.03
"""Of periods whose mismatch is this near the best, the shortest is taken: two cycles are not one."""
_CRAB_RAD = 0.5
"""Mean path and mean heading that differ by more (29 degrees) belong to somebody who walks sideways or backwards."""


@dataclass(frozen=True)
class Cycle:
    """Where the cycles of a motion lie."""

    bounds: np.ndarray
    """Fractional frames at which a cycle begins, and where the last one ends. Shape (K + 1,)."""
    mismatch: float
    """Mean squared distance of frames one period apart, as a share of that of unrelated frames."""
    activity: float
    """Mean squared deviation of the limbs from their mean."""

    @property
    def frames(self) -> float:
        """Mean period, frames."""
        return float(np.diff(self.bounds).mean())


def find_cycle(targets: Targets, config: RetargetConfig) -> Cycle | None:
    """The best period and the cycles that fit into the motion; None where it is too short to hold one.

    The likeness of two frames counts orientation of every body relative to the root, tilt of the root and place of the
    ankles, each with its velocity: half a gait cycle, with the legs exchanged, is as unlike as can be.
    """
    features = _features(targets)
    frames = len(features)
    shortest = max(int(np.ceil(config.min_period * targets.fps)), 2)
    longest = min(int(config.max_period * targets.fps), int((frames - 1) / (1 + _OVERLAP)))
    if longest < shortest + 2:
        return None
    reference = 2 * features.var(0).sum()
    lags = np.arange(shortest - 1, longest + 2)
    mismatch = np.array([_distance(features, lag) for lag in lags.tolist()]) / max(reference, 1e-9)
    inner = [i for i in range(1, len(lags) - 1) if mismatch[i] <= mismatch[i - 1] and mismatch[i] <= mismatch[i + 1]]
    if not inner:
        return None
    best = min(mismatch[i] for i in inner)
    chosen = next(i for i in inner if mismatch[i] <= best + _NEARLY_AS_GOOD)
    bend = mismatch[chosen - 1] - 2 * mismatch[chosen] + mismatch[chosen + 1]
    shift = 0.5 * (mismatch[chosen - 1] - mismatch[chosen + 1]) / bend if bend > 0 else 0.0
    bounds = _place(features, lags[chosen] + shift)
    activity = float(features[:, : features.shape[1] // 2].var(0).sum() / targets.bodies.shape[1])
    return Cycle(bounds, float(mismatch[chosen]), activity)


def wants_cycle(cycle: Cycle | None, config: RetargetConfig) -> bool:
    """Whether to make a loop. Raises SfvError where one is demanded and the motion is too short."""
    if config.cyclic == "no":
        return False
    if config.cyclic == "yes":
        if cycle is None:
            raise SfvError(
                f"no cycle between {config.min_period:g} and {config.max_period:g} s fits into the motion; "
                "give a longer video, other periods, or --cyclic no"
            )
        return True
    return cycle is not None and cycle.mismatch < config.max_mismatch and cycle.activity > config.min_activity


def cycle_targets(targets: Targets, cycle: Cycle, config: RetargetConfig) -> Targets:
    """One closed cycle that starts at the origin and heads along x: the average of all, or the most typical one alone.

    Frame T - 1 is frame 0 moved by the displacement. With ``straight`` it goes exactly along its mean heading, unless the
    person walks sideways or backwards.
    """
    count = max(round(cycle.frames), 2)
    widths = targets.widths
    cycles = []
    for start, stop in zip(cycle.bounds[:-1], cycle.bounds[1:]):
        cycles.append(_normalised(sample_frames(targets.packed, widths, np.linspace(start, stop, count + 1))))
    balls = ball_columns(widths)
    for other in cycles[1:]:
        for cut in balls:
            sign = np.sign((other[:, cut] * cycles[0][:, cut]).sum(1, keepdims=True))
            other[:, cut] *= np.where(sign == 0, 1, sign)
    stack = np.stack(cycles)
    spread = np.square(stack - np.median(stack, axis=0)).mean((1, 2))
    weight = 1.0 / (spread + np.median(spread) + 1e-12)
    if not config.average_cycles:
        weight = (spread == spread.min()).astype(float)
    mean = np.einsum("k,ktn->tn", weight / weight.sum(), stack)
    for cut in balls:
        mean[:, cut] /= np.linalg.norm(mean[:, cut], axis=1, keepdims=True)
    if config.straight:
        mean = _straightened(mean)
    return targets.with_packed(close_cycle(mean, widths))


def _features(targets: Targets) -> np.ndarray:
    """Pose and velocity of every frame, free of place and heading. Shape (T, 2 F)."""
    root = torch.from_numpy(targets.root)
    up = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).expand(len(targets), 3)
    forward = quat_rotate_inverse(heading_quat(root), quat_to_rotmat(root)[..., 0])
    bodies = quat_to_rotmat(torch.from_numpy(targets.bodies))[..., :2].flatten(1)
    ankles = 2 * torch.from_numpy(targets.ankles).flatten(1)
    pose = torch.cat((bodies, quat_rotate_inverse(root, up), forward, ankles), 1).numpy()
    pose = gaussian_filter1d(pose, _SMOOTH_SECONDS * targets.fps, axis=0)
    velocity = np.gradient(pose, 1.0 / targets.fps, axis=0)
    return np.concatenate([pose, _VELOCITY_SECONDS * velocity], axis=1)


def _distance(features: np.ndarray, lag: int) -> float:
    return float(np.square(features[lag:] - features[:-lag]).sum(1).mean())


def _place(features: np.ndarray, period: float) -> np.ndarray:
    """Bounds of as many cycles as fit; every one ends where the motion is most like its beginning.

    Of all beginnings the one is taken whose cycles close best.
    """
    last = len(features) - 1
    best: tuple[int, float, np.ndarray] | None = None
    grid = np.arange(-_SLACK * period, _SLACK * period + 0.05, 0.1)
    for start in range(int(period) + 1):
        bounds, error = [float(start)], 0.0
        while bounds[-1] + period <= last + 1e-9:
            places = bounds[-1] + period + grid
            places = places[places <= last]
            costs = np.array([np.square(_at(features, place) - features[start]).sum() for place in places])
            error += float(costs.min())
            bounds.append(float(places[costs.argmin()]))
        count = len(bounds) - 1
        if count and (best is None or (-count, error / count) < (-best[0], best[1])):
            best = (count, error / count, np.array(bounds))
    if best is None:
        raise SfvError("no complete cycle fits into the motion; give a longer video or --cyclic no")
    return best[2]


def _at(features: np.ndarray, place: float) -> np.ndarray:
    before = min(int(place), len(features) - 2)
    return features[before] + (place - before) * (features[before + 1] - features[before])


def _normalised(packed: np.ndarray) -> np.ndarray:
    """One cycle moved to start at the origin, with its mean heading along x."""
    headings = np.unwrap([heading_of(quat) for quat in packed[:, 3:7]])
    return _turned(packed, -float(headings.mean()))


def _turned(packed: np.ndarray, yaw: float) -> np.ndarray:
    out = packed.copy()
    c, s = np.cos(yaw), np.sin(yaw)
    out[:, :2] = (packed[:, :2] - packed[0, :2]) @ np.array([[c, s], [-s, c]])
    out[:, 3:7] = yawed(packed[:, 3:7], yaw)
    return out


def _straightened(packed: np.ndarray) -> np.ndarray:
    """Take the lateral drift out and keep the length of the way; turns, side steps and backward steps stay what they are."""
    step = packed[-1, :2] - packed[0, :2]
    turn = heading_of(packed[-1, 3:7]) - heading_of(packed[0, 3:7])
    if abs(np.arctan2(step[1], step[0])) > _CRAB_RAD or abs((turn + np.pi) % (2 * np.pi) - np.pi) > STRAIGHT_RAD:
        return packed
    out = packed.copy()
    goal = np.array([np.linalg.norm(step), 0.0])
    out[:, :2] += np.linspace(0.0, 1.0, len(packed))[:, None] * (goal - step)
    return out
