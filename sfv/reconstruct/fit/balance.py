"""Gravity from balance: on average over a clip the centre of mass is above the feet that carry it.

With the support S, the centre of mass C at height h and its horizontal acceleration a, the inverted pendulum says
C - S = (h / g) a in the ground plane; averaged over a clip the centre of pressure's wandering inside the feet vanishes.
"""

import torch
from torch import Tensor

from sfv.motion.smpl import SMPL_JOINTS

GRAVITY = 9.81
"""m/s^2."""
_SEGMENTS: tuple[tuple[str, str, float, float], ...] = (
    # proximal joint, distal joint, share of body mass, place of the centre from proximal to distal.
    # Winter, Biomechanics and Motor Control of Human Movement, table 4.1; the trunk is centred between hips and shoulders.
    ("pelvis", "neck", 0.497, 0.4),
    ("neck", "head", 0.081, 1.0),
    *((f"{side}_{a}", f"{side}_{b}", mass, place) for side in ("left", "right") for a, b, mass, place in (
        ("shoulder", "elbow", 0.028, 0.436), ("elbow", "wrist", 0.016, 0.43), ("wrist", "hand", 0.006, 0.5),
        ("hip", "knee", 0.1, 0.433), ("knee", "ankle", 0.0465, 0.433), ("ankle", "foot", 0.0145, 0.5))),
)  # fmt: skip


def _mass_of_joints() -> Tensor:
    mass = torch.zeros(24)
    for proximal, distal, share, place in _SEGMENTS:
        mass[SMPL_JOINTS.index(proximal)] += share * (1 - place)
        mass[SMPL_JOINTS.index(distal)] += share * place
    return mass / mass.sum()


_MASS = _mass_of_joints()


def centre_of_mass(joints: Tensor) -> Tensor:
    """Shape (T, 24, 3) -> (T, 3), metres."""
    return _MASS.to(joints) @ joints


def mean_imbalance(joints: Tensor, feet: Tensor, contact: Tensor, up: Tensor, fps: float) -> Tensor:
    """Mean of C - S - (h / g) a over the frames that have a support. Shape (3,), metres; its part along ``up`` is the height.

    ``contact``: probability that each contact point carries. Shape (T, 4).
    """
    centre = centre_of_mass(joints)
    total = contact.sum(1, keepdim=True)
    support = (contact[..., None] * feet).sum(1) / total.clamp_min(1e-3)
    carried = total[:, 0].clamp_max(1.0)
    arm = centre - support
    acceleration = torch.zeros_like(arm)
    acceleration[1:-1] = (centre[2:] - 2 * centre[1:-1] + centre[:-2]) * fps**2
    acceleration = acceleration - (acceleration @ up)[:, None] * up
    lever = (arm @ up)[:, None] / GRAVITY
    return (carried[:, None] * (arm - lever * acceleration)).sum(0) / carried.sum().clamp_min(1e-3)
