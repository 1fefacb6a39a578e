"""The moment of a reference that a single pose comes nearest to, wherever the pose stands and faces."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.rewards.deepmimic import pose_error
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.rotations import quat_conjugate, quat_multiply


@dataclass(frozen=True)
class NearestMoment:
    """Where in a reference a pose belongs."""

    frame: int
    """Table frame."""
    phase: float
    """Share of the cycle or of the clip that has passed, in [0, 1]."""
    seconds: float
    """The same as a time."""
    distance: float
    """Root mean square over joints of the angle to the reference, with the reward's weights, radians."""
    turn: float
    """Radians about the vertical by which the pose has to be turned to face as the reference does."""


def nearest_moment(
    library: MotionLibrary, skeleton: ModelLayout, qpos: np.ndarray, least_seconds: float
) -> NearestMoment:
    """The frame of the library's first clip with the least error to the pose ``qpos`` (nq,), with ``least_seconds`` to come after it.

    The error is the reward's own, the weighted mean square of the joints' angles, the root's among them with what a turn about
    the vertical cannot mend. Height does not count: a picture does not tell how high a leap is, and the height of the root
    above the lowest point of the body, which it does tell, changed nothing where it was tried. Raises SfvError for a pose of
    another character.
    """
    table = library.clips[0]
    if qpos.shape != (table.qpos.shape[1],):
        raise SfvError(
            f"a pose of shape {qpos.shape} does not belong to the character, which has ({table.qpos.shape[1]},)"
        )
    frames = torch.arange(_last(table, least_seconds) + 1)
    poses = table.qpos[: len(frames)]
    mine = torch.from_numpy(qpos).to(poses).repeat(len(frames), 1)
    turns = turn_onto(mine[:, 3:7], poses[:, 3:7])
    mine[:, 3:7] = quat_multiply(about_vertical(turns), mine[:, 3:7])
    angles = pose_error(mine.float(), poses.float(), skeleton)
    best = int(angles.argmin())
    moment = library.frame(library.moments(frames[best : best + 1]))
    return NearestMoment(best, float(moment.phase[0]), best / table.hz, float(angles[best].sqrt()), float(turns[best]))


def turn_onto(quat: Tensor, goal: Tensor) -> Tensor:
    """Angle about the vertical that brings orientations nearest to others, radians. Shapes (..., 4), (..., 4) -> (...).

    The twist of the rotation between them: unlike the difference of two headings it is well behaved upside down.
    """
    between = quat_multiply(goal, quat_conjugate(quat))
    return 2.0 * torch.atan2(between[..., 3], between[..., 0])


def about_vertical(angle: Tensor) -> Tensor:
    """Rotation about world z. Shape (...) -> (..., 4)."""
    zero = torch.zeros_like(angle)
    return torch.stack(((0.5 * angle).cos(), zero, zero, (0.5 * angle).sin()), dim=-1)


def _last(table: ClipTable, least_seconds: float) -> int:
    """Last table frame after which there is enough to come; the first one of a clip that is shorter than that."""
    if table.cyclic:
        return table.length - 1
    return max(table.length - 1 - round(least_seconds * table.hz), 0)
