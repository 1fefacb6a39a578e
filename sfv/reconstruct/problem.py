"""The unknowns of a clip's fit and the energy they have."""

import math

import torch
from torch import Tensor

from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct import energy
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.energy import Ground
from sfv.reconstruct.initial import initial_coefficients, landmark_lean
from sfv.reconstruct.observations import Observations
from sfv.reconstruct.skeleton import DOFS, LAYOUT, MIRROR, USUAL_OFFSETS, Posed, Skeleton
from sfv.reconstruct.spline import spline_basis

_CALM = 10.0  # m/s^2: acceleration for which ReconstructConfig.knot_seconds is meant


class Problem:
    """The unknowns, their meaning, and the energy of the stages.

    Attributes (leaf tensors):
        place: spline coefficients of the pelvis's position and rotation. Shape (K, 9).
        bends: spline coefficients of all joints. Shape (K, DOFS - 9).
        constant: added to every frame; lets the whole clip change its mean posture at once. Shape (DOFS,).
        swing: rotation vector of body and ground together about the middle of the path. Shape (3,).
        betas: shape. Shape (B,).
        half_offsets: where the detector's landmarks lie on the body, before mirroring. Shape (19, 3), metres.
        lean: rotation vector that corrects the detector's 3D landmarks. Shape (3,).
        tilt, height: the ground's slope and distance before ``swing``. Shapes (2,), ().
    """

    def __init__(self, seen: Observations, skeleton: Skeleton, config: ReconstructConfig) -> None:
        self.seen, self.skeleton, self.config = seen, skeleton, config
        gain = math.sqrt(_CALM / max(seen.acceleration, 1e-3))
        knot = min(max(config.knot_seconds * gain, config.knot_range[0]), config.knot_range[1])
        self.basis = spline_basis(len(seen.xy), seen.fps, knot)
        low, high = config.acceleration_range
        self.acceleration_sigma = min(max(config.acceleration_gain * seen.acceleration, low), high)
        lean = landmark_lean(seen, config)
        first = initial_coefficients(seen, self.basis, lean)
        self.place = first[:, : LAYOUT["root"].stop].clone().requires_grad_()
        self.bends = first[:, LAYOUT["root"].stop :].clone().requires_grad_()
        self.middle = (self.basis @ first)[:, LAYOUT["trans"]].mean(0)
        self.constant = torch.zeros(DOFS, requires_grad=True)
        self.swing = torch.zeros(3, requires_grad=True)
        self.betas = torch.zeros(skeleton.num_betas, requires_grad=True)
        self.usual_offsets = torch.tensor(USUAL_OFFSETS)
        self.half_offsets = self.usual_offsets.clone().requires_grad_()
        self.tilt = torch.zeros(2, requires_grad=True)
        self.height = torch.zeros((), requires_grad=True)
        self.usual_lean = torch.tensor([-config.landmark_tilt, 0.0, 0.0])
        self.lean = torch.tensor([-lean, 0.0, 0.0], requires_grad=True)
        self.contact: Tensor | None = None
        self.gain = 1.0

    @property
    def whole(self) -> Tensor:
        """Rotation of body and ground together about the middle of the path. Shape (3, 3).

        From afar the image hardly shows it, so that the spline's many coefficients would take long to agree on it.
        """
        return rotvec_to_rotmat(self.swing)

    @property
    def dofs(self) -> Tensor:
        """Numbers of each frame, camera axes. Shape (T, DOFS)."""
        values = self.basis @ torch.cat((self.place, self.bends), 1) + self.constant
        turn = self.whole
        place = self.middle + (values[:, :3] - self.middle) @ turn.T
        return torch.cat((place, values[:, 3:6] @ turn.T, values[:, 6:9] @ turn.T, values[:, 9:]), 1)

    @property
    def offsets(self) -> Tensor:
        """Mirror-symmetric offsets: a detector's habit, not the person's."""
        mirrored = self.half_offsets[list(MIRROR)] * torch.tensor([-1.0, 1.0, 1.0])
        return 0.5 * (self.half_offsets + mirrored)

    @property
    def ground(self) -> Ground:
        """The ground plane in camera axes."""
        up = torch.stack((self.tilt[0], -torch.ones(()), self.tilt[1]))
        up = up / up.norm()
        turned = self.whole @ up
        return Ground(turned, self.height + (turned - up) @ self.middle)

    @property
    def turn(self) -> Tensor:
        """Correction of the detector's 3D landmarks, one for the clip. Shape (3, 3)."""
        return rotvec_to_rotmat(self.lean)

    def posed(self) -> Posed:
        """The skeleton in every frame, camera axes."""
        return self.skeleton.pose(self.dofs, self.betas, self.offsets)

    def landmark_energy(self) -> Tensor:
        """Energy of the first stage: the detector's 3D landmarks only. Shape ()."""
        posed = self.posed()
        return (
            energy.landmark_term(posed, self.seen, self.turn, self.config)
            + energy.pose_terms(self.dofs, self.config)
            + energy.smoothness_term(posed, self.seen.fps, self.acceleration_sigma)
        )

    def full_energy(self) -> Tensor:
        """Energy of the other stages; the ground joins in once ``contact`` is set. Shape ()."""
        config, seen, dofs = self.config, self.seen, self.dofs
        posed = self.skeleton.pose(dofs, self.betas, self.offsets)
        total = (
            energy.image_term(posed, seen, config)
            + config.landmark_weight * energy.landmark_term(posed, seen, self.turn, config)
            + energy.pose_terms(dofs, config)
            + energy.smoothness_term(posed, seen.fps, self.acceleration_sigma)
            + energy.shape_term(self.betas, self.offsets - self.usual_offsets, len(dofs), config)
            + energy.lean_term(self.lean - self.usual_lean, len(dofs), config)
        )
        if self.contact is not None:
            ground = self.ground
            total = total + energy.contact_terms(posed, ground, self.contact, seen.fps, config, self.gain)
            total = total + energy.level_term(dofs, ground.up, config)
            total = total + energy.gravity_terms(posed, ground, self.contact, seen.fps, config)
        return total
