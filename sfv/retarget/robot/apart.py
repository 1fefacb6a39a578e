"""Keeping links out of each other: overlap of the spheres that fill them, only where they come near each other at all."""

import torch
from torch import Tensor

from sfv.motion.rotations import quat_rotate
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.robot.volumes import make_volumes

_NEAR = 0.15
"""Metres between two spheres in the first guess beyond which the optimisation is trusted not to bring them together."""


class Apart:
    """The pairs of spheres that may come to overlap, frame by frame."""

    def __init__(self, skeleton: Anatomy, guess: Tensor, clearance: float) -> None:
        """``guess`` is the pose (T, nq) that the optimisation starts from, ``clearance`` the distance that links keep, metres."""
        volumes = make_volumes(skeleton)
        self._local, self._bodies = torch.from_numpy(volumes.centres), torch.from_numpy(volumes.bodies)
        first, second = torch.from_numpy(volumes.pairs).unbind(1)
        radii = torch.from_numpy(volumes.radii)
        apart = radii[first] + radii[second] + clearance
        with torch.no_grad():
            centres = self._centres(*skeleton.kinematics.forward(guess))
            frames, pairs = [], []
            for frame, points in enumerate(centres):
                near = ((points[first] - points[second]).norm(dim=-1) < apart + _NEAR).nonzero()[:, 0]
                frames.append(torch.full_like(near, frame))
                pairs.append(near)
        frame, pair = torch.cat(frames), torch.cat(pairs)
        count = len(self._bodies)
        self._first, self._second = frame * count + first[pair], frame * count + second[pair]
        self._apart = apart[pair]

    def overlap(self, xpos: Tensor, xquat: Tensor) -> Tensor:
        """Sum of the squares by which spheres are nearer than they should be. Shapes (T, nbody, 3), (T, nbody, 4) -> ()."""
        centres = self._centres(xpos, xquat).flatten(0, 1)
        squares = (centres[self._first] - centres[self._second]).square().sum(-1)
        close = squares < self._apart.square()  # few are: only for them the root is taken
        distance = (squares[close] + 1e-12).sqrt()
        return (self._apart[close] - distance).square().sum()

    def _centres(self, xpos: Tensor, xquat: Tensor) -> Tensor:
        local = self._local.expand(len(xpos), -1, 3)
        return xpos[:, self._bodies] + quat_rotate(xquat[:, self._bodies], local)
