"""Forward kinematics of many shapes and poses at once: joints and landmarks from rotations, differentiable."""

import torch
from torch import Tensor

from sfv.body import Body
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, LANDMARKS, landmark_selector

_LEVELS = ((0, 1), (1, 4), (4, 7), (7, 10), (10, 15), (15, 18), (18, 20), (20, 22), (22, 24))
"""First and one past the last joint at each distance from the pelvis: SMPL's order is breadth first."""
_CARRIERS = [SMPL_JOINTS.index(joint) for joint, _ in LANDMARKS.values()]
JOINTS, NUM_LANDMARKS = len(SMPL_JOINTS), len(LANDMARK_NAMES)


class SmplSkeleton:
    """Joints and the 19 landmarks of a body model."""

    def __init__(self, body: Body, device: str = "cpu") -> None:
        template = torch.as_tensor(body.v_template, dtype=torch.float32)
        shapes = torch.as_tensor(body.shapedirs, dtype=torch.float32)
        select = torch.as_tensor(body.joint_regressor, dtype=torch.float32)
        points = torch.cat((select, torch.as_tensor(landmark_selector(body), dtype=torch.float32)))
        self._mean = (points @ template).to(device)
        self._shapes = torch.einsum("nv,vcb->ncb", points, shapes).to(device)
        self.num_betas = body.num_betas

    def rest(self, betas: Tensor) -> Tensor:
        """Rest joints and landmarks of shapes. Shape (..., 10) -> (..., 24 + 19, 3), metres."""
        return self._mean + torch.einsum("ncb,...b->...nc", self._shapes, betas)

    def pose(self, rotations: Tensor, rest: Tensor) -> tuple[Tensor, Tensor]:
        """Pose bodies about their pelvis.

        Args:
            rotations: of each joint against its parent. Shape (N, 24, 3, 3).
            rest: from ``rest``, the landmarks displaced at will. Shape (N, 43, 3).

        Returns joints (N, 24, 3) and landmarks (N, 19, 3) with the pelvis at the origin, metres.
        """
        turned, placed = [rotations[:, :1]], [torch.zeros_like(rest[:, :1])]
        parents = torch.tensor(SMPL_PARENTS, device=rest.device)
        bones = rest[:, 1:JOINTS] - rest.index_select(1, parents[1:])
        for depth, (first, end) in enumerate(_LEVELS[1:], start=1):
            parent_turn, parent_place = (_of_parents(depth, above) for above in (turned[-1], placed[-1]))
            placed.append(parent_place + (parent_turn @ bones[:, first - 1 : end - 1, :, None]).squeeze(-1))
            turned.append(parent_turn @ rotations[:, first:end])
        joints, world = torch.cat(placed, 1), torch.cat(turned, 1)
        carriers = torch.tensor(_CARRIERS, device=rest.device)
        arms = rest[:, JOINTS:] - rest.index_select(1, carriers)
        return joints, joints.index_select(1, carriers) + (world.index_select(1, carriers) @ arms[..., None]).squeeze(
            -1
        )


def _of_parents(depth: int, above: Tensor) -> Tensor:
    """The parents' values for the joints of a level; a plain slice where that will do, because its gradient is cheap."""
    first, end = _LEVELS[depth]
    rows = [parent - _LEVELS[depth - 1][0] for parent in SMPL_PARENTS[first:end]]
    if rows == list(range(rows[0], rows[0] + len(rows))):
        return above[:, rows[0] : rows[0] + len(rows)]
    return above.index_select(1, torch.tensor(rows, device=above.device))
