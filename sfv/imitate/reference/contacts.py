"""Which bodies may touch the ground when: those that the reference itself brings near it at about that time."""

import mujoco
import numpy as np
import torch
from scipy.ndimage import maximum_filter1d
from torch import Tensor

from sfv.imitate.state.layout import ModelLayout
from sfv.motion.ground import lowest_points

_LINK_MARGIN = 0.15
"""A link that carries a foot ends at the ankle, near the ground in any stance; it counts as near only when its own origin
is lower than this above the margin, metres."""


def may_touch(
    qpos: np.ndarray, model: mujoco.MjModel, skeleton: ModelLayout, margin: float, reach: int, cyclic: bool
) -> Tensor:
    """Bodies whose lowest point comes within ``margin`` metres of the ground no more than ``reach`` frames away; feet always.

    A cartwheel so allows the hands while they plant, but no fall at any other moment. Who lies cannot fall: while the root
    may touch, everything may. Reference poses (T, nq) -> (T, nbody), bool.
    """
    near = _near(qpos, model, skeleton, margin)
    size = 2 * min(reach, len(near) - 1) + 1
    near = maximum_filter1d(near.astype(np.uint8), size, axis=0, mode="wrap" if cyclic else "nearest")
    out = torch.from_numpy(near > 0)
    falls = torch.zeros(model.nbody, dtype=torch.bool)
    falls[skeleton.fall_bodies] = True
    return out | ~falls | out[:, skeleton.root, None]


def _near(qpos: np.ndarray, model: mujoco.MjModel, skeleton: ModelLayout, margin: float) -> np.ndarray:
    """Shape (T, nbody), bool."""
    heights = lowest_points(model, qpos)
    near = np.zeros((len(qpos), model.nbody), dtype=bool)
    for geom in range(model.ngeom):
        body = model.geom_bodyid[geom]
        if body > 0:
            near[:, body] |= heights[:, geom] < margin
    links = {_carrier(model, body) for body in skeleton.feet.tolist()} - {skeleton.root}
    data = mujoco.MjData(model)
    for frame, pose in enumerate(qpos):
        if near[frame, list(links)].any():
            data.qpos[:] = pose
            mujoco.mj_kinematics(model, data)
            for body in links:
                near[frame, body] &= data.xpos[body, 2] < margin + _LINK_MARGIN
    return near


def _carrier(model: mujoco.MjModel, body: int) -> int:
    """The nearest body above that has a shape: between a foot and its shank may lie links of the ankle that have none."""
    body = int(model.body_parentid[body])
    while body > 0 and model.body_geomnum[body] == 0:
        body = int(model.body_parentid[body])
    return body
