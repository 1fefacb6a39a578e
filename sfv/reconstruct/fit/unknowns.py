"""The unknowns of a fit: spline coefficients of every frame's numbers, and the numbers that the whole clip shares."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR, USUAL_OFFSETS


@dataclass(frozen=True)
class GroundPlane:
    """The ground plane in camera axes."""

    up: Tensor
    """Unit normal. Shape (3,)."""
    height: Tensor
    """``up . point`` of points on the ground, metres. Shape ()."""

    def above(self, points: Tensor) -> Tensor:
        """Height of points. Shape (..., 3) -> (...), metres."""
        return points @ self.up - self.height


def _symmetric_offsets() -> Tensor:
    """Offsets of the 19 landmarks by free numbers, mirror-symmetric: a detector's habit, not the person's. Shape (19, 3, P)."""
    columns = []
    for index, (name, partner) in enumerate(zip(LANDMARK_NAMES, MIRROR)):
        if name.startswith("right"):
            continue
        for axis in range(3):
            if index == partner and axis == 0:
                continue  # a point of the middle stays there
            column = torch.zeros(len(LANDMARK_NAMES), 3, dtype=torch.float64)
            column[index, axis] = 1.0
            if index != partner:
                column[partner, axis] = -1.0 if axis == 0 else 1.0
            columns.append(column)
    return torch.stack(columns, -1)


OFFSETS = _symmetric_offsets()
"""Shape (19, 3, P)."""


@dataclass(frozen=True)
class SharedLayout:
    """Where each of the shared numbers lies."""

    betas: slice
    offsets: slice
    lean: slice
    tilt: slice
    height: int
    focal: int

    @classmethod
    def of(cls, betas: int) -> "SharedLayout":
        """The layout for a body with that many shape coefficients."""
        a, b = betas, betas + OFFSETS.shape[-1]
        return cls(slice(0, a), slice(a, b), slice(b, b + 3), slice(b + 3, b + 5), b + 5, b + 6)

    @property
    def size(self) -> int:
        """How many there are."""
        return self.focal + 1


@dataclass(frozen=True)
class Unknowns:
    """One state of the fit."""

    coefficients: Tensor
    """Spline coefficients of skeleton.LAYOUT. Shape (K, DOFS)."""
    shared: Tensor
    """Shape (G,)."""
    layout: SharedLayout

    @classmethod
    def start(cls, coefficients: Tensor, betas: int) -> "Unknowns":
        """The mean body before a level camera, with the detector's usual offsets left to ``offsets``."""
        layout = SharedLayout.of(betas)
        return cls(coefficients.double(), torch.zeros(layout.size, dtype=torch.float64), layout)

    def moved(self, coefficients: Tensor, shared: Tensor) -> "Unknowns":
        """After a step."""
        return replace(self, coefficients=self.coefficients + coefficients, shared=self.shared + shared)

    def float(self) -> "Unknowns":
        """In single precision."""
        return replace(self, coefficients=self.coefficients.float(), shared=self.shared.float())

    def with_shared(self, **values: Tensor | complex) -> "Unknowns":
        """With the named shared numbers set."""
        shared = self.shared.clone()
        for name, value in values.items():
            shared[getattr(self.layout, name)] = torch.as_tensor(value, dtype=torch.float64)
        return replace(self, shared=shared)

    @property
    def betas(self) -> Tensor:
        """Shape (B,)."""
        return self.shared[self.layout.betas]

    @property
    def change(self) -> Tensor:
        """Departure from the usual offsets of the landmarks. Shape (19, 3), metres."""
        return OFFSETS.to(self.shared) @ self.shared[self.layout.offsets]

    @property
    def offsets(self) -> Tensor:
        """Where the detector's landmarks lie on the body. Shape (19, 3), metres."""
        return torch.tensor(USUAL_OFFSETS).to(self.shared) + self.change

    @property
    def lean(self) -> Tensor:
        """Rotation vector that corrects the detector's 3D landmarks. Shape (3,)."""
        return self.shared[self.layout.lean]

    @property
    def turn(self) -> Tensor:
        """The same as a matrix. Shape (3, 3)."""
        return rotvec_to_rotmat(self.lean)

    @property
    def ground(self) -> GroundPlane:
        """The ground: ``tilt`` is its slope along x and z of the camera."""
        return GroundPlane(ground_normal(self.shared[self.layout.tilt]), self.shared[self.layout.height])

    @property
    def focal_gain(self) -> Tensor:
        """Focal length over the first guess. Shape ()."""
        return self.shared[self.layout.focal].exp()


def ground_normal(tilt: Tensor) -> Tensor:
    """Unit normal of a slope (2,); (0, 0) is the image's up, (0, -1, 0)."""
    up = torch.stack((tilt[0], -torch.ones_like(tilt[0]), tilt[1]))
    return up / up.norm()
