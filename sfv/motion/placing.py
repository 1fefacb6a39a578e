"""Where a clip goes, and laying it along the x axis, so that ground made for a direction lies in its way."""

from dataclasses import replace

import numpy as np

from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of, yawed

_WAY = 0.7
"""Metres of way from which its direction counts rather than where the body faces."""


def way_of(qpos: np.ndarray) -> float:
    """Direction of the root's way (T, nq) about z from its first to its last place, or of the first heading where there is hardly
    any way, radians."""
    way = qpos[-1, :2] - qpos[0, :2]
    return float(np.arctan2(way[1], way[0])) if np.linalg.norm(way) > _WAY else heading_of(qpos[0, 3:7])


def along_x(clip: Clip) -> Clip:
    """The clip turned about the vertical so that its way is along +x, and moved in the plane so that its root starts at the
    origin. Heights stay."""
    turn = -way_of(clip.qpos)
    c, s = np.cos(turn), np.sin(turn)
    qpos = clip.qpos.copy()
    qpos[:, :2] = (qpos[:, :2] - qpos[0, :2]) @ np.array([[c, s], [-s, c]])
    qpos[:, 3:7] = yawed(qpos[:, 3:7], turn)
    return replace(clip, qpos=qpos)
