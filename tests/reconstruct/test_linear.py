"""The closed-form derivatives are those of automatic differentiation."""

import torch

from sfv.reconstruct.fit.linear import left_jacobian, linearise
from sfv.reconstruct.model.skeleton import DOFS, Skeleton


def _points(posed):
    return torch.cat((posed.joints, posed.landmarks, posed.contacts, posed.soles), 1)


def test_derivatives_by_numbers_shape_and_offsets(body):
    torch.manual_seed(0)
    skeleton = Skeleton(body)
    dofs = 0.5 * torch.randn(3, DOFS, dtype=torch.float64)
    betas, offsets = torch.randn(10, dtype=torch.float64), 0.02 * torch.randn(19, 3, dtype=torch.float64)
    linear = linearise(skeleton, dofs, betas, offsets)
    torch.testing.assert_close(_points(linear.posed), _points(skeleton.pose(dofs, betas, offsets)))
    by_dofs = torch.autograd.functional.jacobian(lambda x: _points(skeleton.pose(x, betas, offsets)), dofs)
    for frame in range(3):
        torch.testing.assert_close(linear.by_dofs[frame], by_dofs[frame, ..., frame, :])
    by_betas = torch.autograd.functional.jacobian(lambda b: _points(skeleton.pose(dofs, b, offsets)), betas)
    torch.testing.assert_close(linear.by_betas, by_betas)
    by_offsets = torch.autograd.functional.jacobian(lambda o: skeleton.pose(dofs, betas, o).landmarks, offsets)
    for landmark in range(19):
        torch.testing.assert_close(linear.carriers[:, landmark], by_offsets[:, landmark, :, landmark])


def test_left_jacobian_near_zero():
    tiny = left_jacobian(torch.tensor([[1e-9, 0.0, 0.0], [2e-4, 0.0, 0.0]], dtype=torch.float64))
    torch.testing.assert_close(tiny[0], torch.eye(3, dtype=torch.float64))
    torch.testing.assert_close(tiny[1][1:, 0], torch.zeros(2, dtype=torch.float64))
