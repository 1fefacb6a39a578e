"""Figures of one recovered motion, or of the detector's own 3D landmarks, against the truth of its frames."""

from dataclasses import dataclass

import numpy as np

from sfv import metrics
from sfv.bench.results import Row
from sfv.body import Body
from sfv.metrics import HIPS
from sfv.motion.body_motion import BodyMotion
from sfv.motion.contact import stays_in_stance

_MM = 1000.0
CALIBRATION = "calibration"
"""Of a row: what certainty was said and what came true, so that films can be put together."""


@dataclass(frozen=True)
class Truth:
    """What a recovered motion is compared with, frame by frame of the source video."""

    joints_c: np.ndarray
    """Joints in camera axes, hips in columns HIPS. Shape (T, J, 3), metres."""
    feet: np.ndarray
    """Heels and toes in the order of CONTACT_POINTS, any axes that do not move. Shape (T, 4, 3), metres."""
    fps: float
    up_c: np.ndarray
    """The world's up in camera axes. Shape (3,)."""
    motion: BodyMotion | None = None
    """All of it, where every joint's rotation is known; the rest of the true-motion score needs that."""


@dataclass(frozen=True)
class Score:
    """Figures for a table row, and the errors of each frame for the pictures."""

    row: Row
    frames: np.ndarray
    """Frames of the truth that were covered. Shape (N,)."""
    pa_mm: np.ndarray
    """PA-MPJPE of each. Shape (N,)."""


def score_points(points_c: np.ndarray, frames: np.ndarray, truth: Truth, certainty: np.ndarray | None = None) -> Score:
    """Joints in camera axes (N, J, 3) of ``frames`` (N,) against the truth; the place in space does not count.

    Jitter is that of these joints about mid-hips: nothing else is known of landmarks without a body. ``certainty``: how sure each is
    said to be. Shape (N, J).
    """
    target = truth.joints_c[frames]
    pa = metrics.pa_mpjpe(points_c, target) * _MM
    centred, goal = metrics.centred(points_c, HIPS), metrics.centred(target, HIPS)
    row: Row = {
        "pa_mpjpe_mm": float(pa.mean()),
        "mpjpe_mm": float(metrics.mpjpe(points_c, target, HIPS).mean() * _MM),
        "accel": metrics.acceleration_error(centred, goal, truth.fps),
        "jitter": metrics.jitter(centred, truth.fps),
        "coverage": len(frames) / len(truth.joints_c),
    }
    if certainty is not None:
        row[CALIBRATION] = calibration_sums(certainty, centred, goal)
    return Score(row, frames, pa)


def calibration_sums(certainty: np.ndarray, points: np.ndarray, truth: np.ndarray) -> list[list[float]]:
    """``metrics.Calibration`` as plain numbers for a row. Shapes (N, J), (N, J, 3), (N, J, 3)."""
    found = metrics.calibration(certainty, np.linalg.norm(points - truth, axis=-1))
    return [found.count.tolist(), found.said.round(3).tolist(), found.right.tolist()]


def score_motion(
    motion: BodyMotion, points_w: np.ndarray, truth: Truth, body: Body, certainty: np.ndarray | None = None
) -> Score:
    """A recovered motion against the truth.

    Args:
        motion: with its camera; ``first_frame`` counts frames of the source video, whose frame 0 is the truth's.
        points_w: its joints that stand for those of the truth. Shape (N, J, 3), metres, the motion's world.
        truth: of the whole video.
        body: that the motion was made for.
        certainty: how sure each joint is said to be. Shape (N, J).
    """
    frames = motion.first_frame + np.arange(len(motion))
    inside = (frames >= 0) & (frames < len(truth.joints_c))
    assert motion.camera is not None  # reconstruct always gives one
    sure = None if certainty is None else certainty[inside]
    score = score_points(motion.camera.to_camera(points_w)[inside], frames[inside], truth, sure)
    ground = metrics.on_ground(motion, body)
    standing = metrics.stance(truth.feet[frames[inside]], truth.fps)
    slide = metrics.foot_slide(ground.feet[inside], standing, truth.fps)
    row = score.row | {
        "jitter": metrics.jitter(body.joints(motion.poses, motion.betas, motion.trans), motion.fps),
        "penetration_mm": metrics.deepest_penetration(ground.lowest) * _MM,
        "tilt_deg": tilt_deg(motion.camera.rotation[:, 2], truth.up_c),
        "root_mm": root_error(motion.camera.to_camera(points_w)[inside], truth.joints_c[frames[inside]]) * _MM,
    }
    if slide is not None:
        row["foot_slide_mm"] = slide * _MM
    if motion.contacts is not None:
        own = metrics.foot_slide(ground.feet, stays_in_stance(motion.contacts), motion.fps)
        if own is not None:
            row["foot_slide_own_mm"] = own * _MM
    if truth.motion is not None:
        found = metrics.score_true_motion(motion, truth.motion, body)
        turns = {"turns": found.turns.round(2).tolist(), "turns_true": found.true_turns.round(2).tolist()}
        row = found.figures() | turns | row
    return Score(row, score.frames, score.pa_mm)


def tilt_deg(up_a: np.ndarray, up_b: np.ndarray) -> float:
    """Angle between two unit vectors, degrees."""
    return float(np.degrees(np.arccos(np.clip(up_a @ up_b, -1, 1))))


def root_error(points_c: np.ndarray, truth_c: np.ndarray) -> float:
    """Mean distance of the paths of mid-hips after their mean offset is taken out, metres. Shapes (T, J, 3), (T, J, 3)."""
    return metrics.root_spread(points_c[:, list(HIPS)].mean(1), truth_c[:, list(HIPS)].mean(1))
