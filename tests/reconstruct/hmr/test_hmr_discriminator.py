import torch

from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.discriminator import Discriminators, loss_of_discriminators, loss_of_regressor


def bodies(spread: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    return rotvec_to_rotmat(spread * torch.randn(64, 24, 3, generator=random)), torch.randn(64, 10, generator=random)


def test_least_squares_losses_are_zero_where_they_should_be():
    assert loss_of_regressor(torch.ones(4, 25)) == 0
    assert loss_of_discriminators(torch.ones(4, 25), torch.zeros(4, 25)) == 0
    assert loss_of_regressor(torch.zeros(4, 25)) == 25


def test_discriminators_learn_to_tell_wild_poses_from_calm_ones_and_pull_them_back():
    torch.manual_seed(0)
    prior = Discriminators()
    calm, wild = bodies(0.2, 0), bodies(1.2, 1)
    optimizer = torch.optim.Adam(prior.parameters(), lr=5e-3)
    before = loss_of_discriminators(prior(*calm), prior(*wild)).item()
    for _ in range(60):
        loss = loss_of_discriminators(prior(*calm), prior(*wild))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.5 * before
    prior.requires_grad_(False)
    assert loss_of_regressor(prior(*bodies(0.2, 2))) < 0.7 * loss_of_regressor(prior(*bodies(1.2, 3)))
    vectors = (1.2 * torch.randn(64, 24, 3, generator=torch.Generator().manual_seed(4))).requires_grad_()
    start = loss_of_regressor(prior(rotvec_to_rotmat(vectors), wild[1]))
    (step,) = torch.autograd.grad(start, vectors)
    after = loss_of_regressor(
        prior(rotvec_to_rotmat(vectors - 0.5 * step / step.norm(dim=-1, keepdim=True).mean()), wild[1])
    )
    assert after < start


def test_the_pelvis_does_not_count():
    torch.manual_seed(0)
    prior = Discriminators()
    rotations, betas = bodies(0.3, 0)
    turned = rotations.clone()
    turned[:, 0] = rotvec_to_rotmat(torch.tensor([0.0, 2.0, 0.0]))
    assert torch.equal(prior(rotations, betas), prior(turned, betas))
