"""Ground that is met: a slow vertical correction that brings what carries the body to z = 0 and leaves flights alone.

A marker-based recording drifts in height by a few centimetres while its feet, hands or back stay on the ground, because its skeleton
has other lengths and no soft tissue. One offset for the clip would leave most frames floating.
"""

import mujoco
import numpy as np
from scipy import sparse
from scipy.ndimage import binary_closing
from scipy.signal import savgol_filter
from scipy.sparse.linalg import spsolve

from sfv.motion.ground import lift_above_ground, lowest_points

_GRAVITY = 9.81
_FALLING = 0.5
"""Share of gravity by which the centre of mass must be accelerated downwards in flight."""
_FLIGHT_SECONDS = 0.1
"""Shortest flight; less is noise of the second derivative. Interruptions that are no longer belong to the flight too."""
_FIT_SECONDS = 0.1
"""Span of the parabolas whose curvature is the acceleration."""
_LEAVES = 0.02
"""Metres that the lowest point must rise in a flight; a body that sinks fast onto bent legs falls too, but stands."""
_HIGH = 0.12
"""Metres above the clip's floor from which a frame is in flight whatever its acceleration: no recording errs by so much."""
_CUTOFF_HZ = 3.0
"""Faster changes of height are the motion's own, slower ones are corrected."""
_STIFF = 30.0
"""In flight the correction is this many times smoother: nearly a straight line, which keeps the acceleration of the fall."""
_SINKING = 30.0
"""Weight of a point below the ground against one above it."""
_ANCHOR = 1e-6
"""Weight of every frame at the least, so that a clip which is one flight has an answer."""
_ROUNDS = 30
"""Most rounds of re-weighting; the set of frames that sink is settled long before."""


def meet_ground(model: mujoco.MjModel, qpos: np.ndarray, fps: float, cyclic: bool) -> np.ndarray:
    """Move the root vertically, and smoothly, until supported frames rest on z = 0 and no geom is below it in any frame.

    Asymmetric least squares (Eilers and Boelens 2005, "Baseline correction with asymmetric least squares smoothing"): the
    correction e minimises sum_t w_t (h_t + e_t)^2 + sum_t s_t (second difference of e)^2 with h the lowest point, w large
    where h + e < 0, and w = 0 for flights above the ground. What still sinks is lifted by ``lift_above_ground``. Shape
    (T, nq) -> (T, nq).
    """
    heights = lowest_points(model, qpos).min(1)
    flight = find_flights(model, qpos, fps, cyclic)
    out = qpos.copy()
    out[:, 2] += slow_correction(heights, flight, fps, cyclic)
    return lift_above_ground(model, out, cyclic)


def find_flights(model: mujoco.MjModel, qpos: np.ndarray, fps: float, cyclic: bool) -> np.ndarray:
    """Frames without support: the centre of mass falls freely for a while, or everything is far above the ground.

    Shape (T,), bool. ``qpos`` need not stand at the right height: the floor is where the lowest points of a tenth of the frames are.
    """
    heights = lowest_points(model, qpos).min(1)
    falling = _vertical_acceleration(_centre_heights(model, qpos), fps, cyclic) < -_FALLING * _GRAVITY
    shortest = max(round(_FLIGHT_SECONDS * fps), 2)
    pad = len(qpos) - 1 if cyclic else 0
    long = _wrapped(heights, pad)
    flight = _jumps(_wrapped(falling, pad), long, shortest) | (long > np.quantile(heights, 0.1) + _HIGH)
    closed = binary_closing(flight, np.ones(shortest + 1)) | flight
    return closed[pad : pad + len(qpos)]


def slow_correction(heights: np.ndarray, flight: np.ndarray, fps: float, cyclic: bool) -> np.ndarray:
    """Change of height that brings ``heights`` to zero outside flights, slower than ``_CUTOFF_HZ``. Shapes (T,), (T,) -> (T,)."""
    core = slice(0, len(heights) - 1) if cyclic else slice(None)
    need, free = -heights[core], flight[core]
    count = len(need)
    middle = np.arange(count) if cyclic else np.arange(1, count - 1)
    columns = np.concatenate([middle - 1, middle, (middle + 1) % count]) % count
    values = np.repeat([1.0, -2.0, 1.0], len(middle))
    bend = sparse.csr_array((values, (np.tile(middle, 3), columns)), shape=(count, count))
    stiffness = np.where(free, _STIFF, 1.0) / (2 * np.sin(np.pi * _CUTOFF_HZ / fps)) ** 4
    rough = sparse.csr_array(bend.T @ sparse.diags_array(stiffness) @ bend)
    weight = np.where(free, 0.0, 1.0)
    correction = np.zeros(count)
    for _ in range(_ROUNDS):
        system = sparse.csc_array(sparse.diags_array(weight + _ANCHOR) + rough)
        correction = np.asarray(spsolve(system, (weight + _ANCHOR) * need))
        before, weight = weight, np.where(need > correction, _SINKING, np.where(free, 0.0, 1.0))
        if np.array_equal(before, weight):
            break
    return np.concatenate([correction, correction[:1]]) if cyclic else correction


def _centre_heights(model: mujoco.MjModel, qpos: np.ndarray) -> np.ndarray:
    """Height of the centre of mass. Shape (T,), metres."""
    data, heights = mujoco.MjData(model), []
    for pose in qpos:
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        heights.append(data.subtree_com[0, 2])
    return np.array(heights)


def _vertical_acceleration(heights: np.ndarray, fps: float, cyclic: bool) -> np.ndarray:
    """Curvature of parabolas through neighbouring frames. Shape (T,), m/s^2; zeros for a clip shorter than one parabola."""
    span = max(2 * round(0.5 * _FIT_SECONDS * fps) + 1, 5)
    if len(heights) < span:
        return np.zeros(len(heights))
    pad = len(heights) - 1 if cyclic else 0
    long = np.asarray(savgol_filter(_wrapped(heights, pad), span, 2, deriv=2, delta=1.0 / fps))
    return long[pad : pad + len(heights)]


def _wrapped(values: np.ndarray, pad: int) -> np.ndarray:
    """A cycle with one period more at either end; ``pad`` is its frames without the last, 0 for a clip that is no cycle."""
    return np.concatenate([values[:pad], values, values[1 : pad + 1]])


def _jumps(falling: np.ndarray, heights: np.ndarray, shortest: int) -> np.ndarray:
    """Only runs of at least ``shortest`` falling frames in which the lowest point leaves the lower of both ends. Shape (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], falling, [False]]).astype(int)))
    out = np.zeros(len(falling), dtype=bool)
    for start, stop in edges.reshape(-1, 2):
        run = heights[start:stop]
        out[start:stop] = len(run) >= shortest and run.max() > min(run[0], run[-1]) + _LEAVES
    return out
