"""Feet and skin against the ground: where they stand, slide and sink. Metres."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_propagation

from sfv.body import Body
from sfv.metrics.rate import RATE_HZ, stride
from sfv.motion import contact
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion

STANCE_SPEED = 0.3
"""A foot of the truth stands while it moves slower than this, m/s: 1 cm a frame at 30 fps (WHAM, GVHMR)."""
_CHUNK = 256  # frames whose mesh is held at a time


def stance(feet: np.ndarray, fps: float) -> np.ndarray:
    """Where points of the true feet stand: slower than STANCE_SPEED from frame to frame. Shape (T, F, 3) -> (T - 1, F), bool."""
    return np.linalg.norm(np.diff(feet, axis=0), axis=-1) * fps < STANCE_SPEED


def soles_stand(feet: np.ndarray, fps: float, level: float = 0.0) -> np.ndarray:
    """Where points of the soles stand when nobody recorded contacts: low and slow, with hysteresis (``sfv.motion.contact``).

    Shape (T, F, 3), metres, z up -> (T, F), bool. ``level``: height of the ground. The speed is that over the frames before and after.
    """
    speed = np.linalg.norm(np.gradient(feet, axis=0), axis=-1) * fps if len(feet) > 1 else np.zeros(feet.shape[:2])
    height = feet[..., 2] - level
    sure = (height < contact.SOLE_HEIGHT) & (speed < contact.SOLE_SPEED)
    still = (height < contact.STANCE_HEIGHT) & (speed < contact.STANCE_SPEED)
    return binary_propagation(sure, np.ones((3, 1)), still)


def foot_slide(feet: np.ndarray, standing: np.ndarray, fps: float) -> float | None:
    """Mean way of the standing points of the feet, metres per frame of a 30 fps video; None where nothing ever stands.

    Args:
        feet: predicted points. Shape (T, F, 3), world.
        standing: which of them stand between frames t and t + 1. Shape (T - 1, F), bool.
        fps: rate of both.
    """
    every = stride(fps)
    steps = np.linalg.norm(feet[every:] - feet[:-every], axis=-1) * (fps / every / RATE_HZ)
    windows = np.stack([standing[lag : lag + len(steps)] for lag in range(every)]).all(0)
    return float(steps[windows].mean()) if windows.any() else None


def deepest_penetration(heights: np.ndarray) -> float:
    """How far the lowest point of all frames lies under the ground z = 0, metres, 0 where none does. Any shape."""
    return float(max(0.0, -heights.min()))


@dataclass(frozen=True)
class BodyOnGround:
    """The skin against the ground."""

    lowest: np.ndarray
    """Height of the lowest vertex. Shape (T,), metres."""
    feet: np.ndarray
    """CONTACT_POINTS. Shape (T, 4, 3), metres."""


def on_ground(motion: BodyMotion, body: Body) -> BodyOnGround:
    """Skin the motion and keep what touches the ground; long motions in pieces."""
    points = [body.landmark_vertices[name.replace("_", "_sole_")] for name in CONTACT_POINTS]
    lowest, feet = [], []
    for start in range(0, len(motion), _CHUNK):
        part = slice(start, start + _CHUNK)
        vertices = body.vertices(motion.poses[part], motion.betas, motion.trans[part])
        lowest.append(vertices[..., 2].min(1))
        feet.append(vertices[:, points])
    return BodyOnGround(np.concatenate(lowest), np.concatenate(feet))
