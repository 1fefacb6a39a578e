"""Rotation conversions on torch tensors with any leading batch shape; quaternions are wxyz, as in MuJoCo.

Every function is differentiable, including at the identity. Matrices act on column vectors: v_world = R v_body.
"""

import torch
from torch import Tensor

_SMALL = 1e-8


def normalize_quat(quat: Tensor) -> Tensor:
    """Unit quaternion. Shape (..., 4) -> (..., 4)."""
    return quat / quat.norm(dim=-1, keepdim=True).clamp_min(_SMALL)


def quat_multiply(a: Tensor, b: Tensor) -> Tensor:
    """Hamilton product a b: first rotate by b, then by a. Shape (..., 4)."""
    aw, ax, ay, az = a.unbind(-1)
    bw, bx, by, bz = b.unbind(-1)
    return torch.stack(
        (
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ),
        dim=-1,
    )


def quat_conjugate(quat: Tensor) -> Tensor:
    """Inverse of a unit quaternion. Shape (..., 4)."""
    return torch.cat((quat[..., :1], -quat[..., 1:]), dim=-1)


def quat_rotate(quat: Tensor, vector: Tensor) -> Tensor:
    """Rotate ``vector`` (..., 3) by unit ``quat`` (..., 4)."""
    w, u = quat[..., :1], quat[..., 1:]
    twice = 2.0 * torch.linalg.cross(u, vector)
    return vector + w * twice + torch.linalg.cross(u, twice)


def quat_rotate_inverse(quat: Tensor, vector: Tensor) -> Tensor:
    """Rotate ``vector`` (..., 3) by the inverse of unit ``quat`` (..., 4)."""
    return quat_rotate(quat_conjugate(quat), vector)


def quat_to_rotvec(quat: Tensor) -> Tensor:
    """Rotation vector of the shorter way round, norm in [0, pi]. Shape (..., 4) -> (..., 3)."""
    quat = torch.where(quat[..., :1] < 0, -quat, quat)
    w, u = quat[..., :1], quat[..., 1:]
    sine = (u * u).sum(-1, keepdim=True).clamp_min(_SMALL**2).sqrt()
    # angle / sin(angle / 2) tends to 2 where the vector part vanishes
    scale = torch.where(sine > 1e-6, 2.0 * torch.atan2(sine, w) / sine, 2.0 / w.clamp_min(0.5))
    return u * scale


def rotvec_to_quat(rotvec: Tensor) -> Tensor:
    """Unit quaternion of a rotation vector. Shape (..., 3) -> (..., 4)."""
    angle = ((rotvec * rotvec).sum(-1, keepdim=True) + _SMALL**2).sqrt()
    half = 0.5 * angle
    return torch.cat((half.cos(), half.sin() / angle * rotvec), dim=-1)


def quat_to_rotmat(quat: Tensor) -> Tensor:
    """Rotation matrix of a unit quaternion. Shape (..., 4) -> (..., 3, 3)."""
    w, x, y, z = quat.unbind(-1)
    rows = (
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    )  # fmt: skip
    return torch.stack(rows, dim=-1).reshape(*quat.shape[:-1], 3, 3)


def rotmat_to_quat(rotmat: Tensor) -> Tensor:
    """Unit quaternion of a rotation matrix, w >= 0. Shape (..., 3, 3) -> (..., 4).

    Four candidates (Shepperd's method), the one with the largest divisor is taken, so no matrix is badly conditioned.
    """
    m = rotmat.flatten(-2)
    m00, m01, m02, m10, m11, m12, m20, m21, m22 = m.unbind(-1)
    squares = torch.stack((1 + m00 + m11 + m22, 1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22), dim=-1)
    candidates = torch.stack(
        (
            torch.stack((squares[..., 0], m21 - m12, m02 - m20, m10 - m01), -1),
            torch.stack((m21 - m12, squares[..., 1], m10 + m01, m02 + m20), -1),
            torch.stack((m02 - m20, m10 + m01, squares[..., 2], m21 + m12), -1),
            torch.stack((m10 - m01, m02 + m20, m21 + m12, squares[..., 3]), -1),
        ),
        dim=-2,
    )
    best = squares.argmax(-1)
    chosen = torch.take_along_dim(candidates, best[..., None, None], dim=-2).squeeze(-2)
    quat = normalize_quat(chosen)
    return torch.where(quat[..., :1] < 0, -quat, quat)


def rotvec_to_rotmat(rotvec: Tensor) -> Tensor:
    """Rotation matrix of a rotation vector. Shape (..., 3) -> (..., 3, 3)."""
    return quat_to_rotmat(rotvec_to_quat(rotvec))


def rotmat_to_rotvec(rotmat: Tensor) -> Tensor:
    """Rotation vector, norm in [0, pi]. Shape (..., 3, 3) -> (..., 3)."""
    return quat_to_rotvec(rotmat_to_quat(rotmat))


def rot6d_to_rotmat(rot6d: Tensor) -> Tensor:
    """First two columns, made orthonormal (Zhou et al., CVPR 2019). Shape (..., 6) -> (..., 3, 3)."""
    a, b = rot6d[..., :3], rot6d[..., 3:]
    x = torch.nn.functional.normalize(a, dim=-1)
    y = torch.nn.functional.normalize(b - (x * b).sum(-1, keepdim=True) * x, dim=-1)
    return torch.stack((x, y, torch.linalg.cross(x, y)), dim=-1)


def rotmat_to_rot6d(rotmat: Tensor) -> Tensor:
    """First two columns. Shape (..., 3, 3) -> (..., 6)."""
    return torch.cat((rotmat[..., 0], rotmat[..., 1]), dim=-1)


def quat_slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Spherical interpolation on the shorter way, a at t = 0. Shapes (..., 4), (..., 4), (...)."""
    delta = quat_to_rotvec(quat_multiply(quat_conjugate(a), b))
    return quat_multiply(a, rotvec_to_quat(delta * t[..., None]))


def continuous_quat(quat: Tensor) -> Tensor:
    """Flip signs so that neighbours along the first axis have positive dot products. Shape (T, ..., 4)."""
    sign = torch.where((quat[1:] * quat[:-1]).sum(-1, keepdim=True) < 0, -1.0, 1.0).to(quat)
    return torch.cat((quat[:1], quat[1:] * torch.cumprod(sign, dim=0)), dim=0)


def quat_angle(a: Tensor, b: Tensor) -> Tensor:
    """Angle between two rotations in [0, pi]. Shape (..., 4) -> (...)."""
    relative = quat_multiply(quat_conjugate(a), b)
    return 2.0 * torch.atan2(relative[..., 1:].norm(dim=-1), relative[..., 0].abs())


def heading_quat(quat: Tensor) -> Tensor:
    """Rotation about world z that carries x to the heading of ``quat``'s x axis. Shape (..., 4) -> (..., 4)."""
    w, x, y, z = quat.unbind(-1)
    yaw = torch.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z))
    zero = torch.zeros_like(yaw)
    return torch.stack(((0.5 * yaw).cos(), zero, zero, (0.5 * yaw).sin()), dim=-1)
