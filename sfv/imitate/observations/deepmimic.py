"""What the policy sees: DeepMimic's state in the character's heading frame, and its distance to the reference."""

import math

import torch
from torch import Tensor

from sfv.imitate.state.heading import Heading

BODY_NUMBERS = 15
"""Numbers a body: position 3, rotation 6, linear velocity 3, angular velocity 3."""
_SMALLEST_SINE = 1e-6
"""Below this a rotation vector is twice the quaternion's vector part, to single precision."""
OFFSET_NUMBERS = 6
"""Numbers of ``reference_offset``."""


def phase_features(phase: Tensor, cyclic: bool) -> Tensor:
    """(sin, cos) of the cycle, or the share of the clip that has passed. Shape (N,) -> (N, 2) or (N, 1)."""
    if not cyclic:
        return phase[:, None]
    angle = 2.0 * math.pi * phase
    return torch.stack((angle.sin(), angle.cos()), dim=-1)


def clip_features(phase: Tensor, cyclic: Tensor, clip: Tensor, clips: int) -> Tensor:
    """Where in which of several clips: (sin, cos) of the phase for those that cycle, the share that has passed for others, and a
    one for the clip. Shapes (N,), bool (N,), int64 (N,) -> (N, 3 + clips)."""
    angle = 2.0 * math.pi * phase
    wave = torch.stack((angle.sin(), angle.cos()), dim=1) * cyclic[:, None]
    which = torch.nn.functional.one_hot(clip, clips).to(wave.dtype)
    return torch.cat((wave, (phase * ~cyclic)[:, None], which), dim=1)


def body_state(xpos: Tensor, xquat: Tensor, cvel: Tensor, com: Tensor, root: int, turn: Heading) -> Tensor:
    """Root height above the ground, then every body in the root's heading frame: position relative to the root, rotation
    (6-D), linear and angular velocity.

    ``cvel`` is MuJoCo's: the linear part is the velocity at the centre of mass ``com`` (N, 3), so it is carried to the
    body's origin first. ``turn`` is the root's heading. Shapes (N, nbody, 3 / 4 / 6) including the world body -> (N, 1 + 15 (nbody - 1)).
    """
    # One row a number, one column a world: every operation runs over memory without gaps, at a third of the time.
    position, quat, velocity = (array[:, 1:].permute(2, 1, 0).contiguous() for array in (xpos, xquat, cvel))
    (w, x, y, z), spin, bodies = quat, velocity[:3], position.shape[1]
    out = xpos.new_empty((1 + BODY_NUMBERS * bodies, len(xpos)))
    root_pos = position[:, root - 1]
    out[0] = root_pos[2]
    vectors = out[1:].view(bodies, BODY_NUMBERS // 3, 3, len(xpos)).permute(1, 2, 0, 3)
    offset, first, second, linear, angular = vectors
    torch.sub(position, root_pos[:, None], out=offset)
    _rotation_columns(w, x, y, z, first, second)
    torch.add(velocity[3:], _cross(spin, position - com.T[:, None]), out=linear)
    angular.copy_(spin)
    _turn_into_heading(vectors[:, 0], vectors[:, 1], *turn)
    return out.T


def _rotation_columns(w: Tensor, x: Tensor, y: Tensor, z: Tensor, first: Tensor, second: Tensor) -> None:
    """Write the first two columns of the rotation matrices of unit quaternions. Shapes (...) -> (3, ...)."""
    x2, y2, z2 = 2 * x, 2 * y, 2 * z
    first[0] = 1 - (y2 * y + z2 * z)
    torch.add(x2 * y, z2 * w, out=first[1])
    torch.sub(x2 * z, y2 * w, out=first[2])
    torch.sub(x2 * y, z2 * w, out=second[0])
    second[1] = 1 - (x2 * x + z2 * z)
    torch.add(y2 * z, x2 * w, out=second[2])


def _cross(a: Tensor, b: Tensor) -> Tensor:
    """Cross product of vectors along the first axis. Shapes (3, ...)."""
    (ax, ay, az), (bx, by, bz) = a, b
    return torch.stack((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx))


def _turn_into_heading(x: Tensor, y: Tensor, cos: Tensor, sin: Tensor) -> None:
    """Turn the horizontal parts of vectors in place. Shapes (..., N), cosine and sine (N,)."""
    turned = (cos * x).addcmul_(sin, y)
    y.mul_(cos).addcmul_(sin, x, value=-1)
    x.copy_(turned)


def reference_offset(
    root_pos: Tensor, root_quat: Tensor, reference_pos: Tensor, reference_quat: Tensor, turn: Heading
) -> Tensor:
    """From the root to the reference's root, in the heading frame ``turn``: position, metres, rotation vector, radians.

    Shapes (N, 3), (N, 4), (N, 3), (N, 4) -> (N, 6).
    """
    mine, theirs = root_quat.T.contiguous(), reference_quat.T.contiguous()
    out = root_pos.new_empty((2, 3, len(root_pos)))
    torch.sub(reference_pos.T, root_pos.T, out=out[0])
    # theirs times the inverse of mine, on the side where its angle is at most pi
    w, vector = (theirs * mine).sum(0), theirs[1:] * mine[0] - mine[1:] * theirs[0] - _cross(theirs[1:], mine[1:])
    sine = (vector * vector).sum(0).sqrt().clamp_min(_SMALLEST_SINE)
    torch.mul(vector, (2.0 * torch.atan2(sine, w.abs()) / sine).copysign(w), out=out[1])
    _turn_into_heading(out[:, 0], out[:, 1], *turn)
    return out.flatten(0, 1).T


def target_features(root_pos: Tensor, target_root: Tensor, turn: Heading) -> Tensor:
    """A root pose (N, 7) to come, in the heading frame ``turn``: the way to it, metres, and its rotation (6-D). Shape (N, 9)."""
    w, x, y, z = target_root[:, 3:].unbind(-1)
    out = root_pos.new_empty((3, 3, len(root_pos)))
    torch.sub(target_root[:, :3].T, root_pos.T, out=out[0])
    _rotation_columns(w, x, y, z, out[1], out[2])
    _turn_into_heading(out[:, 0], out[:, 1], *turn)
    return out.flatten(0, 1).T
